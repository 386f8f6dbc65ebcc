"""Export a case file, list and download what was exported, check a file that came back."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.audit.signing import SignatureFormatError, SigningKeyError, fingerprint, public_key
from fairdue.desk.cases.selectors import visible_cases
from fairdue.desk.cases.words import KINDS, STATES
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.refusals import RefusedError
from fairdue.letters.case_file import SECTION_NAMES, render_apart

from . import selectors, services
from .checking import Checked, NotACaseFileError, check
from .models import CaseFileExport

MAKERS = (Role.LEAD, Role.COMPLIANCE)
FORMS = {
    "json": ("application/json", "json", ""),
    "pdf-zh": ("application/pdf", "pdf", "zh"),
    "pdf-en": ("application/pdf", "pdf", "en"),
}
PAGE_SIZE = 50
LARGEST = 100 * 1024 * 1024
"""Bytes of a file that the verification page reads; a case with 2 000 contacts has a tenth of that."""


def _lang() -> str:
    return get_language() or "zh"


def _key_print() -> str:
    """The fingerprint of this installation's key; "" when it cannot be used."""
    try:
        return fingerprint(public_key())
    except SigningKeyError:
        return ""


@page(roles=MAKERS)
@require_GET
def case_file(request: HttpRequest, case_id: int) -> HttpResponse:
    """Exports of a case, and the form for a new one."""
    case = get_object_or_404(visible_cases(request.user), pk=case_id)
    paged = Paginator(selectors.exports_of(case), PAGE_SIZE).get_page(request.GET.get("page"))
    may_unmask = selectors.may_unmask(request.user)
    context = {
        "case": case,
        "kind": KINDS.get(case.kind, case.kind),
        "state": STATES.get(case.state, case.state),
        "rows": [(export, export.masked or may_unmask) for export in paged],
        "paged": paged,
        "may_unmask": may_unmask,
        "key_print": _key_print(),
    }
    return render(request, "casefile/case.html", context)


@page(roles=MAKERS)
@require_POST
def export(request: HttpRequest, case_id: int) -> HttpResponse:
    """Make a new export; it appears at the top of the list with its downloads."""
    case = get_object_or_404(visible_cases(request.user), pk=case_id)
    plain = request.POST.get("plain") == "1"
    try:
        made = services.export_case(case, request.user, masked=not plain, reason=request.POST.get("reason", ""))
        messages.success(request, _("Case file exported. Digest: %(digest)s") % {"digest": made.digest})
    except RefusedError as refused:
        messages.error(request, refused.message(_lang()))
    except SigningKeyError as unusable:
        messages.error(request, _("The file cannot be signed: %(why)s") % {"why": unusable})
    return redirect("casefile:case", case.pk)


@page(roles=MAKERS)
@require_GET
def download(request: HttpRequest, export_id: int, form: str) -> HttpResponse:
    """The JSON that was exported, or its PDF in Chinese or English."""
    if form not in FORMS:
        raise Http404
    found = get_object_or_404(CaseFileExport.objects.select_related("case__customer"), pk=export_id)
    get_object_or_404(visible_cases(request.user), pk=found.case_id)
    kind, suffix, lang = FORMS[form]
    try:
        document = services.hand_out(found, request.user, form)
        body = render_apart(document, lang) if lang else document
    except RefusedError as refused:
        messages.error(request, refused.message(_lang()))
        return redirect("casefile:case", found.case_id)
    except RuntimeError as failed:  # no Chinese font, or the PDF could not be set
        messages.error(request, str(failed))
        return redirect("casefile:case", found.case_id)
    response = HttpResponse(body, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{file_name(found, suffix, lang)}"'
    response["Cache-Control"] = "no-store"
    return response


def file_name(export: CaseFileExport, suffix: str, lang: str) -> str:
    """Case number, day of knowledge, the digest's first eight digits: two exports never share a name."""
    tail = f"-{lang}" if lang else ""
    return f"{export.case.number}-{export.as_of:%Y%m%d}-{export.digest[:8]}{tail}.{suffix}"


@page(roles=MAKERS)
def verify(request: HttpRequest) -> HttpResponse:
    """Upload a case file and see which section, if any, was changed."""
    context: dict[str, Any] = {"key_print": _key_print()}
    upload = request.FILES.get("file") if request.method == "POST" else None
    if request.method == "POST" and upload is None:
        messages.error(request, _("Choose the JSON file of a case file."))
    elif upload is not None and (upload.size or 0) > LARGEST:
        messages.error(request, _("The file is too large to be a case file."))
    elif upload is not None:
        try:
            context |= _shown(check(upload.read()))
        except NotACaseFileError:
            messages.error(request, _("This is not a case file. Choose the JSON file, not the PDF."))
    return render(request, "casefile/verify.html", context)


def _shown(checked: Checked) -> dict[str, Any]:
    """What the page says about a file that was checked."""
    try:
        printed, ours = fingerprint(checked.public_key), checked.signed and checked.public_key == public_key()
    except (SignatureFormatError, SigningKeyError):
        printed, ours = "", False
    known = (
        CaseFileExport.objects.filter(digest=checked.digest).select_related("case", "by").defer("body_sealed").first()
    )
    return {
        "checked": checked,
        "sections": [(SECTION_NAMES.get(name), name, state) for name, state in checked.sections.items()],
        "fingerprint": printed,
        "ours": ours,
        "known": known,
    }
