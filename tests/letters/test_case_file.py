"""The case file on paper: every fact of the document, in both languages, with the document attached; nothing runs over."""

from __future__ import annotations

import copy
import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from fairdue.letters import FontMissingError, case_file, fonts
from fairdue.letters.case_file import case_file_body, render_apart, render_case_file
from fairdue.letters.case_file_blocks import soft
from fairdue.letters.case_file_words import SECTION_NAMES

needs_poppler = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")


def at(day: int, clock: str = "10:15:00") -> dict[str, str]:
    local = f"2026-03-{day:02d}T{clock}+08:00"
    return {"utc": local, "local": local, "zone": "Asia/Shanghai"}


def rule(verdict: str = "warn", **more: Any) -> dict[str, Any]:
    return {
        "id": "CN-CBA-02",
        "verdict": verdict,
        "why": {"zh": "今天已有 6 次未接通的呼叫", "en": "6 unanswered attempts today"},
        "title": {"zh": "同一号码不宜超过六次", "en": "No more than six attempts"},
        "citation": {"zh": "工作指引第十四条", "en": "Guideline Art. 14"},
        "counted": ["contact:1"],
        "excluded": [{"id": "past:9", "why": {"zh": "已接通", "en": "put through"}}],
        **more,
    }


def permit(number: str, day: int, *rules: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": f"permit:{number}",
        "number": number,
        "taken": at(day),
        "expires": at(day, "10:18:00"),
        "state": "used",
        "purpose": "collect",
        "agent": "lin",
        "decision": {"pack": "cn@2026.2", "rules": list(rules), "passed": ["CN-GBT-01"], "next_lawful_at": None},
    }


def contact(no: int, standing: str, **more: Any) -> dict[str, Any]:
    return {
        "no": no,
        "id": f"contact:{no}",
        "at": at(no),
        "channel": "voice_human",
        "direction": "out",
        "role": "debtor",
        "line": {"shown": "199****0001", "role": "debtor"},
        "connected": True,
        "talk_seconds": 64,
        "outcome": "reached",
        "standing": standing,
        "purpose": "collect",
        "agent": "lin",
        "agency": None,
        "note": "",
        "quote": None,
        "permit": permit(f"P-{no}", no, *([rule()] if standing == "warned" else [])),
        **more,
    }


def summary(**more: Any) -> dict[str, Any]:
    return {
        "made": 3,
        "standing": {"allowed": 1, "warned": 1, "outside": 0, "not_judged": 1},
        "earliest_call": "10:15",
        "latest_call": "10:15",
        "busiest_day": {"day": "2026-03-01", "effective_calls": 1},
        "to_others": 0,
        "owed_fen": 1_234_567,
        "refused": 1,
        "red_lines": 1,
        "days": [
            {
                "day": "2026-03-01",
                "made": 1,
                "standing": {"allowed": 1, "warned": 0, "outside": 0, "not_judged": 0},
                "refused": 0,
                "rules": [],
            }
        ],
        "timeline": [{"at": at(2), "what": "hold.set", "kind": "complaint", "by": "lin"}],
        **more,
    }


