"""The line editor's form: everything a line has, for people who do not write YAML.

The form refuses only what cannot be kept (a malformed id, far too long a text). What is unwise or incomplete is saved and
named by the linter beside its field.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from fairdue.desk.templatetags.fairdue import said
from fairdue.packs import PACKS
from fairdue.playbook import Library, Line
from fairdue.playbook.catalogues import citations, practice_rows, source_rows
from fairdue.playbook.placeholders import NEEDS

from . import words

ID = RegexValidator(
    r"^[a-z][a-z0-9_-]*(\.[a-z0-9_-]+)+$", _("Small letters, digits, - and _, in parts separated by dots.")
)


@dataclass(frozen=True)
class Option:
    """One box to tick in a list: `hint` stands beside it, `title` appears on pointing."""

    value: str
    name: str
    hint: str
    title: str
    ticked: bool


def act_options(library: Library) -> dict[str, tuple[str, str]]:
    """Acts with name and id."""
    return {key: (said(act.name), key) for key, act in library.acts.items()}


def cite_options() -> dict[str, tuple[str, str]]:
    """Rules with instrument and article."""
    return {key: (f"{row['instrument']} · {row['article']}", key) for key, row in citations().items()}


def source_options() -> dict[str, tuple[str, str]]:
    """Rows of the practice with their titles."""
    return {key: (said(row.title), key) for key, row in practice_rows().items()}


def need_options() -> dict[str, tuple[str, str]]:
    """Facts with what they are."""
    return {need: (words.fact_name(need), need) for need in sorted(NEEDS)}


def steps_of(library: Library) -> list[str]:
    """Every step that a line or a flow of the library names."""
    found = {line.step for line in library.lines.values() if line.step}
    for flow in library.flows.values():
        found |= {*flow.must, *flow.before, *(step for state in flow.states for step in state.say)}
    return sorted(found)


def _many(label: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=label, required=False)


def _one(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, widget=forms.Select(attrs={"class": "form-select form-select-sm"}))


def _words(label: Any, longest: int, rows: int = 1, **extra: Any) -> forms.CharField:
    shape = {"class": "form-control form-control-sm", "maxlength": longest}
    widget = forms.Textarea(attrs={**shape, "rows": rows}) if rows > 1 else forms.TextInput(attrs=shape)
    return forms.CharField(label=label, required=False, max_length=longest, widget=widget, **extra)


class LineForm(forms.Form):
    """A `Line` as fields. Values that are no longer in the lists (an act that was renamed) stay choosable."""

    id = forms.CharField(
        label=words.FIELDS["id"],
        max_length=80,
        validators=[ID],
        widget=forms.TextInput(attrs={"class": "form-control form-control-sm"}),
    )
    answers = _many(words.FIELDS["answers"])
    situation = _many(words.FIELDS["situation"])
    step = forms.ChoiceField(
        label=words.FIELDS["step"], required=False, widget=forms.Select(attrs={"class": "form-select form-select-sm"})
    )
    stage = _one(words.FIELDS["stage"])
    party = _one(words.FIELDS["party"])
    say = _words(words.FIELDS["say"], 600, rows=4, strip=False)
    gist_en = _words(words.FIELDS["gist_en"], 400, rows=2)
    why = _words(words.FIELDS["why"], 600, rows=2)
    why_en = _words(words.FIELDS["why_en"], 600)
    argument = _words(words.FIELDS["argument"], 20)
    pressure = _one(words.FIELDS["pressure"])
    lever = _one(words.FIELDS["lever"])
    fits = _many(words.FIELDS["fits"])
    products = _many(words.FIELDS["products"])
    channels = _many(words.FIELDS["channels"])
    deadline_count = forms.IntegerField(
        label=words.FIELDS["deadline"],
        required=False,
        min_value=1,
        max_value=99,
        widget=forms.NumberInput(attrs={"class": "form-control form-control-sm"}),
    )
    deadline_unit = forms.ChoiceField(
        choices=list(words.UNITS.items()),
        required=False,
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
    needs = _many(words.FIELDS["needs"])
    cites = _many(words.FIELDS["cites"])
    source = _many(words.FIELDS["source"])

    def __init__(self, library: Library, *args: Any, line: Line | None = None, **kwargs: Any) -> None:
        super().__init__(*args, initial=initial_of(line) if line else kwargs.pop("initial", None), **kwargs)
        self.lists: dict[str, dict[str, tuple[str, str]]] = {
            "answers": act_options(library),
            "situation": {key: (said(row.name), key) for key, row in library.situations.items()},
            "fits": {key: (said(row.name), "") for key, row in library.types.items()},
            "products": {path.stem: (path.stem, "") for path in sorted((PACKS / "products").glob("*.yaml"))},
            "channels": {key: (str(name), "") for key, name in words.CHANNELS.items()},
            "needs": need_options(),
            "cites": cite_options(),
            "source": source_options(),
        }
        for name, options in self.lists.items():
            for kept in self.initial.get(name) or ():
                options.setdefault(kept, (kept, _now("no longer in the list")))
            self.fields[name].choices = [(key, key) for key in options]
        self.fields["step"].choices = [("", "—"), *((step, step) for step in steps_of(library))]
        for name, given in (("stage", words.STAGES), ("party", words.PARTIES), ("lever", words.LEVERS)):
            self.fields[name].choices = list(given.items())
        self.fields["pressure"].choices = list(words.PRESSURES.items())
        for name in ("step", "stage", "party"):
            kept = self.initial.get(name)
            if kept and kept not in dict(self.fields[name].choices):
                self.fields[name].choices = [*self.fields[name].choices, (kept, kept)]
        if line is not None:
            self.fields["id"].widget.attrs["readonly"] = True

    def options(self, name: str) -> list[Option]:
        """The boxes of a list, ticked ones first."""
        ticked = set(self[name].value() or ())
        rows = [
            Option(key, label, hint, f"{key} · {label}", key in ticked)
            for key, (label, hint) in self.lists[name].items()
        ]
        return sorted(rows, key=lambda option: not option.ticked)

    def clean(self) -> dict[str, Any]:
        """A count without a unit means days."""
        data = super().clean() or {}
        data["deadline_unit"] = data.get("deadline_unit") or "d"
        return data

    def line(self) -> Line:
        """The line that was entered; only of a valid form."""
        data = self.cleaned_data
        count = data["deadline_count"]
        plain = {
            name: data[name].strip() for name in ("gist_en", "why", "why_en", "argument", "step", "stage", "party")
        }
        lists = {name: tuple(data[name]) for name in ("answers", "situation", "fits", "products", "needs", "cites")}
        return Line(
            id=data["id"],
            say=words_of(data["say"]),
            pressure=int(data["pressure"]),
            lever=data["lever"],
            channels=tuple(data["channels"]) or ("call",),
            deadline={"within": f"{count}{data['deadline_unit']}"} if count else None,
            source=", ".join(data["source"]),
            **plain,
            **lists,
        )


def words_of(text: str) -> str:
    """What is said, as a pack keeps it: no blanks around the rows, one line end behind."""
    from .overlay import tidy

    plain = tidy(text)
    return f"{plain}\n" if plain else ""


def initial_of(line: Line) -> dict[str, Any]:
    """The form's values for a line."""
    data: dict[str, Any] = line.model_dump()
    within = line.deadline.within if line.deadline else ""
    return {
        **{key: list(value) if isinstance(value, tuple) else value for key, value in data.items()},
        "say": line.say.strip(),
        "pressure": str(line.pressure),
        "deadline_count": int(within[:-1]) if within else None,
        "deadline_unit": within[-1:] or "d",
        "source": source_rows(line.source),
    }


def fresh_id(library: Library, pack: str, stage: str, act: str) -> str:
    """A free id for a new line of this pack: `p01.first.payday.o1`; the `o` marks an organisation's own."""
    short = pack.split("-", maxsplit=1)[0].replace("-", "_")
    topic = (act or "own").rsplit(".", maxsplit=1)[-1]
    taken: Iterable[str] = library.lines
    number = next(n for n in range(1, 10_000) if f"{short}.{stage}.{topic}.o{n}" not in taken)
    return f"{short}.{stage}.{topic}.o{number}"
