"""What an import promises as a whole: it reconciles, order does not matter, twice changes nothing, rejects come back."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from small_mapping import AS_OF, HEADER, SMALL

from fairdue.core.findings import Place
from fairdue.portfolio import ImportResult, Mapping, compare, load_mapping, read_portfolio, write_rejects
from fairdue.portfolio.records import LineRecord, content_digest
from fairdue.portfolio.rejects import findings_path
from fairdue.portfolio.wording import PERSONAL_TYPES, WORDINGS, finding, quoted

Read = Callable[..., ImportResult]

CELL = st.one_of(
    st.sampled_from(
        ["1", "2.50", "1,000.10", "-3", "abc", "", "９９", "信用卡", "现金贷", "2026-02-01", "46083", "soon"]
    ),
    st.text(st.characters(codec="utf-8", exclude_characters="\r\n\0\ufffd", exclude_categories=("Cs",)), max_size=6),
)
ROWS = st.lists(st.lists(CELL, min_size=6, max_size=6), max_size=12)
GOOD = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 10**9)), min_size=1, max_size=12)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=ROWS, last=st.booleans())
def test_every_row_and_every_fen_is_accounted_for(
    rows: list[list[str]], last: bool, read: Read, tmp_path: Path
) -> None:
    path = tmp_path / "any.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(HEADER.split(","))
        writer.writerows(rows)
    content = path.read_bytes()
    mapping = SMALL + ("duplicate_rows: last_wins\n" if last else "") + "only_when: [{column: 姓名, not_in: ['1']}]"
    result = read(content, mapping)
    totals = result.totals
    assert totals.reconciles
    assert totals.rows == sum(any(cell.strip() for cell in row) for row in rows)
    assert totals.taken == len(result.accounts)
    assert totals.rejected == len(result.rejected)
    assert sum(a.principal_fen for a in result.accounts) == totals.columns["本金"].taken_fen
    assert all(row.codes for row in result.rejected)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(rows=GOOD, data=st.data())
def test_order_of_rows_does_not_change_what_they_say(
    rows: list[tuple[int, int]], data: st.DataObject, read: Read
) -> None:
    lines = [f"C{who},人{who},A{i},信用卡,2026-02-01,{fen // 100}.{fen % 100:02d}" for i, (who, fen) in enumerate(rows)]
    shuffled = data.draw(st.permutations(lines))
    one, other = read("\n".join([HEADER, *lines])), read("\n".join([HEADER, *shuffled]))
    assert {a.account_id: a.digest for a in one.accounts} == {a.account_id: a.digest for a in other.accounts}
    assert {c.digest for c in one.customers} == {c.digest for c in other.customers}
    assert one.totals == other.totals


@given(
    st.lists(st.one_of(st.none(), st.text(), st.integers())), st.lists(st.one_of(st.none(), st.text(), st.integers()))
)
def test_digests_differ_when_contents_do(one: list[object], other: list[object]) -> None:
    assert (content_digest(one) == content_digest(other)) == (ascii(one) == ascii(other))


def _feed(*rows: str) -> str:
    return "\n".join([HEADER, *rows]) + "\n"


ROW = "C{0},张三,A{0},信用卡,2026-02-01,{1}"


def test_the_second_import_changes_nothing(read: Read) -> None:
    result = read(_feed(ROW.format(1, 10), ROW.format(2, 20)))
    known = {a.account_id: a.digest for a in result.accounts}
    same = compare(read(_feed(ROW.format(2, 20), ROW.format(1, 10))), known)
    assert (same.new, same.changed, same.missing, same.closing) == ((), (), (), ())
    assert same.unchanged == ("A2", "A1")
    later = compare(read(_feed(ROW.format(1, 11), ROW.format(3, 5))), known)
    assert (later.new, later.changed, later.unchanged, later.missing) == (("A3",), ("A1",), (), ("A2",))
    assert later.closing == ()


CLOSING = SMALL + "missing_accounts: close\nonly_when: [{column: 产品, not_in: [现金贷]}]"


def test_a_missing_account_is_closed_only_when_the_mapping_says_so(read: Read) -> None:
    known = {"A1": "x", "A2": "x", "A3": "x"}
    outcome = compare(read(_feed(ROW.format(1, 10)), CLOSING), known)
    assert outcome.missing == outcome.closing == ("A2", "A3")


def test_a_refused_or_excluded_row_is_not_missing(read: Read) -> None:
    known = {"A1": "x", "A2": "x", "A3": "x"}
    feed = _feed(ROW.format(1, 10), ROW.format(2, "abc"), ROW.format(3, 5).replace("信用卡", "现金贷"))
    outcome = compare(read(feed, CLOSING), known)
    assert outcome.missing == outcome.closing == ()


def test_nothing_is_closed_while_an_unreadable_row_might_hold_it(read: Read) -> None:
    known = {"A1": "x", "A2": "x"}
    outcome = compare(read(_feed(ROW.format(1, 10), 'C2,"张三,A2,信用卡,2026-02-01,5'), CLOSING), known)
    assert outcome.missing == ("A2",)
    assert outcome.closing == ()
    assert [f.code for f in outcome.findings] == ["import.close.withheld"]


@pytest.mark.parametrize("feed", ["", HEADER + "\n", "a,b\n1,2\n"])
def test_an_empty_or_unusable_file_closes_nothing(feed: str, read: Read) -> None:
    assert compare(read(feed, CLOSING), {"A1": "x"}).closing == ()


BAD = _feed(
    'C1,"张,三",A1,信用卡,2026-02-01,abc', 'C2,"李四,A2,信用卡,2026-02-01,5', ROW.format(3, 5), ROW.format(4, "=1+1")
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_rejects_are_the_refused_lines_as_they_stood(encoding: str, newline: str, read: Read, tmp_path: Path) -> None:
    content = BAD.replace("\n", newline).encode(encoding)
    result = read(content)
    out = tmp_path / "rejected.csv"
    assert write_rejects(result, out) == 3
    lines = BAD.split("\n")
    expected = newline.join([lines[0], lines[1], lines[2], lines[4], ""])
    assert out.read_bytes() == expected.encode(encoding)
    with findings_path(out).open(encoding="utf-8-sig", newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert [(r["reject_row"], r["row"], r["code"]) for r in rows] == [
        ("2", "2", "import.cell.money"),
        ("3", "3", "import.row.quote"),
        ("4", "5", "import.cell.money"),
    ]
    assert all(r["what_zh"] and r["mend_en"] for r in rows)


def test_a_mended_reject_file_imports(read: Read, tmp_path: Path) -> None:
    out = tmp_path / "rejected.csv"
    write_rejects(read(BAD), out)
    mended = out.read_text(encoding="utf-8").replace("abc", "7").replace('"李四', "李四").replace("=1+1", "2")
    assert [a.account_id for a in read(mended).accounts] == ["A1", "A2", "A4"]


def test_excel_and_parquet_rejects_keep_their_form(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    mapping = mapping_of()
    book = xlsxwriter.Workbook(str(tmp_path / "feed.xlsx"), {"strings_to_formulas": False})
    sheet = book.add_worksheet("账户")
    for y, line in enumerate(BAD.replace('"张,三"', "张三").replace('"', "").strip().split("\n")):
        sheet.write_row(y, 0, line.split(","))
    sheet.write_row(9, 0, ["C9", "周九", "A9", "信用卡", "2026-02-01", "1", "slipped"])
    book.close()
    first = read_portfolio(tmp_path / "feed.xlsx", mapping, AS_OF)
    assert write_rejects(first, tmp_path / "out.xlsx") == 3
    again = read_portfolio(tmp_path / "out.xlsx", mapping, AS_OF)
    assert [row.cells for row in again.rejected] == [row.cells for row in first.rejected]
    assert again.layout is not None
    assert again.layout.sheet == "账户"

    cells = [row.cells for row in first.rejected[:2]]
    pq.write_table(
        pa.table(dict(zip(HEADER.split(","), zip(*cells, strict=True), strict=True))), tmp_path / "feed.parquet"
    )
    second = read_portfolio(tmp_path / "feed.parquet", mapping, AS_OF)
    assert write_rejects(second, tmp_path / "out.parquet") == 2
    assert pl.read_parquet(tmp_path / "out.parquet").rows() == cells


def test_titles_above_the_header_come_back_too(read: Read, tmp_path: Path) -> None:
    mapping = SMALL + "header: 3"
    titles = "委托清单\n2026年3月\n"
    first = read(titles + BAD, mapping)
    write_rejects(first, tmp_path / "out.csv")
    text = (tmp_path / "out.csv").read_text(encoding="utf-8")
    assert text.startswith(titles + HEADER + "\n")
    assert [row.raw for row in read(text, mapping).rejected] == [row.raw for row in first.rejected]


def test_the_findings_point_at_lines_of_the_reject_file(read: Read, tmp_path: Path) -> None:
    result = read(_feed('C1,"张\n三",A1,信用卡,2026-02-01,abc', ROW.format(2, "x")))
    write_rejects(result, tmp_path / "out.csv")
    with findings_path(tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as handle:
        assert [(r["reject_row"], r["row"]) for r in csv.DictReader(handle)] == [("2", "2"), ("4", "4")]


def test_a_counted_sheet_stays_where_it_was(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "feed.xlsx"))
    book.add_worksheet("封面")
    sheet = book.add_worksheet("账户")
    for y, line in enumerate((HEADER, "C1,张三,A1,信用卡,2026-02-01,abc")):
        sheet.write_row(y, 0, line.split(","))
    book.close()
    mapping = mapping_of(SMALL + "sheet: 2")
    assert write_rejects(read_portfolio(tmp_path / "feed.xlsx", mapping, AS_OF), tmp_path / "out.xlsx") == 1
    assert len(read_portfolio(tmp_path / "out.xlsx", mapping, AS_OF).rejected) == 1


def test_nothing_refused_writes_nothing(read: Read, tmp_path: Path) -> None:
    assert write_rejects(read(_feed(ROW.format(1, 1))), tmp_path / "none.csv") == 0
    assert not (tmp_path / "none.csv").exists()


def test_findings_never_quote_a_person(read: Read, tmp_path: Path) -> None:
    mapping = (
        SMALL.replace("columns:", "columns:\n  id_card: {from: 证件}")
        + "lines: [{from: 手机, kind: mobile, role: debtor, source: reserved}]"
    )
    result = read(f"{HEADER},证件,手机\nC1,张三,A1,信用卡,2026-02-01,1,99999919900101,95588123\n", mapping)
    assert len(result.rejected) == 1
    said = "".join(f.line(lang) for f in result.findings for lang in ("zh", "en"))
    for secret in ("张三", "99999919900101", "95588123"):
        assert secret not in said
    assert quoted("x" * 60, "text") == "x" * 39 + "…"
    assert {"phone", "id_card"} <= PERSONAL_TYPES


@pytest.mark.parametrize("code", WORDINGS)
def test_every_finding_reads_well_in_both_languages(code: str) -> None:
    found = finding(code, Place("f.csv", 2, "列"), value="V", known="K", near="N")
    for text in (found.what, found.why, found.mend):
        assert text.zh.endswith(("。", "？", "V", "”")) or "{" not in text.zh
        assert text.en.endswith((".", "?", "V"))
        assert "{" not in text.zh + text.en
        assert not any("\u4e00" <= ch <= "\u9fff" for ch in text.en.replace("2026年3月2日", "").replace("是/否", ""))


def test_bad_optional_values_may_be_left_empty(read: Read) -> None:
    mapping = SMALL.replace("{from: 到期日}", "{from: 到期日, bad: blank}")
    result = read(_feed("C1,张三,A1,信用卡,soon,1"), mapping)
    assert [a.due_date for a in result.accounts] == [None]
    assert [(f.code, f.severity.value) for f in result.findings] == [("import.cell.date", "warning")]


FULL = """
kind: accounts
columns:
  debtor_id: 客户号
  name: 姓名
  account_id: 账号
  product: {default: credit_card}
  lender_type: {default: bank}
  opened: 开户
  due_date: 到期
  cycles: 期数
  principal_fen: 本金
  due_fen: 逾期
