"""Forms of the worklist."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from fairdue.desk.people.models import Role, User


class SkipForm(forms.Form):
    """Why a customer is put aside today."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


class MoveForm(forms.Form):
    """To whom a customer goes."""

    to = forms.ModelChoiceField(
        label=_("Move to"),
        queryset=User.objects.filter(role=Role.AGENT, is_active=True).order_by("username"),
        to_field_name="username",
    )
