"""The packs that ship are clean, and the linter finds each mistake that an author can make."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from fairdue.core.dates import local
from fairdue.guard import check_text
from fairdue.playbook import QuoteView, RenderValues, lint, load_library, render
from fairdue.playbook.library import shipped
from fairdue.playbook.schema import CEILING

LIBRARY, PROBLEMS = load_library()
NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)  # 10:15 in Shanghai
QUOTE = QuoteView("Q20260302-000017-4", 2_461_200, 541_200, 1_200, 24_000, 31, date(2026, 3, 2))


def values(**changes: object) -> RenderValues:
    base = {
        "now": NOW,
        "zone": "Asia/Shanghai",
        "honorific": "王先生",
        "agent_surname": "张",
        "institution": "示例银行",
        "department": "信用卡中心客户服务部",
        "hotline": "400-000-0000",
        "channels": "手机银行",
        "card_tail": "0001",
        "quote": QUOTE,
        "plan": "3月5号一万",
        "last_promise": "昨天还两千",
        "debit_time": "下午四点",
    }
    return RenderValues(**{**base, **changes})  # type: ignore[arg-type]


def test_the_packs_that_ship_have_nothing_wrong() -> None:
    assert [p.line() for p in [*PROBLEMS, *lint()]] == []


def test_there_is_enough_to_say() -> None:
    assert len(LIBRARY.lines) >= 150
    for act in ("stall.payday", "stall.away", "dispute.lent", "hardship.cash"):
        assert len(LIBRARY.replies(act, stage="first")) >= 3, act


@pytest.mark.parametrize("line", LIBRARY.lines.values(), ids=lambda n: n.id)
def test_every_line_can_be_said_in_full(line) -> None:
    rendered, findings = render(line, values())
    assert findings == []
    assert rendered is not None
    assert "{" not in rendered.text
    assert line.pressure <= CEILING[line.stage]
    assert rendered.quote_number == (QUOTE.number if "quote" in line.needs else None)


@pytest.mark.parametrize("line", LIBRARY.lines.values(), ids=lambda n: n.id)
def test_the_guard_finds_nothing_in_our_own_lines(line) -> None:
    rendered, _ = render(line, values())
    assert rendered is not None
    party = "customer" if line.party == "customer" else "family"
    facts = {"identity_verified": True, "own_number": party == "customer", **dict.fromkeys(line.needs, True)}
    assert [(r.label, r.span) for r in check_text(rendered.text, "call", party, facts)] == []


def test_payday_gets_a_figure_and_a_deadline_within_two_days() -> None:
    rendered, _ = render(LIBRARY.line("first.payday.1"), values())
    assert rendered is not None
    assert "5412.00元" in rendered.text
    assert "12.00元" in rendered.text
    assert rendered.deadline is not None
    assert NOW < rendered.deadline <= NOW + timedelta(days=2)
    assert "后天上午10点" in rendered.text


@pytest.mark.parametrize("hour", range(24))
def test_a_deadline_is_ahead_and_on_a_full_hour(hour: int) -> None:
    now = NOW.replace(hour=hour)
    today = QuoteView("Q", 100, 100, 1, 1, 1, local(now, "Asia/Shanghai").date())
    for line in ("first.away.2", "first.payday.1"):
        rendered, _ = render(LIBRARY.line(line), values(now=now, quote=today))
        assert rendered is not None
        assert rendered.deadline is not None
        assert now < rendered.deadline <= now + timedelta(days=2)
        there = local(rendered.deadline, "Asia/Shanghai")
        assert there.minute == 0
        assert 9 <= there.hour <= 20


@pytest.mark.parametrize(
    ("line", "changes", "missing"),
    [
        ("first.payday.1", {"quote": None}, "日息"),
        ("first.payday.1", {"quote": QuoteView("Q", 1, 1, 1, 1, 1, date(2026, 3, 1))}, "日息"),
        ("first.fee.1", {"quote": QuoteView("Q", 1, 1, 1, 0, 1, date(2026, 3, 2))}, "违约金"),
        ("first.payday.1", {"quote": QuoteView("Q", 1, 1, 0, 1, 1, date(2026, 3, 2))}, "日息"),
        ("common.who.1", {"department": "司法调查部"}, "部门"),
        ("common.verify.1", {"honorific": ""}, "称呼"),
    ],
)
def test_a_line_without_its_fact_is_not_shown(line: str, changes: dict, missing: str) -> None:
    rendered, findings = render(LIBRARY.line(line), values(**changes))
    assert rendered is None
    assert missing in {f.place.field for f in findings}


def test_a_third_party_gets_third_party_lines_only() -> None:
    for act in LIBRARY.acts:
        for line in LIBRARY.replies(act, stage="first", party="third"):
            assert line.stage == "third_party"
            assert not line.debt_facts


def test_a_repeat_contact_borrows_from_the_first_and_the_first_from_the_common() -> None:
    assert LIBRARY.replies("ask.credit", stage="repeat")[0].stage == "first"
    assert LIBRARY.replies("rights.lawyer", stage="repeat")[0].stage == "special"
    assert LIBRARY.replies("no.such", stage="first") == []
    assert LIBRARY.step("no such", stage="first") == []


def test_unknown_names_are_errors() -> None:
    with pytest.raises(KeyError):
        LIBRARY.line("nothing")
    with pytest.raises(KeyError):
        LIBRARY.flow("nothing")
    with pytest.raises(KeyError):
        LIBRARY.flow_for("nothing")
    with pytest.raises(KeyError):
        LIBRARY.flow("reminder").state("nothing")


def test_the_version_changes_with_every_word() -> None:
    before = LIBRARY.version
    line = LIBRARY.line("first.payday.1")
    changed = {**LIBRARY.lines, line.id: line.model_copy(update={"say": line.say + "。"})}
    other = type(LIBRARY)(LIBRARY.packs, LIBRARY.flows, changed, LIBRARY.redlines, LIBRARY.acts, LIBRARY.pack_of)
    assert other.version != before


GOOD_LINE = """- id: t.1
  answers: [stall.payday]
  stage: first
  party: customer
  say: 您好
  gist_en: Hello.
  why: 问候
  pressure: 0
  source: P1-2.2a