"""


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2020-01-01,2026-02-01,2,0,0", "import.account.arrears_without_debt"),
        ("2020-01-01,2026-02-01,1,5,6", "import.account.due_over_principal"),
        ("2020-01-01,2026-05-01,1,5,5", "import.account.future_due"),
        ("2026-02-02,2026-02-01,1,5,5", "import.account.opened_late"),
        ("2020-01-01,2026-05-01,0,5,5", None),
    ],
)
def test_odd_accounts_are_taken_with_a_warning(row: str, code: str | None, read: Read) -> None:
    result = read(f"客户号,姓名,账号,开户,到期,期数,本金,逾期\nC1,张三,A1,{row}\n", FULL)
    assert len(result.accounts) == 1
    assert [f.code for f in result.findings] == ([code] if code else [])


LINES = (
    SMALL
    + """
lines:
  - {from: 手机, kind: mobile, role: debtor, source: reserved}
  - {from: 邮箱, kind: email, role: debtor, source: contract}
  - {from: 联系电话, kind: mobile, role: {from: 关系, map: {配偶: spouse}, default: friend}, name: 联系人, source: contract}
"""
)


def test_lines_come_with_role_name_and_provenance(read: Read) -> None:
    result = read(
        f"{HEADER},手机,邮箱,联系电话,关系,联系人\n"
        "C1,张三,A1,信用卡,2026-02-01,1,154 0000 0001,a@example.com,15400000002,配偶,李四\n"
        "C1,张三,A2,信用卡,2026-02-01,1,15400000001,,15400000003,,王五\n",
        LINES,
    )
    place = Place("feed.csv", 2)
    assert result.lines[0] == LineRecord("C1", "mobile", "15400000001", "debtor", None, "reserved", place=place)
    assert [(x.kind, x.value, x.role, x.contact_name, x.source) for x in result.lines[1:]] == [
        ("email", "a@example.com", "debtor", None, "contract"),
        ("mobile", "15400000002", "spouse", "李四", "contract"),
        ("mobile", "15400000003", "friend", "王五", "contract"),
    ]
    assert len({line.digest for line in result.lines}) == 4


@pytest.fixture
def payments() -> Mapping:
    mapping, _ = load_mapping("payments")
    assert mapping is not None
    return mapping


def test_payments_and_reversals(read: Read, payments: Mapping) -> None:
    result = read(
        "account_id,paid_on,amount_yuan,reference,reversal,reverses\n"
        "A1,2026-02-01,100.50,P1,否,\n"
        "A1,2026-02-02,100.50,R1,是,P1\n"
        "A1,2026-02-02,-100.50,R2,Y,P1\n"
        "A1,2026-02-02,-5,P3,,\n"
        "A1,2026-02-02,0,P4,,\n"
        "A1,2026-02-02,5,R5,1,\n"
        "A1,2026-02-03,5,P1,,\n"
        "A2,2026-02-01,7,P1,,\n"
        "A2,2026-12-01,7,P9,,\n"
        "6.22E+18,2026-02-01,7,P7,,\n",
        payments,
    )
    assert [(e.kind, e.amount_fen, e.reference, e.reverses) for e in result.events] == [
        ("payment", 10_050, "P1", None),
        ("reversal", 10_050, "R1", "P1"),
        ("reversal", 10_050, "R2", "P1"),
        ("payment", 700, "P1", None),  # one transfer, two accounts
        ("payment", 700, "P9", None),
    ]
    assert [f.code for f in result.findings if f.severity == "warning"] == ["import.payment.future"]
    assert [row.codes[0] for row in result.rejected] == [
        "import.payment.negative",
        "import.amount.zero",
        "import.payment.reverses",
        "import.row.duplicate",
        "import.cell.rounded",
    ]
    assert result.totals.reconciles
    assert result.totals.records == {"amount_fen": 31_550}
    assert len({e.digest for e in result.events}) == 5


def test_the_last_payment_row_may_win(read: Read, payments: Mapping) -> None:
    feed = "account_id,paid_on,amount_yuan,reference\nA1,2026-02-01,1,P1\nA1,2026-02-01,2,P1\n"
    result = read(feed, replace(payments, duplicate_rows="last_wins"))
    assert [e.amount_fen for e in result.events] == [200]
    assert result.totals.excluded == 1


def test_a_contact_list_checks_each_value_by_its_kind(read: Read) -> None:
    mapping, _ = load_mapping("standard-zh-contacts")
    result = read(
        "客户号,类型,号码,关系,联系人姓名,来源,时区\n"
        "C1,手机,95588,本人,,本人预留,\n"
        "C1,电子邮箱,A@example.com,本人,,本人预留,\n"
        "C1,地址,示例路 1 号,本人,,合同约定,Asia/Urumqi\n"
        "C1,手机,15400000001,朋友,李四,联系人告知,\n",
        mapping,
    )
    assert [f.code for f in result.findings] == ["import.cell.phone"]
    assert [(x.kind, x.value, x.zone) for x in result.lines] == [
        ("email", "a@example.com", "Asia/Shanghai"),
        ("address", "示例路 1 号", "Asia/Urumqi"),
        ("mobile", "15400000001", "Asia/Shanghai"),
    ]
    assert result.totals.taken == 3


def test_a_parquet_file_damaged_midway_is_not_half_imported(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    path = tmp_path / "feed.parquet"
    names = HEADER.split(",")
    pq.write_table(pa.table({name: [f"{name}{i}" for i in range(500)] for name in names}), path, use_dictionary=False)
    whole = path.read_bytes()
    rng, seen = random.Random(3), set()
    for _ in range(120):
        content = bytearray(whole)
        content[rng.randrange(len(content))] = rng.randrange(256)
        path.write_bytes(content)
        result = read_portfolio(path, mapping_of(), AS_OF)
        assert result.usable or (not result.accounts and result.findings[0].severity == "error")
        seen.add(result.usable)
    assert seen == {True, False}


NOISE = st.one_of(
    st.binary(max_size=300),
    st.text(alphabet='客户号姓名账产品到期日本金,;"\n\r\t A1.\0\ufeff', max_size=200).map(
        lambda text: (HEADER + "\n" + text).encode()
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(
    content=NOISE,
    suffix=st.sampled_from([".csv", ".txt", ".xlsx", ".parquet"]),
    delimiter=st.sampled_from(["auto", ";"]),
)
def test_no_bytes_can_crash_an_import(content: bytes, suffix: str, delimiter: str, read: Read, tmp_path: Path) -> None:
    result = read(content, SMALL + f'delimiter: "{delimiter}"', "noise" + suffix)
    assert result.totals.reconciles
    assert result.usable or result.findings
    write_rejects(result, tmp_path / ("back" + suffix))
