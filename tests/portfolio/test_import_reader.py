"""Feeds of all kinds: the golden cases, encodings, line ends, Excel, Parquet, and a broken quote among 100 000 rows."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter
import yaml
from small_mapping import AS_OF, HEADER, SMALL

from fairdue.core.money import parse_money
from fairdue.portfolio import ImportResult, Mapping, load_mapping, read_portfolio

Read = Callable[..., ImportResult]
CASES = yaml.safe_load((Path(__file__).parent / "cases" / "import.yaml").read_text(encoding="utf-8"))
TWO_ROWS = f"{HEADER}\nC1,张三,A1,信用卡,2026-02-01,1.50\nC2,李四,A2,现金贷,2026-02-01,2\n"


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_case(case: dict[str, Any], read: Read) -> None:
    result = read(case["file"], SMALL + case.get("mapping_adds", ""))
    assert result.usable is not case.get("unusable", False)
    assert [a.account_id for a in result.accounts] == case.get("taken", [])
    assert [[f.code, f.place.row, f.place.field] for f in result.findings] == case["findings"]
    assert result.totals.reconciles
    for column, yuan in case.get("sums", {}).items():
        sums = result.totals.columns[column]
        found = [sums.file_fen, sums.taken_fen, sums.rejected_fen, sums.excluded_fen]
        assert found == [parse_money(str(amount)) for amount in yuan]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_line_ends(encoding: str, newline: str, read: Read) -> None:
    result = read(TWO_ROWS.replace("\n", newline).encode(encoding))
    assert [c.name for c in result.customers] == ["张三", "李四"]
    assert [a.source.row for a in result.accounts] == [2, 3]
    assert result.findings == ()


def test_rare_characters_survive_gb18030(read: Read) -> None:
    result = read(TWO_ROWS.replace("张三", "𠮷㼆").encode("gb18030"))
    assert result.customers[0].name == "𠮷㼆"


def test_bytes_in_no_encoding_cost_only_their_rows(read: Read) -> None:
    result = read(TWO_ROWS.encode().replace("张三".encode(), b"\xff\xff\xff"))
    assert [a.account_id for a in result.accounts] == ["A2"]
    assert [f.code for f in result.findings] == ["import.file.encoding", "import.row.garbled"]


def test_one_damaged_byte_does_not_turn_a_file_into_another_encoding(read: Read) -> None:
    rows = "".join(f"C{i},张三,A{i},信用卡,2026-02-01,1\n" for i in range(3, 20))
    content = (TWO_ROWS + rows).encode().replace("李四".encode(), "李四".encode()[:-1], 1)
    result = read(content)
    assert [f.code for f in result.findings] == ["import.file.encoding", "import.row.garbled"]
    assert {c.name for c in result.customers} == {"张三"}
    assert result.totals.taken == 18


def test_a_fixed_encoding_is_obeyed(read: Read) -> None:
    assert read(TWO_ROWS.encode("gb18030"), SMALL + "encoding: gb18030").customers[0].name == "张三"


def test_one_broken_quote_among_100_000_rows(read: Read) -> None:
    rows = [f'C{i},"张三",A{i},信用卡,2026-02-01,{i}.50' for i in range(100_000)]
    rows[50_000] = 'C50000,"张三,A50000,信用卡,2026-02-01,50000.50'
    result = read("\n".join([HEADER, *rows]) + "\n")
    assert result.totals.taken == 99_999
    assert [(row.row, row.codes) for row in result.rejected] == [(50_002, ("import.row.quote",))]
    assert result.accounts[50_000].account_id == "A50001"


def test_quotes_broken_at_random_never_take_a_good_row_along(read: Read) -> None:
    rng = random.Random(7)
    rows = [f'C{i},"张三",A{i},信用卡,2026-02-01,{i}' for i in range(2_000)]
    broken = set(rng.sample(range(2_000), 300))
    for index in broken:
        place = rng.randrange(2)
        rows[index] = rows[index].replace('"张三"', ('"张三', '张三"')[place])
    result = read("\n".join([HEADER, *rows]) + "\n")
    assert {row.row - 2 for row in result.rejected} == broken
    assert {int(a.account_id[1:]) for a in result.accounts} == set(range(2_000)) - broken


def _excel(path: Path, rows: list[list[Any]], sheets: tuple[str, ...] = ("账户",)) -> None:
    book = xlsxwriter.Workbook(str(path))
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    for name in sheets:
        sheet = book.add_worksheet(name)
        for y, row in enumerate(rows):
            for x, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(y, x, cell, day)
                elif cell is not None:
                    sheet.write(y, x, cell)
    book.close()


def test_excel(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    path = tmp_path / "feed.xlsx"
    rows: list[list[Any]] = [
        HEADER.split(","),
        ["C1", "张三", "A1", "信用卡", datetime(2026, 3, 2), 1234.5],  # noqa: DTZ001 - a spreadsheet knows no zone
        ["C2", "李四", 10086, "信用卡", 46083, "1,234.50"],
        [None] * 6,
        ["C3", "王五", "A3", "信用卡", "2026年3月2日", "abc"],
        ["C4", "赵六", "A4", "信用卡", None, 0.07, "note"],
    ]
    _excel(path, rows)
    result = read_portfolio(path, mapping_of(), AS_OF)
    assert [(a.account_id, a.due_date, a.principal_fen) for a in result.accounts] == [
        ("A1", date(2026, 3, 2), 123_450),
        ("10086", date(2026, 3, 2), 123_450),
    ]
    assert [(f.code, f.place.row) for f in result.findings] == [("import.cell.money", 5), ("import.row.ragged", 6)]


def test_excel_sheets(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    path = tmp_path / "feed.xlsx"
    _excel(path, [["说明"], HEADER.split(",")], ("封面", "账户"))
    for sheet in ("账户", "2"):
        result = read_portfolio(path, mapping_of(SMALL + f"sheet: {sheet}\nheader: 2"), AS_OF)
        assert [f.code for f in result.findings] == ["import.file.no_rows"]
    missing = read_portfolio(path, mapping_of(SMALL + "sheet: 别的"), AS_OF)
    assert [f.code for f in missing.findings] == ["import.file.sheet"]
    assert "封面, 账户" in missing.findings[0].what.en
    beyond = read_portfolio(path, mapping_of(SMALL + "header: 9"), AS_OF)
    assert [f.code for f in beyond.findings] == ["import.file.empty"]


def test_parquet(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    path = tmp_path / "feed.parquet"
    table = pa.table(
        {
            "客户号": ["C1", "C2", None],
            "姓名": ["张三", "李四", "王五"],
            "账号": [1, 2, 3],
            "产品": ["信用卡"] * 3,
            "到期日": pa.array([date(2026, 3, 2)] * 3),
            "本金": pa.array([Decimal("1234.50"), Decimal("0.07"), Decimal("1")], pa.decimal128(12, 2)),
            "标签": pa.array([["a", "b"], [], None], pa.list_(pa.string())),
        }
    )
    pq.write_table(table, path)
    result = read_portfolio(path, mapping_of(SMALL + "extra: [标签]"), AS_OF)
    assert [(a.account_id, a.principal_fen, a.extra) for a in result.accounts] == [
        ("1", 123_450, (("标签", "a;b"),)),
        ("2", 7, (("标签", ""),)),
    ]
    assert [(f.code, f.place.row) for f in result.findings] == [("import.cell.required", 3)]


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("feed.pdf", b"x", "import.file.format"),
        ("feed.xlsx", b"not a workbook", "import.file.damaged"),
        ("feed.parquet", b"not parquet", "import.file.damaged"),
    ],
)
def test_files_that_are_not_what_they_seem(name: str, content: bytes, code: str, read: Read) -> None:
    result = read(content, name=name)
    assert not result.usable
    assert [f.code for f in result.findings] == [code]


def test_a_missing_file_is_a_finding(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    result = read_portfolio(tmp_path / "none.csv", mapping_of(), AS_OF)
    assert [f.code for f in result.findings] == ["import.file.missing"]


def test_progress_is_told_after_every_chunk(tmp_path: Path, mapping_of: Callable[..., Mapping]) -> None:
    path = tmp_path / "feed.csv"
    rows = [f"C{i},张三,A{i},信用卡,2026-02-01,1" for i in range(25)]
    path.write_text("\n".join([HEADER, *rows]), encoding="utf-8")
    told: list[tuple[int, int]] = []
    read_portfolio(path, mapping_of(), AS_OF, progress=lambda done, total: told.append((done, total)), chunk=10)
    assert told == [(10, 25), (20, 25), (25, 25), (25, 25)]


def test_a_mapping_that_counts_days_needs_a_date(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(SMALL + "computed: [{field: dpd, rule: days_since, of: due_date}]", encoding="utf-8")
    mapping, _ = load_mapping(path)
    assert mapping is not None
    feed = tmp_path / "feed.csv"
    feed.write_text(TWO_ROWS, encoding="utf-8")
    assert [f.code for f in read_portfolio(feed, mapping).findings] == ["import.file.as_of"]
    assert [a.dpd for a in read_portfolio(feed, mapping, AS_OF).accounts] == [29, 29]
