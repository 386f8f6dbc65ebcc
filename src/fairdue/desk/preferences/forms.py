"""Forms of the contact preferences. They read what was typed; what may be recorded is decided by the services."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fairdue.core.dates import local
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.call.models import Contact
from fairdue.desk.people.models import Role, User

from . import rules, selectors
from .evidence import DECIDE, Given
from .models import How, Kind
from .words import CONSENTS, EVIDENCE, SOURCES, line_words

EMPTY = ("", "—")


def talk_words(contact: Contact, zone: str) -> str:
    """A talk in a list: when, on which line, by whom."""
    who = contact.agent.get_full_name() or contact.agent.get_username()
    return f"{local(contact.started_at, zone):%m-%d %H:%M} · {contact.line.value_masked} · {who}"


class GivenForm(forms.Form):
    """The evidence part of every form. `wanted`: the services will ask for it; else it is optional."""

    HOWS: tuple[str, ...] = (How.CALL, How.WRITING, How.PORTAL, How.CONTRACT)
    how = forms.ChoiceField(label=_("How it was given"), required=False)
    contact = forms.ChoiceField(label=_("Talk in which it was said"), required=False)
    said_on = forms.DateField(
        label=_("Day on which it was given"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reference = forms.CharField(
        label=_("Where the proof is"),
        required=False,
        max_length=200,
        help_text=_("Number of the recording, letter or clause. No names, no telephone numbers."),
    )

    def __init__(self, *args: Any, customer: Customer, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.customer, self.user = customer, user
        self.talks = {str(contact.pk): contact for contact in selectors.talks(customer, user)}
        zone = selectors.zone_of(customer)
        talks = [(key, talk_words(contact, zone)) for key, contact in self.talks.items()]
        self.fields["contact"].choices = [EMPTY, *talks]
        if user.role == Role.AGENT:  # an agent proves by a talk of today, nothing else
            for name in ("how", "said_on", "reference"):
                del self.fields[name]
        else:
            self.fields["how"].choices = [(how, label) for how, label in How.choices if how in self.HOWS]
        self._shape()
        first = [name for name in self.fields if name not in (*_GIVEN, "reason")]
        self.order_fields([*first, *_GIVEN, "reason"])
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select form-select-sm" if select else "form-control form-control-sm"

    def _shape(self) -> None:
        """What a form sets up of its own fields."""

    def given(self) -> Given:
        """The evidence as the services take it."""
        data = self.cleaned_data
        contact = self.talks.get(data.get("contact") or "")
        return Given(data.get("how") or How.CALL, contact, data.get("reference") or "", data.get("said_on"))

    def wish(self) -> dict[str, Any]:
        """`kind` and the arguments of `services.record` beside the evidence."""
        raise NotImplementedError


_GIVEN = ("how", "contact", "said_on", "reference")


def _time(label: Any) -> forms.TimeField:
    return forms.TimeField(label=label, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))


def _until() -> forms.DateField:
    return forms.DateField(
        label=_("Until (leave empty when there is no end)"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


def _window(start: time, end: time) -> str:
    return f"{start:%H:%M}-{end:%H:%M}"


class HoursForm(GivenForm):
    """Agreed hours: the only ones in which contact is made from then on."""

    start, end, valid_until = _time(_("From")), _time(_("To")), _until()

    def wish(self) -> dict[str, Any]:
        data = self.cleaned_data
        value = _window(data["start"], data["end"])
        return {"kind": Kind.AGREED_HOURS, "value": value, "valid_until": data["valid_until"]}


class InconvenientForm(GivenForm):
    """Hours that do not suit. Nothing more is needed than that the person said so."""

    start, end, valid_until = _time(_("From")), _time(_("To")), _until()

    def _shape(self) -> None:
        for name in ("how", "said_on", "reference"):
            self.fields.pop(name, None)

    def wish(self) -> dict[str, Any]:
        data = self.cleaned_data
        value = _window(data["start"], data["end"])
        return {"kind": Kind.INCONVENIENT, "value": value, "valid_until": data["valid_until"]}


class ConsentForm(GivenForm):
    """A consent; an agent may record the one to late hours."""

    value = forms.ChoiceField(label=_("Agreed to"))
    valid_until = _until()

    def _shape(self) -> None:
        only = ("late_hours",) if self.user.role == Role.AGENT else rules.CONSENTS
        self.fields["value"].choices = [(name, CONSENTS[name]) for name in only]

    def wish(self) -> dict[str, Any]:
        data = self.cleaned_data
        return {"kind": Kind.CONSENT, "value": data["value"], "valid_until": data["valid_until"]}


class _OfLine(GivenForm):
    line = forms.ChoiceField(label=_("Line"))

    def _take(self, lines: list[Line]) -> None:
        self.lines = {str(line.pk): line for line in lines}
        self.fields["line"].choices = [(key, line_words(line)) for key, line in self.lines.items()]

    def _line(self) -> Line | None:
        return self.lines.get(self.cleaned_data["line"])


class LineForm(_OfLine):
    """What protects the person behind a line; takes effect at once."""

    CHOICES = (
        (Kind.WRONG_NUMBER, _("Wrong number")),
        (Kind.WORKPLACE, _("Workplace forbids calls")),
        (Kind.REFUSED, _("Contact person does not want to be contacted")),
        ("source", _("Nobody knows where the number comes from")),
        ("sms", _("No text messages to this number")),
        ("voice", _("No calls to this number")),
    )
    what = forms.ChoiceField(label=_("What was said"), choices=CHOICES)

    def _shape(self) -> None:
        for name in ("how", "said_on", "reference"):
            self.fields.pop(name, None)
        self._take(selectors.lines(self.customer))

    def wishes(self) -> list[dict[str, Any]]:
        """One or several rows: calls are of two kinds."""
        what, line = self.cleaned_data["what"], self._line()
        if what == "source":
            return [{"kind": Kind.SOURCE, "value": rules.NO_SOURCE, "line": line}]
        if what in ("sms", "voice"):
            ways = ("voice_human", "voice_ai") if what == "voice" else ("sms",)
            return [{"kind": Kind.OPT_OUT, "value": way, "line": line} for way in ways]
        return [{"kind": what, "line": line}]


class SourceForm(_OfLine):
    """The lawful source of a number."""

    HOWS = (How.CONTRACT, How.WRITING, How.CALL, How.PORTAL, How.PUBLIC)
    value = forms.ChoiceField(
        label=_("Source"), choices=[(name, SOURCES[name]) for name in rules.SOURCES if name != rules.NO_SOURCE]
    )

    def _shape(self) -> None:
        self._take(selectors.lines(self.customer))

    def wish(self) -> dict[str, Any]:
        return {"kind": Kind.SOURCE, "value": self.cleaned_data["value"], "line": self._line()}


class EvidenceForm(_OfLine):
    """Evidence that a spouse, an heir or a guarantor owes."""

    HOWS = (How.CONTRACT, How.WRITING, How.PUBLIC)
    value = forms.ChoiceField(label=_("What is proven"), choices=list(EVIDENCE.items()))
    account = forms.ChoiceField(
        label=_("Debt"), required=False, help_text=_("A signature or a guarantee counts for this debt only.")
    )

    def _shape(self) -> None:
        del self.fields["contact"]
        self._take([line for line in selectors.lines(self.customer) if line.role != "debtor"])
        self.accounts: dict[str, Account] = {str(a.pk): a for a in selectors.open_accounts(self.customer)}
        self.fields["account"].choices = [EMPTY, *[(key, a.number) for key, a in self.accounts.items()]]

    def wish(self) -> dict[str, Any]:
        data = self.cleaned_data
        account = self.accounts.get(data["account"])
        return {"kind": Kind.EVIDENCE, "value": data["value"], "line": self._line(), "account": account}


class TakeBackForm(GivenForm):
    """Ending what stands, with the person's renewed wish where it protects them."""

    reason = forms.CharField(label=_("Note"), required=False, max_length=300)

    def _shape(self) -> None:
        if "reference" in self.fields:
            self.fields["reference"].help_text = ""


FORMS: dict[str, type[GivenForm]] = {
    "hours": HoursForm,
    "inconvenient": InconvenientForm,
    "consent": ConsentForm,
    "line": LineForm,
    "source": SourceForm,
    "evidence": EvidenceForm,
}
DECIDED = ("source", "evidence")
"""Forms for the team lead and compliance."""


def offered(user: User) -> list[str]:
    """The forms this user is shown."""
    if user.role == Role.ADMIN:
        return ["inconvenient", "line"]
    return [name for name in FORMS if user.role in DECIDE or name not in DECIDED]


def today_first(day: date) -> dict[str, date]:
    """The day that most evidence is of."""
    return {"said_on": day}