def document(**sections: Any) -> dict[str, Any]:
    """A small case: three contacts, one refusal, one call with a red line."""
    earlier = contact(3, "not_judged", id="past:9", agent=None, agency="AG1", outcome=None, purpose=None, permit=None)
    red = {"label": "V02", "why": {"zh": "恐吓", "en": "intimidation"}, "cites": ["CN-CIV-1033"]}
    refused = {"rules": [rule("deny")], "pack": "cn@2026.2", "next_lawful_at": at(3, "08:00:00")}
    case = {
        "number": "FD20260302-000001-7",
        "kind": "complaint",
        "state": "answered",
        "opened": at(2),
        "due_on": "2026-04-01",
        "closed": None,
        "account": "A1",
        "contact": None,
        "hold": None,
        "summary": "客户说一天接到七个电话",
        "answer": "已核查并书面答复",
    }
    found = {
        "summary": summary(),
        "complaint": case,
        "person": {
            "debtor": "D1",
            "name": "沈**",
            "honorific": "女士",
            "id_card": None,
            "address": None,
            "zones": ["Asia/Shanghai"],
            "status": "reachable",
            "consents": [],
            "opt_outs": [],
            "agreed_hours": None,
            "inconvenient": [],
            "lines": [],
        },
        "debts": [],
        "contacts": [contact(1, "allowed"), contact(2, "warned"), earlier],
        "unused_permits": [],
        "denials": [
            {
                "no": 1,
                "at": at(2, "22:05:00"),
                "channel": "voice_human",
                "line": {"shown": "199****0001", "role": "debtor"},
                "agent": "lin",
                "decision": refused,
            }
        ],
        "calls": [
            {
                "permit": "P-2",
                "contact": "contact:2",
                "began": at(2),
                "playbook": "p01@2.0",
                "release": 4,
                "turns": [{"at": at(2), "who": "agent", "text": "让你不得安宁", "red": [red]}],
            }
        ],
        "crises": [],
        "recordings": {"items": []},
        "letters": {"items": [], "copies_stored_here": False},
        "promises": [],
        "plans": [],
        "holds": [],
        "cases": [case],
        "audit": {"rows": [], "anchor": "0" * 64, "head": "0" * 64},
        **sections,
    }
    return {
        "schema": "fairdue.casefile/1",
        "head": {
            "case": case["number"],
            "as_of": "2026-03-03T04:00:00+00:00",
            "masked": True,
            "institution": "示例银行",
        },
        "sections": found,
        "digests": {name: hashlib.sha256(name.encode()).hexdigest() for name in found},
        "signatures": {"file": {"public_key": "PUBLIC", "signature": "SIGNATURE"}},
    }


def raw(given: dict[str, Any]) -> bytes:
    return json.dumps(given, ensure_ascii=False, sort_keys=True).encode()


