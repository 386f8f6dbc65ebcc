"""Forms of user administration and of the agency register."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from .models import Agency, User


def _names(text: str) -> list[str]:
    """Names separated by commas, Chinese or Western."""
    return [name.strip() for name in text.replace("，", ",").split(",") if name.strip()]


class UserForm(forms.ModelForm):
    """Create or change a user; the password is set by the user at first sign-in."""

    class Meta:
        model = User
        fields = (
            "username",
            "first_name",
            "surname_spoken",
            "role",
            "agency",
            "capacity",
            "language",
            "is_active",
        )
        labels = {
            "username": _("User name"),
            "first_name": _("Shown name"),
            "surname_spoken": _("Surname as spoken on the phone"),
            "role": _("Role"),
            "agency": _("Agency"),
            "capacity": _("Customers a day"),
            "language": _("Language"),
            "is_active": _("May sign in"),
        }
        help_texts = {"capacity": "", "username": "", "is_active": ""}

    certificates = forms.CharField(
        label=_("Certificates"), required=False, help_text=_("Names separated by commas; without one the gate denies.")
    )
    skills = forms.CharField(
        label=_("Skills"),
        required=False,
        help_text=_("Products this agent works on, separated by commas; empty means all."),
    )
    password = forms.CharField(
        label=_("First password"),
        required=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=_("Leave empty to keep the present one. It must be changed at the next sign-in."),
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].widget = forms.Select(choices=[("zh-hans", "中文"), ("en", "English")])
        if self.instance.pk:
            self.fields["certificates"].initial = ", ".join(self.instance.certificates)
            self.fields["skills"].initial = ", ".join(self.instance.skills)
        for field in self.fields.values():
            check = isinstance(field.widget, forms.CheckboxInput)
            select = isinstance(field.widget, forms.Select)
            field.widget.attrs["class"] = "form-check-input" if check else "form-select" if select else "form-control"

    def clean(self):
        data = super().clean()
        if not self.instance.pk and not data.get("password"):
            self.add_error("password", _("A new user needs a first password."))
        if data.get("password"):
            from django.contrib.auth.password_validation import validate_password

            try:
                validate_password(data["password"], self.instance)
            except forms.ValidationError as error:
                self.add_error("password", error)
        return data

    def save(self, commit=True):
        user = super().save(commit=False)
        user.certificates = _names(self.cleaned_data["certificates"])
        user.skills = _names(self.cleaned_data["skills"])
        if self.cleaned_data["password"]:
            user.set_password(self.cleaned_data["password"])
            user.must_change_password = True
        if commit:
            user.save()
        return user


class AgencyForm(forms.ModelForm):
    """An agency's facts. A listed agency says where the list is published and when it was looked up, a contract when it
    begins and ends. The code is given once."""

    class Meta:
        model = Agency
        fields = ("code", "name", "listed", "list_url", "listed_on", "contract_from", "contract_until")
        labels = {
            "code": _("Code"),
            "name": _("Agency name"),
            "listed": _("On the published list"),
            "listed_on": _("Looked up on"),
            "contract_from": _("Contract from"),
            "contract_until": _("Contract until"),
        }
        help_texts = {
            "code": _("Letters, digits, hyphens; stands in contact histories and cannot be changed later."),
            "listed": _("Without it the gate refuses every contact of this agency."),
            "contract_until": _("The last day on which the agency may work."),
        }
        widgets = {
            name: forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
            for name in ("listed_on", "contract_from", "contract_until")
        }

    list_url = forms.URLField(
        label=_("Address of the published list"), required=False, max_length=300, assume_scheme="https"
    )

    def __init__(self, *args, today, **kwargs):
        super().__init__(*args, **kwargs)
        self.today = today
        self.fields["code"] = forms.RegexField(
            r"^[A-Za-z0-9][A-Za-z0-9_-]*$",
            label=self.fields["code"].label,
            help_text=self.fields["code"].help_text,
            max_length=40,
            error_messages={"invalid": _("Only letters, digits, hyphens and underscores.")},
            disabled=bool(self.instance.pk),
        )
        for field in self.fields.values():
            check = isinstance(field.widget, forms.CheckboxInput)
            field.widget.attrs["class"] = "form-check-input" if check else "form-control"

    def clean(self):
        data = super().clean()
        if data.get("listed"):
            for name in ("list_url", "listed_on"):
                if not data.get(name) and name not in self.errors:
                    self.add_error(name, _("A listed agency needs the list's address and the day it was looked up."))
        if data.get("listed_on") and data["listed_on"] > self.today:
            self.add_error("listed_on", _("This day has not come yet."))
        start, end = data.get("contract_from"), data.get("contract_until")
        if start and end and end < start:
            self.add_error("contract_until", _("The contract ends before it begins."))
        elif start and not end and "contract_until" not in self.errors:
            self.add_error(
                "contract_until", _("A contract without an end is not live for the gate; enter the last day.")
            )
        return data
