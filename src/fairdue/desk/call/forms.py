"""The outcome form: one outcome, and the fields that belong to it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fairdue.core.dates import at_local
from fairdue.core.findings import has_errors
from fairdue.core.money import MoneyError, parse_money
from fairdue.desk.accounts.models import Account
from fairdue.desk.plans.forms import PlanForm
from fairdue.desk.plans.selectors import preview
from fairdue.desk.plans.services import Part

from .models import Outcome
from .services import Details

PAY_CHANNELS = (
    ("", "—"),
    ("app", _("Bank app")),
    ("counter", _("Counter")),
    ("transfer", _("Bank transfer to the repayment account")),
    ("wallet", _("WeChat Pay or Alipay, official page")),
    ("auto_debit", _("Automatic debit")),
)

FIELDS_OF: dict[str, tuple[str, ...]] = {
    Outcome.PROMISE: ("account", "amount", "due_on", "due_time", "pay_channel", "read_back"),
    Outcome.PLAN: ("account", "plan"),
    Outcome.CALLBACK: ("callback_on", "callback_time"),
    Outcome.DISPUTE: ("account", "summary"),
    Outcome.PAID_CLAIMED: ("account", "paid_amount", "summary"),
    Outcome.HARDSHIP: ("summary",),
    Outcome.COMPLAINT: ("summary",),
    Outcome.STOP_CONTACT: ("summary",),
    Outcome.VULNERABLE: ("summary",),
}
"""Which fields an outcome shows, besides the note that every outcome has."""

REQUIRED: dict[str, tuple[str, ...]] = {
    Outcome.PROMISE: ("account", "amount", "due_on", "pay_channel", "read_back"),
    Outcome.PLAN: ("account",),
    Outcome.CALLBACK: ("callback_on", "callback_time"),
    Outcome.DISPUTE: ("account", "summary"),
    Outcome.PAID_CLAIMED: ("account",),
    Outcome.HARDSHIP: ("summary",),
    Outcome.COMPLAINT: ("summary",),
    Outcome.VULNERABLE: ("summary",),
}

THIRD_PARTY = (
    Outcome.NO_ANSWER,
    Outcome.BUSY,
    Outcome.WRONG_NUMBER,
    Outcome.RELAY_LEFT,
    Outcome.REFUSED,
    Outcome.CALLBACK,
    Outcome.COMPLAINT,
    Outcome.STOP_CONTACT,
    Outcome.VULNERABLE,
)
"""Outcomes that a call with a contact person can have while the customer did not come to the phone."""

CRISIS = (
    Outcome.VULNERABLE,
    Outcome.STOP_CONTACT,
    Outcome.COMPLAINT,
    Outcome.HARDSHIP,
    Outcome.CALLBACK,
    Outcome.REACHED,
)
"""Outcomes once the call has turned into a crisis: nothing about payment is agreed with a person in danger."""

PLAIN_LABELS = {Outcome.REFUSED: _("Does not want to talk")}
"""Names of outcomes that give nothing away on a screen that others may see."""

OWN_LINE = tuple(outcome for outcome in Outcome if outcome != Outcome.RELAY_LEFT)


def outcomes_for(third_party: bool, crisis: bool = False) -> Sequence[Outcome]:
    """The outcomes that may be chosen."""
    if crisis:
        return CRISIS
    return THIRD_PARTY if third_party else OWN_LINE


class OutcomeForm(forms.Form):
    """Outcome, note, and the outcome's own fields. `details()` gives what the service needs."""

    outcome = forms.ChoiceField(label=_("Outcome"))
    account = forms.ModelChoiceField(label=_("Account"), queryset=Account.objects.none(), required=False)
    amount = forms.CharField(label=_("Promised amount (yuan)"), required=False, max_length=20)
    due_on = forms.DateField(label=_("Day"), required=False)
    due_time = forms.TimeField(label=_("Time"), required=False)
    pay_channel = forms.ChoiceField(label=_("How it will be paid"), choices=PAY_CHANNELS, required=False)
    read_back = forms.BooleanField(label=_("Read back to the customer and confirmed"), required=False)
    callback_on = forms.DateField(label=_("Call back on"), required=False)
    callback_time = forms.TimeField(label=_("At"), required=False)
    paid_amount = forms.CharField(label=_("Amount said to be paid (yuan)"), required=False, max_length=20)
    summary = forms.CharField(label=_("In the customer's words"), required=False, max_length=1000)
    note = forms.CharField(label=_("Note"), required=False, max_length=2000)
    talk_seconds = forms.IntegerField(required=False, min_value=0, max_value=7200)

    def __init__(self, *args: Any, accounts, zone: str, third_party: bool, crisis: bool, today, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.today, self.parts = zone, today, ()
        self.plan: PlanForm | None = None
        self.fields["account"].queryset = accounts
        self.fields["outcome"].choices = [
            (o.value, PLAIN_LABELS.get(o, o.label) if third_party else o.label)
            for o in outcomes_for(third_party, crisis)
        ]

    def _money(self, name: str) -> int:
        text = self.cleaned_data.get(name, "").strip()
        if not text:
            return 0
        try:
            fen = parse_money(text)
        except MoneyError:
            self.add_error(name, _("Write an amount such as 1234.50."))
            return 0
        if fen <= 0:
            self.add_error(name, _("The amount must be above zero."))
        return fen

    def clean(self) -> dict[str, Any]:
        """Checks what the chosen outcome needs; fields of other outcomes are not looked at."""
        data = super().clean()
        outcome = data.get("outcome")
        if not outcome:
            return data
        for name in REQUIRED.get(outcome, ()):
            if name not in self.errors and not data.get(name):
                self.add_error(name, _("This is needed for the outcome you chose."))
        used = FIELDS_OF.get(outcome, ())
        for name in list(self.errors):
            if name in _ALL_OWN and name not in used:
                del self._errors[name]
        data["amount_fen"] = self._money("amount") if "amount" in used else 0
        data["paid_fen"] = self._money("paid_amount") if "paid_amount" in used else 0
        if "plan" in used and data.get("account"):
            self._clean_plan(data["account"])
        return data

    def _clean_plan(self, account: Account) -> None:
        self.plan = PlanForm(self.data)
        if not self.plan.is_valid():
            for name, errors in self.plan.errors.items():
                self.add_error(None, [f"{self.plan.fields[name].label}: {error}" for error in errors])
            return
        typed = self.plan.cleaned_data
        shown = preview(
            typed["plan_kind"],
            account,
            typed["plan_amount"],
            closing=typed["plan_closing"],
            months=typed["plan_months"] or 12,
            first_due=typed["plan_first_due"],
            terms=self.plan.terms(),
            today=self.today,
        )
        if has_errors(shown.findings):
            self.add_error(None, _("This plan cannot be agreed; see what the planner says below it."))
        self.parts: tuple[Part, ...] = shown.parts

    def details(self) -> Details:
        """What `record_contact` needs; call after `is_valid()`."""
        data = self.cleaned_data
        callback = None
        if data.get("callback_on") and data.get("callback_time"):
            callback = at_local(data["callback_on"], data["callback_time"], self.zone).astimezone(UTC)
        return Details(
            amount_fen=data["amount_fen"] or data["paid_fen"],
            due_on=data.get("due_on"),
            due_time=data.get("due_time"),
            pay_channel=data.get("pay_channel", ""),
            read_back=bool(data.get("read_back")),
            callback_at=callback,
            summary=data.get("summary", ""),
            plan_kind=self.plan.cleaned_data["plan_kind"] if self.plan else "commission",
            parts=self.parts,
            terms=self.plan.terms() if self.plan else {},
        )


_ALL_OWN = {name for names in FIELDS_OF.values() for name in names}