def text_of(pdf: bytes, tmp_path: Path, *options: str) -> str:
    (tmp_path / "c.pdf").write_bytes(pdf)
    command = ["pdftotext", "-layout", *options, str(tmp_path / "c.pdf"), "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


@needs_poppler
@pytest.mark.parametrize(
    ("lang", "said"),
    [
        (
            "zh",
            [
                "投诉案卷",
                "目录",
                "客户说一天接到七个电话",
                "未作判断",
                "触及红线 V02",
                "第 1 次",
                "工作指引第十四条",
                "12,345.67",
            ],
        ),
        (
            "en",
            [
                "Case file: complaint",
                "Contents",
                "Not judged",
                "Red line V02",
                "no. 1",
                "Guideline Art. 14",
                "12,345.67",
            ],
        ),
    ],
)
def test_the_pages_say_what_the_document_says(tmp_path: Path, lang: str, said: list[str]) -> None:
    text = text_of(render_case_file(raw(document()), lang), tmp_path)
    for word in (*said, "FD20260302-000001-7", "P-1", "cn@2026.2", "2026-03-03 08:00:00", "199****0001"):
        assert word in text, word


@needs_poppler
def test_every_page_is_numbered_and_carries_the_digest_of_the_document(tmp_path: Path) -> None:
    given = raw(document())
    pages = text_of(render_case_file(given), tmp_path).split("\f")[:-1]
    assert len(pages) >= 3
    for number, page in enumerate(pages, 1):
        assert f"第 {number} 页，共 {len(pages)} 页" in page
        assert hashlib.sha256(given).hexdigest() in page


@pytest.mark.skipif(shutil.which("pdfdetach") is None, reason="poppler-utils is not installed")
def test_the_document_itself_is_attached(tmp_path: Path) -> None:
    given = raw(document())
    (tmp_path / "c.pdf").write_bytes(render_case_file(given))
    out = tmp_path / "attached.json"
    subprocess.run(["pdfdetach", "-save", "1", "-o", str(out), str(tmp_path / "c.pdf")], check=True)
    assert out.read_bytes() == given


def test_the_same_document_gives_the_same_pages() -> None:
    given = raw(document())
    assert render_case_file(given) == render_case_file(given)


def test_a_long_document_is_set_by_a_process_of_its_own_and_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    given = raw(document())
    here = render_case_file(given, "en")
    monkeypatch.setattr(case_file, "APART", 0)
    assert render_apart(given, "en") == here


def test_a_document_that_cannot_be_set_apart_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(case_file, "APART", 0)
    with pytest.raises(RuntimeError, match="KeyError"):
        render_apart(b"{}")


@needs_poppler
def test_long_words_and_long_texts_stay_inside_the_page(tmp_path: Path) -> None:
    given = document()
    run = "A" * 600
    given["sections"]["complaint"]["summary"] = f"https://example.invalid/{run} " + "很长的投诉内容，" * 800
    given["sections"]["contacts"][0]["note"] = run
    given["sections"]["contacts"][0]["line"]["shown"] = run
    given["sections"]["calls"][0]["turns"][0]["text"] = "说" * 4000
    (tmp_path / "c.pdf").write_bytes(render_case_file(raw(given)))
    command = ["pdftotext", "-bbox", str(tmp_path / "c.pdf"), "-"]
    boxes = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    edges = [float(part.split('"')[1]) for part in boxes.split() if part.startswith("xMax=")]
    width = 595.3
    assert len(edges) > 200
    assert max(edges) <= width - 40


@pytest.mark.parametrize(
    ("section", "empty", "said"),
    [
        ("contacts", [], "没有联系记录"),
        ("denials", [], "没有被拒绝的联系请求"),
        ("calls", [], "没有通话文字记录"),
        ("debts", [], "没有账户"),
        ("holds", [], "没有停催记录"),
        ("recordings", {"items": []}, "不保存录音和附件"),
    ],
)
def test_an_empty_section_says_so(section: str, empty: Any, said: str) -> None:
    body = case_file_body(document(**{section: empty}), "0" * 64)
    assert said in json.dumps(body["chapters"], ensure_ascii=False)


def test_a_contact_without_a_permit_turns_the_verdict_red_and_all_allowed_turns_it_green() -> None:
    def tone(**counts: int) -> str:
        standing = {"allowed": 0, "warned": 0, "outside": 0, "not_judged": 0, **counts}
        given = document(summary=summary(standing=standing, red_lines=0))
        return case_file_body(given, "0" * 64)["front"]["boxes"][2]["tone"]

    assert [tone(allowed=3), tone(allowed=2, not_judged=1), tone(allowed=2, outside=1)] == ["good", "warn", "bad"]


def test_a_number_counted_from_another_file_is_named_as_such() -> None:
    given = document()
    given["sections"]["contacts"][1]["permit"]["decision"]["rules"] = [rule(counted=["contact:1", "contact:77"])]
    said = json.dumps(case_file_body(given, "0" * 64)["chapters"], ensure_ascii=False)
    assert "计入：第 1 次、同一号码的其他案卷 contact:77" in said


def test_text_is_printed_and_never_run_as_markup(tmp_path: Path) -> None:
    given = document()
    given["sections"]["complaint"]["summary"] = '#panic("no") $x$ *b* @ref \u202eevil'
    body = case_file_body(copy.deepcopy(given), "0" * 64)
    assert body["front"]["boxes"][0]["lines"] == ['#panic("no") $x$ *b* @ref  evil']
    assert render_case_file(raw(given)).startswith(b"%PDF-")


def test_breaks_in_long_runs_change_no_letter() -> None:
    assert soft("a" * 40).replace("\u200b", "") == "a" * 40
    assert "\u200b" in soft("a" * 40)
    assert soft("short words stay") == "short words stay"


def test_every_section_has_a_name_in_both_languages() -> None:
    assert set(SECTION_NAMES) == set(document()["sections"])


def test_without_a_font_it_says_which_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "has_font", lambda: False)
    with pytest.raises(FontMissingError, match="fonts-noto-cjk"):
        render_case_file(raw(document()))
