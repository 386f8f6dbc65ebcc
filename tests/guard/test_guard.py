"""Red lines are found, lawful words are left alone, and the playbook that ships is clean."""

from __future__ import annotations

import pytest

from fairdue.guard import check_text, load_labels, redact
from fairdue.playbook import load_library

LIBRARY, _ = load_library()

FOUND = [
    ("V01", "customer", "再不还钱打断你的腿"),
    ("V02", "customer", "我天天去你单位门口坐着"),
    ("V03", "customer", "你这种老赖就是欠收拾"),
    ("V03", "customer", "你这种老·赖"),
    ("V04", "customer", "今天不还明天就抓你去坐牢"),
    ("V05", "customer", "法院传票已经寄出来了"),
    ("V06", "customer", "我们这边是司法调查组"),
    ("V07", "customer", "我是某某律所的张律师"),
    ("V08", "customer", "我就是银行总行的"),
    ("V09", "customer", "你别管我是谁"),
    ("V10", "family", "您儿子的信用卡逾期两个月了"),
    ("V11", "family", "那您替他还了吧"),
    ("V12", "customer", "我就通知你们单位领导"),
    ("V13", "customer", "把你的照片发到朋友圈"),
    ("V14", "customer", "我一天打五十个,打到你还为止"),
    ("V16", "customer", "你转到我个人微信就行"),
    ("V17", "customer", "你去别的平台先借一笔"),
    ("V18", "customer", "交五百块手续费就给你停催"),
    ("V19", "customer", "再拖下去就翻倍"),
    ("V20", "customer", "还了我帮你消除征信"),
    ("V21", "customer", "我做主给您免掉三千元"),
    ("V22", "customer", "加我个人微信聊"),
    ("V23", "customer", "你的通讯录在我手上"),
    ("V24", "customer", "过多少年都能告赢你"),
    ("V25", "customer", "投诉也没用"),
    ("V26", "customer", "陪我一晚就算了"),
    ("V12", "customer", "只要今天还,我就不通知你们单位领导"),
]
CLEAN = [
    ("customer", "我们不会联系您的家人和单位", {}),
    ("customer", "您刚才说「让你坐牢」,这话我们没有讲过", {}),
    ("customer", "我们会依法提起诉讼,传票由法院送达", {"suit_filed": True}),
    ("customer", "会依法如实报送还款情况", {}),
    ("customer", "请不要转到我个人微信,只走官方渠道", {}),
    ("customer", "您一共欠24612.00元,再晚一天多12元", {}),
    ("customer", "减免我做不了主,可以替您申请", {}),
    ("family", "麻烦请他方便时回个电话", {}),
    ("customer", "我就是银行的工作人员", {}),
    ("family", "谢谢您愿意替他还,那请本人先同意", {"volunteer_payer": True}),
    ("customer", "我给您免掉三千元违约金", {"waiver_authorised": True}),
]


@pytest.mark.parametrize(("label", "party", "text"), FOUND, ids=[f"{f[0]}-{i}" for i, f in enumerate(FOUND)])
def test_a_red_line_is_found_with_its_place_and_clause(label: str, party: str, text: str) -> None:
    findings = check_text(text, "call", party, {"contact_is_agency": True})
    found = [f for f in findings if f.label == label]
    assert found, [f.label for f in findings]
    start, end = found[0].span
    assert 0 <= start < end <= len(text)
    assert found[0].cites
    assert found[0].instead in LIBRARY.lines
    assert set(found[0].as_dict("en")) == {"label", "severity", "span", "why", "cites", "instead", "layer"}


@pytest.mark.parametrize(("party", "text", "facts"), CLEAN, ids=range(len(CLEAN)))
def test_lawful_words_are_left_alone(party: str, text: str, facts: dict) -> None:
    assert [f.label for f in check_text(text, "call", party, facts)] == []


@pytest.mark.parametrize("line", LIBRARY.lines.values(), ids=lambda n: n.id)
def test_no_line_of_the_playbook_crosses_a_red_line(line) -> None:
    facts = {"waiver_authorised": False}
    assert [(f.label, line.say[slice(*f.span)]) for f in check_text(line.say, "call", line.party, facts)] == []


@pytest.mark.parametrize("case", LIBRARY.redlines.values(), ids=lambda c: c.id)
def test_every_red_line_case_is_caught_for_what_it_breaks(case) -> None:
    missed = {}
    for text in case.say:
        found = {f.label for f in check_text(text, case.channel, case.party, case.facts)}
        if not found & set(case.breaks):
            missed[text] = sorted(found)
    assert missed == {}


def test_the_debt_before_identity_is_a_missing_check() -> None:
    assert "M02" in {f.label for f in check_text("您有一笔逾期", "call", "customer", {"identity_verified": False})}
    assert check_text("您好", "call", "customer", {"identity_verified": False}) == []


def test_an_unknown_jurisdiction_is_an_error() -> None:
    with pytest.raises(LookupError):
        check_text("x", "call", "customer", jurisdiction="US")


def test_every_label_has_a_severity_and_a_clause() -> None:
    assert len({label.id for label in load_labels()}) == len(load_labels()) >= 24


@pytest.mark.parametrize(
    ("text", "kept", "gone"),
    [
        ("手机13800001234", "138****1234", "13800001234"),
        ("座机010-12345678", "5678", "12345678"),
        ("身份证11010519491231002X", "002X", "19491231"),
        ("身份证110105194912310021", "0021", "19491231"),
        ("卡6222020200112231", "6222020200112231", ""),
        ("卡4111111111111111", "1111", "4111111111111111"),
        ("邮箱zhang.san@example.com", "z***@example.com", "zhang.san"),
        ("车牌京A12345", "京A", "12345"),
        ("王小明先生您好", "王**先生", "小明"),
        ("金额24612.00元", "24612.00", ""),
    ],
)
def test_personal_data_is_masked(text: str, kept: str, gone: str) -> None:
    masked = redact(text)
    assert kept in masked
    assert not gone or gone not in masked
    assert redact(masked) == masked
