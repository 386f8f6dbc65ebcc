"""Translations of the desk without GNU gettext: collect, compile, check.

    python tools/messages.py extract    bring locale/zh_Hans/LC_MESSAGES/django.po up to date, keep what is translated
    python tools/messages.py compile    write django.mo beside it
    python tools/messages.py check      exit 1 and name every message that is missing, unused, fuzzy or out of date

Messages are English in code and templates; the Chinese is in the .po file.
"""

from __future__ import annotations

import argparse
import io
import os
import re
import sys
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).parent.parent
DESK = ROOT / "src" / "fairdue" / "desk"
PO = DESK / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
MO = PO.with_suffix(".mo")
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sdif]|\{(\w*)\}")
HAN = "\u4e00-\u9fff\u201d\u300b"
FULL_WIDTH = {",": "\uff0c", ":": "\uff1a", ";": "\uff1b", "?": "\uff1f", "!": "\uff01"}
HALF_WIDTH = re.compile(rf"(?<=[{HAN}])([,:;?!]) ?|([,:;]) ?(?=[{HAN}])")
BRACKETS = re.compile(rf"\(([^()]*[{HAN}][^()]*)\)")
HEADER = "Chinese of the Fairdue desk."
Key = tuple[str, str]


def _as_code(templatized: str) -> str:
    """A template's text as Django makes it for extraction, without indentation: Python's would have to match, HTML's need not."""
    return "\n".join(line.lstrip() for line in templatized.split("\n"))


def _sources() -> list[Path]:
    files = [p for p in DESK.rglob("*.py") if "migrations" not in p.parts]
    return sorted([*files, *DESK.rglob("templates/**/*.html")])


def collected() -> Catalog:
    """All messages in code and templates, with the files they stand in."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.desk.settings")
    from django.utils.translation import template

    catalog = Catalog(locale="zh_Hans", header_comment=f"# {HEADER}", domain="django", fuzzy=False)
    for path in _sources():
        text = path.read_text(encoding="utf-8")
        source = text if path.suffix == ".py" else _as_code(template.templatize(text, origin=str(path)))
        where = path.relative_to(ROOT).as_posix()
        for _line, found, comments, context in extract(
            "python", io.BytesIO(source.encode()), KEYWORDS, ["Translators:"]
        ):
            catalog.add(found, locations=[(where, 0)], auto_comments=comments, context=context)
    return catalog


def _pairs(catalog: Catalog) -> dict[Key, object]:
    """`(context, msgid)` → message, the header left out."""
    pairs = {}
    for message in catalog:
        if message.id:
            msgid = message.id[0] if isinstance(message.id, tuple | list) else message.id
            pairs[(message.context or "", msgid)] = message
    return pairs


def _read() -> Catalog:
    if not PO.exists():
        return Catalog(locale="zh_Hans")
    with PO.open("rb") as handle:
        return read_po(handle, locale="zh_Hans", domain="django")


def tidy(text: str) -> str:
    """Chinese punctuation in full width, as it is set in print; brackets only when they hold Chinese."""
    full = HALF_WIDTH.sub(lambda m: FULL_WIDTH[m[1] or m[2]], text)
    return BRACKETS.sub("\uff08\\1\uff09", full)


def update() -> Catalog:
    """The catalogue of today's messages with the translations there are."""
    fresh, known = collected(), _pairs(_read())
    for key, message in _pairs(fresh).items():
        old = known.get(key)
        if old is None or not old.string:
            continue
        single = tidy(old.string[0] if isinstance(old.string, tuple) else old.string)
        message.string = (single,) if isinstance(message.id, tuple) else single
    return fresh


def save(catalog: Catalog) -> None:
    PO.parent.mkdir(parents=True, exist_ok=True)
    with PO.open("wb") as handle:
        write_po(handle, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    text = re.sub(
        r'"(POT-Creation-Date|PO-Revision-Date|Generated-By|Last-Translator):[^"]*"\n', "", PO.read_text("utf-8")
    )
    PO.write_text(text, encoding="utf-8")


def compiled() -> bytes:
    """The bytes of the .mo that belongs to the .po."""
    out = io.BytesIO()
    catalog = _read()
    catalog.fuzzy = False
    write_mo(out, catalog)
    return out.getvalue()


def _shown(key: Key) -> str:
    return f"{key[0]} | {key[1]!r}" if key[0] else repr(key[1])


def problems() -> list[str]:
    """What is wrong with the translations, a line each."""
    wanted, known = _pairs(collected()), _pairs(_read())
    found = []
    for key, message in wanted.items():
        places = ", ".join(sorted({name for name, _line in message.locations}))
        old = known.get(key)
        strings = (old.string if isinstance(old.string, tuple) else (old.string,)) if old else ()
        if not any(strings):
            found.append(f"{places}: {_shown(key)} has no Chinese")
        elif old.fuzzy:
            found.append(f"{places}: {_shown(key)} is fuzzy; read it again and take the flag off")
        else:
            msgids = message.id if isinstance(message.id, tuple) else (message.id,)
            needed = set.intersection(*({m[0] for m in PLACEHOLDER.finditer(i)} for i in msgids))
            allowed = set.union(*({m[0] for m in PLACEHOLDER.finditer(i)} for i in msgids))
            for string in strings:
                if string != tidy(string):
                    found.append(f"{places}: {_shown(key)} has half-width punctuation in Chinese; run: extract")
                used = {m[0] for m in PLACEHOLDER.finditer(string)}
                if not needed <= used or not used <= allowed:
                    found.append(f"{places}: {_shown(key)} has other placeholders in Chinese: {sorted(used ^ needed)}")
    found += [f"{PO.name}: {_shown(key)} is not used any more" for key in known.keys() - wanted.keys()]
    if not MO.exists() or _strings(MO.read_bytes()) != _strings(compiled()):
        found.append(f"{MO.name} is out of date; run: python tools/messages.py compile")
    return sorted(found)


def _strings(raw: bytes) -> dict[Key, object]:
    pairs = _pairs(read_mo(io.BytesIO(raw))).items()
    return {key: tuple(m.string) if isinstance(m.string, tuple | list) else (m.string,) for key, m in pairs}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["extract", "compile", "check"])
    what = parser.parse_args().what
    if what == "extract":
        catalog = update()
        save(catalog)
        empty = [
            key
            for key, m in _pairs(catalog).items()
            if not (any(m.string) if isinstance(m.string, tuple) else m.string)
        ]
        print(f"{PO.name}: {len(_pairs(catalog))} messages, {len(empty)} without Chinese")
    elif what == "compile":
        MO.write_bytes(compiled())
        print(f"{MO.name}: {len(_pairs(_read()))} messages")
    else:
        wrong = problems()
        for line in wrong:
            print(line)
        print(f"translations: {len(_pairs(_read()))} messages, {len(wrong)} problems")
        return 1 if wrong else 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
