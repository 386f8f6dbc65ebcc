"""Which accounts, and what is to happen to them."""

from __future__ import annotations

import unicodedata
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from fairdue.desk.accounts.products import products
from fairdue.desk.people.models import Agency, Role, User

from .judging import MAX
from .selectors import Criteria, numbers_of
from .terms import Terms

LARGEST = 2 * 1024 * 1024


def _date() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


def numbers_in(text: str) -> list[str]:
    """Account numbers as typed or pasted: one a line, or separated by blanks, commas or semicolons; each once, in order."""
    plain = unicodedata.normalize("NFKC", text)
    for mark in ",;、\t\r\n":
        plain = plain.replace(mark, " ")
    return list(dict.fromkeys(plain.split()))


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise forms.ValidationError(_("The file cannot be read. Save it as UTF-8."))


class AccountsForm(forms.Form):
    """Numbers typed or uploaded, or everything that a filter means. `numbers` of the cleaned data is the whole choice."""

    placed = False
    numbers = forms.CharField(
        label=_("Account numbers"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One a line, or separated by commas."),
    )
    file = forms.FileField(
        label=_("Or a file"), required=False, help_text=_("TXT or CSV; the first column is the account number.")
    )
    product = forms.ChoiceField(label=_("Product"), required=False)
    dpd_from = forms.IntegerField(label=_("Days past due from"), required=False, min_value=0)
    dpd_to = forms.IntegerField(label=_("Days past due to"), required=False, min_value=0)
    agent = forms.ModelChoiceField(label=_("Agent"), required=False, queryset=User.objects.none(), empty_label="—")

    FILTER = ("product", "dpd_from", "dpd_to", "agent")

    def __init__(self, *args: Any, today: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        kinds = [(code, str(product.title)) for code, product in sorted(products().items())]
        self.fields["product"].choices = [("", "—"), *kinds]
        self.fields["agent"].queryset = User.objects.filter(role=Role.AGENT, is_active=True).order_by("username")
        for field in self.fields.values():
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-select" if select else "form-control"

    def clean_file(self) -> list[str]:
        """The first cell of each line."""
        file = self.cleaned_data.get("file")
        if not file:
            return []
        if file.size > LARGEST:
            raise forms.ValidationError(_("The file is larger than 2 MB. Give the account numbers only."))
        lines = _decoded(file.read()).splitlines()
        cells = [line.replace("\t", ",").replace(";", ",").split(",")[0].strip().strip('"') for line in lines]
        return numbers_in("\n".join(cells))

    def criteria(self) -> Criteria:
        """The filter as typed."""
        data = self.cleaned_data
        return Criteria(data.get("product") or "", data.get("dpd_from"), data.get("dpd_to"), data.get("agent"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        chosen = list(dict.fromkeys([*numbers_in(data.get("numbers") or ""), *(data.get("file") or [])]))
        criteria = self.criteria()
        if self.errors:
            return data
        if chosen and not criteria.empty:
            self.add_error("numbers", _("Give account numbers or a filter, not both."))
        elif not chosen and criteria.empty:
            self.add_error("numbers", _("Give account numbers, a file or at least one condition of the filter."))
        elif not chosen:
            chosen, count = numbers_of(criteria, self.today, placed=self.placed)
            if count > MAX:
                said = _("%(n)d accounts meet the filter; at most %(most)d go at once. Narrow it.")
                self.add_error(None, said % {"n": count, "most": MAX})
            elif not chosen:
                self.add_error(None, _("No account meets the filter."))
        data["chosen"] = chosen
        return data


class PlaceForm(AccountsForm):
    """With whom, from when until when; the filter means open accounts that no agency works on."""

    agency = forms.ModelChoiceField(label=_("Agency"), queryset=Agency.objects.order_by("name", "pk"))
    placed_on = forms.DateField(label=_("First day"), widget=_date())
    closing_on = forms.DateField(label=_("Last day"), widget=_date())
    notice_on = forms.DateField(
        label=_("Customers were told on"),
        required=False,
        widget=_date(),
        help_text=_("Tell them before the placement begins. Empty: not told yet."),
    )

    TERMS = ("agency", "placed_on", "closing_on", "notice_on")

    def terms(self) -> Terms:
        data = self.cleaned_data
        told = data["notice_on"]
        return Terms(data["agency"], data["placed_on"], data["closing_on"], told, told is not None)


class ReturnForm(AccountsForm):
    """Why; the filter means accounts that are placed."""

    placed = True
    with_agency = forms.ModelChoiceField(
        label=_("Agency"), required=False, queryset=Agency.objects.order_by("name", "pk"), empty_label="—"
    )
    closing_by = forms.DateField(label=_("Ends on or before"), required=False, widget=_date())
    reason = forms.CharField(label=_("Reason"), max_length=300)

    FILTER = ("with_agency", "closing_by", "product", "dpd_from", "dpd_to", "agent")
    TERMS = ("reason",)

    def criteria(self) -> Criteria:
        data = self.cleaned_data
        typed = super().criteria()
        return Criteria(
            typed.product, typed.dpd_from, typed.dpd_to, typed.agent, data.get("with_agency"), data.get("closing_by")
        )