"""
PACK = """name: t
version: "1"
title: {zh: 测试, en: Test}
stages: [first]
departments: [客户服务部]
"""
FLOW = """states:
  - id: a
    title: {zh: 开场, en: Opening}
    expects: [stall.payday]
    on: {pay.now: b}
  - id: b
    title: {zh: 结束, en: End}
    end: true
"""


def _write(folder: Path, lines: str = GOOD_LINE, pack: str = PACK, flow: str = FLOW, red: str = "") -> Path:
    (folder / "lines").mkdir()
    (folder / "pack.yaml").write_text(pack, encoding="utf-8")
    (folder / "flow.yaml").write_text(flow, encoding="utf-8")
    (folder / "lines" / "l.yaml").write_text(lines, encoding="utf-8")
    if red:
        (folder / "redlines").mkdir()
        (folder / "redlines" / "r.yaml").write_text(red, encoding="utf-8")
    return folder


def test_a_small_clean_pack_is_clean(tmp_path: Path) -> None:
    assert [f.line() for f in lint([_write(tmp_path)])] == []


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("[stall.payday]", "[stall.lunch]", "playbook.act"),
        ("  answers: [stall.payday]\n", "", "playbook.purpose"),
        ("stage: first", "stage: later", "playbook.stage"),
        ("party: customer", "party: dog", "playbook.party"),
        ("why: 问候", "why: ' '", "playbook.reason"),
        ("say: 您好", "say: 您好{星座}", "playbook.placeholder"),
        ("say: 您好", "say: 请在{期限}前还", "playbook.deadline"),
        ("say: 您好", "say: 一共{欠款总额}", "playbook.needs"),
        ("pressure: 0", "pressure: 3", "playbook.pressure"),
        ("pressure: 0", "pressure: 0\n  deadline: {within: 5d}", "playbook.deadline.long"),
        ("party: customer", "party: family\n  needs: [quote]", "playbook.disclosure"),
        ("pressure: 0", "pressure: 2", "playbook.citation"),
        ("pressure: 0", "pressure: 0\n  lever: law", "playbook.citation"),
        ("pressure: 0", "pressure: 9", "playbook.field"),
        (GOOD_LINE, GOOD_LINE + GOOD_LINE, "playbook.duplicate"),
        (GOOD_LINE, "- id: [", "playbook.file"),
    ],
)
def test_the_linter_names_the_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    findings = lint([_write(tmp_path, lines=GOOD_LINE.replace(old, new))])
    found = [f for f in findings if f.code == code]
    assert found, [f.line() for f in findings]
    assert found[0].place.file
    assert found[0].place.row


@pytest.mark.parametrize(
    ("flow", "code"),
    [
        (FLOW.replace("pay.now: b", "pay.now: c"), "playbook.flow.target"),
        (FLOW.replace("    end: true\n", ""), "playbook.flow.dead_end"),
        (FLOW.replace("on: {pay.now: b}", "end: true"), "playbook.flow.unreachable"),
        (FLOW.replace("expects: [stall.payday]", "say: [song]"), "playbook.flow.step"),
        (FLOW.replace("stall.payday", "stall.lunch"), "playbook.act"),
        (FLOW.replace("stall.payday", "identity.confirm"), "playbook.no_reply"),
        ("states: 3\n", "playbook.field"),
    ],
)
def test_the_linter_walks_the_flow(tmp_path: Path, flow: str, code: str) -> None:
    assert code in {f.code for f in lint([_write(tmp_path, flow=flow)])}


def test_a_jump_in_pressure_is_named(tmp_path: Path) -> None:
    line = GOOD_LINE.replace("stage: first", "stage: repeat").replace("pressure: 0", "pressure: 3\n  cites: [CN-CC-69]")
    line = line.replace("stall.payday", "ask.calculation")
    jumps = [f for f in lint([_write(tmp_path, lines=line)]) if f.code == "playbook.jump"]
    assert [f.place.row for f in jumps] == [1]
    assert "from 1 to 3" in jumps[0].what.en


def test_one_pack_is_read_among_the_packs_that_ship() -> None:
    assert [f.line() for f in lint([shipped()[0]])] == []


def test_red_line_cases_are_checked(tmp_path: Path) -> None:
    red = "- id: r\n  say: []\n  breaks: [V01]\n  cites: [X]\n  why: w\n  instead: nowhere\n  source: P1\n- id: q\n"
    codes = {f.code for f in lint([_write(tmp_path, red=red)])}
    assert {"playbook.instead", "playbook.redline", "playbook.field"} <= codes


def test_a_department_that_sounds_like_an_authority_is_refused(tmp_path: Path) -> None:
    codes = {f.code for f in lint([_write(tmp_path, pack=PACK.replace("客户服务部", "司法调查组"))])}
    assert codes == {"playbook.department"}


def test_a_broken_pack_head_is_a_finding(tmp_path: Path) -> None:
    assert "playbook.field" in {f.code for f in lint([_write(tmp_path, pack="name: t\n")])}


def test_a_missing_pack_head_is_a_finding(tmp_path: Path) -> None:
    assert {f.code for f in lint([tmp_path])} == {"playbook.file"}
