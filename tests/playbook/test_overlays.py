"""An organisation's overlay replaces, drops and adds lines of a pack without editing it; what else it touches is refused."""

from __future__ import annotations

from pathlib import Path

from packs_of_tests import FLOW, HINT, LINE, PACK, RED, write

from fairdue.playbook import Library, PackSource, compare, load_library, load_sources

OVERLAY = """name: org-t
version: "1"
title: {zh: 本机构, en: Ours}
stages: [first]
calls: false
overlays: t
"""
OTHER = LINE.replace("t.1", "o.1")


def both(
    tmp_path: Path, *, lines: str = "", pack: str = OVERLAY, flow: str = "", red: str = ""
) -> tuple[Library, list]:
    base = write(tmp_path / "t", lines=LINE + LINE.replace("t.1", "t.2"), red=RED, hints=HINT)
    other = write(tmp_path / "o", lines=OTHER, pack=PACK.replace("name: t", "name: o"))
    mine = write(tmp_path / "a-overlay", lines=lines, pack=pack, flow=flow, red=red)
    return load_library([mine, base, other])  # overlays are read last, wherever they stand


def test_a_line_is_replaced_and_belongs_to_the_pack_it_overlays(tmp_path: Path) -> None:
    library, findings = both(tmp_path, lines=LINE.replace("您好", "您好呀"))
    assert findings == []
    assert library.line("t.1").say == "您好呀"
    assert library.pack_of["t.1"] == "org-t"
    assert library.home["t.1"] == "t"
    assert str(library.where["t.1"].file) == "a-overlay/lines/one.yaml"
    assert [n.id for n in library.replies("stall.payday", stage="first", scope=("t",))] == ["t.1", "t.2"]


def test_a_line_is_added(tmp_path: Path) -> None:
    library, findings = both(tmp_path, lines=LINE.replace("t.1", "org.1"))
    assert findings == []
    assert [n.id for n in library.replies("stall.payday", stage="first", scope=("t",))] == ["t.1", "t.2", "org.1"]


def test_a_line_is_dropped(tmp_path: Path) -> None:
    library, findings = both(tmp_path, pack=OVERLAY + "drop: [t.2]\n")
    assert findings == []
    assert [n.id for n in library.replies("stall.payday", stage="first", scope=("t",))] == ["t.1"]


def test_a_flow_and_a_red_line_are_replaced(tmp_path: Path) -> None:
    flow = FLOW.replace("开场", "我们的开场")
    library, findings = both(tmp_path, flow=flow, red=RED.replace("反例", "我们的反例"))
    assert findings == []
    assert library.flow("t").state("a").title.zh == "我们的开场"
    assert library.redlines["t.red"].why == "我们的反例"


def test_a_line_of_another_pack_is_not_the_overlays_to_replace(tmp_path: Path) -> None:
    library, findings = both(tmp_path, lines=OTHER.replace("您好", "抢来的"))
    assert [f.code for f in findings] == ["playbook.duplicate"]
    assert findings[0].place.file == "a-overlay/lines/one.yaml"
    assert library.line("o.1").say == "您好"


def test_the_same_line_twice_without_an_overlay_is_refused(tmp_path: Path) -> None:
    base = write(tmp_path / "t")
    copy = write(tmp_path / "copy", pack=PACK.replace("name: t", "name: copy"))
    library, findings = load_library([base, copy])
    assert [f.code for f in findings] == ["playbook.duplicate"]
    assert library.pack_of["t.1"] == "t"


def test_an_overlay_leads_no_call_and_keeps_the_pack_as_it_was(tmp_path: Path) -> None:
    before, _ = load_library(
        [write(tmp_path / "t"), write(tmp_path / "o", lines=OTHER, pack=PACK.replace("name: t", "name: o"))]
    )
    after, _ = both(tmp_path / "again", lines=LINE.replace("您好", "您好呀"))
    assert "org-t" not in after.flows
    assert before.version != after.version
    assert before.line("t.1").say == "您好"


def test_an_overlay_kept_as_texts_reads_like_a_folder() -> None:
    base = PackSource("t", {"pack.yaml": PACK, "flow.yaml": FLOW, "lines/one.yaml": LINE})
    mine = PackSource("org-t", {"pack.yaml": OVERLAY, "lines/one.yaml": LINE.replace("您好", "早")})
    library, findings = load_sources([mine, base])
    assert findings == []
    assert library.line("t.1").say == "早"


# -- what changed


def test_changes_are_named_with_the_words_marked(tmp_path: Path) -> None:
    old, _ = load_library([write(tmp_path / "t", red=RED, hints=HINT)])
    lines = LINE.replace("您好", "您早") + LINE.replace("t.1", "t.9")
    flow = FLOW.replace("结束", "收尾").replace("states:", "must: [greet]\nstates:")
    new, _ = load_library([write(tmp_path / "new" / "t", lines=lines, flow=flow, red=RED)])
    changes = {(c.kind, c.id): c for c in compare(old, new)}
    assert {key: c.how for key, c in changes.items()} == {
        ("line", "t.1"): "changed",
        ("line", "t.9"): "added",
        ("hint", "t.hint"): "removed",
        ("state", "t:b"): "changed",
        ("flow", "t"): "changed",
    }
    [field] = changes["line", "t.1"].fields
    assert (field.name, field.marked) == ("say", "您[-好-]{+早+}")
    assert changes["line", "t.9"].say == "您好"
    assert changes["state", "t:b"].fields[0].marked.startswith("zh: [-结束-]{+收尾+}")
    assert compare(old, old) == []
