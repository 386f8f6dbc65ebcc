"""The overlay's texts: written so that a person can read them, changed without disturbing what stands beside."""

from __future__ import annotations

import pytest
import yaml
from playbook_world import LINE, PACK, reworded, shipped

from fairdue.desk.playbooks import differences, libraries, overlay
from fairdue.desk.playbooks.stack import copy_of
from fairdue.playbook import Line, PackSource, load_sources


def read_back(text: str) -> Line:
    return Line.model_validate(yaml.safe_load(text)[0])


def test_every_shipped_line_is_written_and_read_back_the_same() -> None:
    for line in libraries.base()[0].lines.values():
        back = read_back(overlay.line_text(line))
        assert back.model_dump() == {
            **line.model_dump(),
            "say": overlay.tidy(line.say) + "\n",
            "why": overlay.tidy(line.why),
            "why_en": overlay.tidy(line.why_en),
            "gist_en": line.gist_en.strip(),
        }, line.id


@pytest.mark.parametrize(
    "words",
    ["", "一行", "两行\n第二行", "  前后有空格  ", "制表\t符", "冒号: 井号 # 引号 \" ' 破折号 -", "- 列表样", "{称呼}", "表情😀", "yes", "12:30"],
)  # fmt: skip
def test_words_of_any_kind_survive(words: str) -> None:
    line = reworded(words, why=words, gist_en=words, argument=words[:6])
    back = read_back(overlay.line_text(line))
    assert (back.say.strip(), back.why) == (overlay.tidy(words), overlay.tidy(words))
    assert overlay.line_text(back) == overlay.line_text(line)


def test_a_line_is_written_as_in_the_packs() -> None:
    assert overlay.line_text(reworded("第一行，\n第二行{应还金额}。")).startswith(
        "- id: first.payday.1\n  answers: [stall.payday]\n  stage: first\n  party: customer\n  say: |\n    第一行，\n    第二行{应还金额}。\n"
    )


def test_an_indented_list_and_entries_on_one_line_can_be_changed_too() -> None:
    base = libraries.base()[0].packs[PACK]
    short = "{id: a.b, stage: first, party: customer, say: x, gist_en: x, why: x, pressure: 0, source: P1-2.1a}"
    for text in (
        f"  # 缩进的\n  - id: {LINE}\n    stage: first\n    say: 旧的\n  - id: a.b\n    stage: first\n",
        f"[{{id: {LINE}, say: 旧的}}, {short}]",
        f"-\n  id: {LINE}\n  say: 旧的\n-\n  id: a.b\n  say: 旁边\n",
    ):
        files = overlay.head({"lines/a.yaml": text}, base, 1)
        after = overlay.put(files, LINE, "lines/ignored.yaml", overlay.line_text(reworded("新的")))
        rows = {row["id"]: row for row in overlay.rows_of(after["lines/a.yaml"], "a")}
        assert set(rows) == {LINE, "a.b"}
        assert rows[LINE]["say"] == "新的\n"
        gone = overlay.take_out(after, LINE)
        assert [row["id"] for row in overlay.rows_of(gone["lines/a.yaml"], "a")] == ["a.b"]


def test_taking_out_the_last_entry_takes_the_file() -> None:
    files = overlay.put({}, LINE, "lines/a.yaml", overlay.line_text(shipped()))
    assert overlay.take_out(files, LINE) == {}
    assert overlay.take_out(files, "no.such.line") == files


def test_the_overlay_can_be_read_as_a_pack_of_its_own() -> None:
    base = libraries.base()[0].packs[PACK]
    files = overlay.head({}, base, 4, ["first.payday.2"])
    files = overlay.put(files, LINE, "lines/first.yaml", overlay.line_text(reworded()))
    library, findings = load_sources([PackSource("org-p01-bank-card", files)])
    assert findings == []
    info = library.packs["org-p01-bank-card"]
    assert (info.overlays, info.version, info.drop) == (PACK, "4", ("first.payday.2",))
    assert overlay.dropped(files) == ("first.payday.2",)


def test_changed_words_are_marked_and_placeholders_stay_whole() -> None:
    pieces = differences.marked("等到{期限}前还{应还金额}。", "在{期限}前先还{欠款总额}。")
    assert ("gone", "{应还金额}") in pieces
    assert ("new", "{欠款总额}") in pieces
    assert "".join(text for kind, text in pieces if kind != "new") == "等到{期限}前还{应还金额}。"
    assert "".join(text for kind, text in pieces if kind != "gone") == "在{期限}前先还{欠款总额}。"


def test_differences_name_new_gone_and_changed_entries_of_one_pack_only() -> None:
    old = libraries.base()[0]
    new = copy_of(old)
    new.lines[LINE] = reworded()
    del new.lines["first.payday.2"]
    new.lines["p01.x.1"] = reworded(id="p01.x.1")
    new.home["p01.x.1"] = PACK
    found = {change.id: change.kind for change in differences.compare(old, new, PACK)}
    assert found == {LINE: "changed", "first.payday.2": "gone", "p01.x.1": "new"}
    assert differences.compare(old, new, "common") == []
    assert LINE in old.lines and "p01.x.1" not in old.lines
