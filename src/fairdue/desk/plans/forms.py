"""The planner's figures, as typed."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from fairdue.core.money import MoneyError, parse_money
from fairdue.ledger.agreement import MAX_MONTHS, TERMS

from .models import PlanKind


class PlanForm(forms.Form):
    """Kind, amount in yuan, and either the last day or months and first day; the six terms for a card agreement."""

    plan_kind = forms.ChoiceField(label=_("Kind of plan"), choices=PlanKind.choices, initial=PlanKind.COMMISSION)
    plan_amount = forms.CharField(label=_("Amount of the plan (yuan)"), max_length=20)
    plan_closing = forms.DateField(label=_("Paid in full by"), required=False)
    plan_months = forms.IntegerField(label=_("Months"), required=False, min_value=1, max_value=MAX_MONTHS, initial=12)
    plan_first_due = forms.DateField(label=_("First part on"), required=False)

    def clean_plan_amount(self) -> int:
        """Fen; refuses what is not an amount above zero."""
        try:
            fen = parse_money(self.cleaned_data["plan_amount"])
        except MoneyError as unreadable:
            raise forms.ValidationError(_("Write an amount such as 1234.50.")) from unreadable
        if fen <= 0:
            raise forms.ValidationError(_("The amount must be above zero."))
        return fen

    def terms(self) -> dict[str, str]:
        """The six terms as typed (`term_balance` …); a term that is missing is left out."""
        typed = {key: str(self.data.get(f"term_{key}", "")).strip() for key in TERMS}
        return {key: text for key, text in typed.items() if text}
