"""Forms of the policy room: the head of a change, one new value, the days of an effect, an entry for a duty."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account
from fairdue.desk.templatetags.fairdue import said
from fairdue.packs import PACKS
from fairdue.portfolio.records import LENDER_TYPES

from . import words
from .judging import Choice
from .models import ObligationCheck, PolicyDraft
from .services import Head

_SMALL = {"class": "form-control form-control-sm"}


def _day(label: Any, **extra: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={**_SMALL, "type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **extra)


def _text(label: Any, longest: int, rows: int = 1, **extra: Any) -> forms.CharField:
    shape = {**_SMALL, "maxlength": longest}
    widget = forms.Textarea(attrs={**shape, "rows": rows}) if rows > 1 else forms.TextInput(attrs=shape)
    return forms.CharField(label=label, max_length=longest, widget=widget, **extra)


def _boxes(label: Any) -> forms.MultipleChoiceField:
    boxes = forms.CheckboxSelectMultiple(attrs={"class": "form-check-input"})
    return forms.MultipleChoiceField(label=label, required=False, widget=boxes)


def products() -> list[str]:
    """Products that a scope may name: those that ship and those of the desk's accounts."""
    shipped = {path.stem for path in (PACKS / "products").glob("*.yaml")}
    return sorted(shipped | set(Account.objects.order_by().values_list("product", flat=True).distinct()[:200]))


class HeadForm(forms.Form):
    """What holds for all rows of a change."""

    lender = _boxes(_("Only lenders of this kind"))
    product = _boxes(_("Only these products"))
    agency = forms.ChoiceField(
        label=_("Whose contacts"),
        required=False,
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
        choices=(("", _("everybody's")), ("yes", _("only agencies'")), ("no", _("only the lender's own staff's"))),
    )
    effective_from = _day(_("Holds from"))
    reason = _text(_("Why"), 2000, rows=2)
    instrument = _text(_("Basis (policy, contract, notice)"), 200)
    article = _text(_("Clause"), 120, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.initial
        lenders = dict.fromkeys([*LENDER_TYPES, *kept.get("lender", ())])
        named = dict.fromkeys([*products(), *kept.get("product", ())])
        self.fields["lender"].choices = [(name, said(words.name_of(name, "lender"))) for name in lenders]
        self.fields["product"].choices = [(name, said(words.name_of(name))) for name in named]

    def head(self) -> Head:
        """What was entered; only of a valid form."""
        data = self.cleaned_data
        agency = {"yes": True, "no": False}.get(data["agency"])
        scope = {"lender": data["lender"], "product": data["product"], "agency": agency}
        return Head(scope, data["effective_from"], data["reason"], data["instrument"], data["article"])


def head_initial(draft: PolicyDraft | None = None) -> dict[str, Any]:
    """The head of a change as a form shows it; a new one begins tomorrow."""
    if draft is None:
        return {"effective_from": clock.today() + timedelta(days=1)}
    agency = draft.scope.get("agency")
    return {
        "lender": list(draft.scope.get("lender") or ()),
        "product": list(draft.scope.get("product") or ()),
        "agency": "" if agency is None else "yes" if agency else "no",
        "effective_from": draft.effective_from,
        "reason": draft.reason,
        "instrument": draft.instrument,
        "article": draft.article,
    }


class ValueForm(forms.Form):
    """One new value, entered as its kind asks; with proof where the parties may agree otherwise."""

    def __init__(self, choice: Choice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice = choice
        self.fields["value"] = _value_field(choice)
        if choice.by_agreement:
            self.fields["proof"] = _text(_("Agreement (only to loosen): contract and clause"), 300, required=False)

    def value(self) -> Any:
        """What was entered, as the pack writes it; only of a valid form."""
        raw = self.cleaned_data["value"]
        if self.choice.kind == "clock":
            return raw.strip()
        if self.choice.kind == "flag":
            return raw == "yes"
        return list(raw) if self.choice.kind in ("fewer", "more") else raw

    def proof(self) -> str:
        """The agreement, "" when none is asked for."""
        return self.cleaned_data.get("proof") or ""


def _value_field(choice: Choice) -> forms.Field:
    label = _("New value")
    if choice.kind == "whole":
        widget = forms.NumberInput(attrs={**_SMALL, "min": 0})
        return forms.IntegerField(label=label, min_value=0, max_value=100_000, initial=choice.value, widget=widget)
    if choice.kind == "clock":
        widget = forms.TextInput(attrs={**_SMALL, "placeholder": "08:30", "inputmode": "numeric"})
        wrong = {"invalid": _("Write a time like 08:30.")}
        pattern = r"^([01][0-9]|2[0-3]):[0-5][0-9]$"
        return forms.RegexField(pattern, label=label, initial=choice.value, widget=widget, error_messages=wrong)
    if choice.kind == "flag":
        answers = [(name, said(words.value_text("", name == "yes"))) for name in ("yes", "no")]
        widget = forms.Select(attrs={"class": "form-select form-select-sm"})
        return forms.ChoiceField(label=label, choices=answers, widget=widget)
    field = _boxes(label)
    field.choices = [(name, said(words.name_of(name, choice.param))) for name in choice.options]
    field.initial = list(choice.value)
    return field


class DaysForm(forms.Form):
    """From which day to which the desk's attempts are asked again."""

    since = _day(_("From"))
    until = _day(_("To"))


def last_month() -> dict[str, date]:
    """Thirty days up to today."""
    today = clock.today()
    return {"since": today - timedelta(days=29), "until": today}


class CheckForm(forms.Form):
    """An entry for a duty, or the correction of one."""

    done_on = _day(_("Done on"), required=False)
    note = _text(_("What was done and found"), 2000, rows=2)
    reference = _text(_("Evidence (file, number)"), 200, required=False)
    corrects = forms.ModelChoiceField(
        ObligationCheck.objects.none(),
        label=_("Corrects the entry"),
        required=False,
        empty_label=_("none: a new entry"),
        widget=forms.Select(attrs={"class": "form-select form-select-sm"}),
    )
