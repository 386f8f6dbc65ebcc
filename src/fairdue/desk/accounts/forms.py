"""Forms of the portfolio."""

from __future__ import annotations

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fairdue.portfolio import load_mapping, shipped

from .services.jobs import SUFFIXES


def mapping_choices() -> list[tuple[str, str]]:
    """Mappings that ship, by name and title; account lists first, because nothing goes before them."""
    found = [mapping for mapping, _findings in map(load_mapping, shipped()) if mapping is not None]
    found.sort(key=lambda mapping: (mapping.kind != "accounts", mapping.name))
    lang = get_language() or "zh"
    return [(mapping.name, f"{mapping.title.in_(lang)} · {mapping.name}") for mapping in found]


class ImportForm(forms.Form):
    """One file, one mapping."""

    file = forms.FileField(label=_("File"), help_text=_("CSV, Excel or Parquet"))
    mapping = forms.ChoiceField(label=_("Mapping"), choices=mapping_choices)
    as_of = forms.DateField(
        label=_("The data is as of"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("Leave empty to use the mapping's own day, or today."),
    )
    check_only = forms.BooleanField(label=_("Check only, write nothing"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["file"].widget.attrs |= {"class": "form-control", "accept": ",".join(SUFFIXES)}
        self.fields["mapping"].widget.attrs["class"] = "form-select"
        self.fields["as_of"].widget.attrs["class"] = "form-control"
        self.fields["check_only"].widget.attrs["class"] = "form-check-input"

    def clean_file(self):
        file = self.cleaned_data["file"]
        if not file.name.lower().endswith(SUFFIXES):
            raise forms.ValidationError(_("This kind of file cannot be read. Give a .csv, .xlsx or .parquet file."))
        return file
