"""Pages of the import: start, progress, findings, rejected rows."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.audit import services as audit
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.portfolio.rejects import findings_path

from . import selectors, words
from .forms import ImportForm
from .models import ImportBatch
from .services import ImportBusyError, ImportRefusedError, jobs
from .services.running import fail_abandoned

IMPORTERS = (Role.LEAD, Role.ADMIN)
PAGE_SIZE = 100


def _overview(request: HttpRequest, form: ImportForm, status: int = 200) -> HttpResponse:
    fail_abandoned()
    paged = Paginator(ImportBatch.objects.select_related("by").order_by("-pk"), 20).get_page(request.GET.get("page"))
    rows = [(batch, words.state(batch), words.kind(batch.kind), words.counts(batch)) for batch in paged]
    context = {"form": form, "rows": rows, "paged": paged, "running": selectors.running_import()}
    return render(request, "accounts/imports.html", context, status=status)


@page(roles=IMPORTERS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """The form and the history of imports."""
    return _overview(request, ImportForm())


@page(roles=IMPORTERS)
@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Keep the upload and begin; the next page shows the progress."""
    form = ImportForm(request.POST, request.FILES)
    if not form.is_valid():
        return _overview(request, form, status=422)
    data = form.cleaned_data
    if selectors.running_import():
        form.add_error(None, _("Another import is running. Wait until it ends and try again."))
        return _overview(request, form, status=409)
    stored = jobs.keep_upload(data["file"].name, data["file"].chunks())
    try:
        batch = jobs.start(
            stored,
            Path(data["file"].name).name[:200],
            data["mapping"],
            by=request.user,
            as_of=data["as_of"],
            check_only=data["check_only"],
        )
    except ImportBusyError:
        form.add_error(None, _("Another import is running. Wait until it ends and try again."))
        return _overview(request, form, status=409)
    except ImportRefusedError as refused:
        lang = get_language() or "zh"
        for finding in refused.findings:
            form.add_error("mapping", f"{finding.what.in_(lang)} {finding.mend.in_(lang)}")
        return _overview(request, form, status=422)
    return redirect("accounts:batch", batch.pk)


@page(roles=IMPORTERS)
@require_POST
def retry(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Begin a failed import again with the same file and mapping."""
    failed = get_object_or_404(ImportBatch, pk=batch_id, state="failed")
    try:
        return redirect("accounts:batch", jobs.retry(failed, request.user).pk)
    except FileNotFoundError:
        messages.error(request, _("The file is no longer kept. Upload it again."))
    except ImportBusyError:
        messages.error(request, _("Another import is running. Wait until it ends and try again."))
    except ImportRefusedError as refused:
        messages.error(request, refused.findings[0].line(get_language() or "zh"))
    return redirect("accounts:imports")


def _status_context(batch: ImportBatch) -> dict[str, object]:
    return {
        "batch": batch,
        "state": words.state(batch),
        "kind": words.kind(batch.kind),
        "counts": words.counts(batch),
        "columns": selectors.reconciliation(batch),
        "percent": 100 * batch.rows_done // batch.rows_total if batch.rows_total else 0,
        "waiting": batch.state == "running",
    }


@page(roles=IMPORTERS)
@require_GET
def status(request: HttpRequest, batch_id: int) -> HttpResponse:
    """The part of a batch's page that is asked for again while it runs."""
    fail_abandoned()
    batch = get_object_or_404(ImportBatch, pk=batch_id)
    response = render(request, "accounts/_status.html", _status_context(batch))
    if batch.state != "running":
        response["HX-Refresh"] = "true"
    return response


@page(roles=IMPORTERS)
@require_GET
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """One import: progress, what it changed, findings by code, reject file."""
    fail_abandoned()
    found = get_object_or_404(ImportBatch.objects.select_related("by"), pk=batch_id)
    findings = found.findings.order_by("pk")
    code = request.GET.get("code", "")
    if code:
        findings = findings.filter(code=code)
    paged = Paginator(findings, PAGE_SIZE).get_page(request.GET.get("page"))
    by_code = sorted(found.counts.get("findings", {}).items(), key=lambda pair: -pair[1])
    context = {**_status_context(found), "paged": paged, "by_code": by_code, "code": code}
    context["unchanged"] = words.nothing_changed(found)
    context["stored"] = found.findings.count()
    context["all_findings"] = sum(n for _code, n in by_code)
    return render(request, "accounts/batch.html", context)


@page(roles=IMPORTERS)
@require_GET
def rejects(request: HttpRequest, batch_id: int, part: str) -> HttpResponse | FileResponse:
    """Download the refused rows (`rows`) or why they were refused (`reasons`). Personal data: the look is audited."""
    found = get_object_or_404(ImportBatch, pk=batch_id)
    if not found.reject_file or part not in ("rows", "reasons"):
        raise Http404
    path = Path(settings.FAIRDUE_HOME) / "rejects" / Path(found.reject_file).name
    if part == "reasons":
        path = findings_path(path)
    if not path.is_file():
        raise Http404
    with transaction.atomic():
        subject = f"import:{found.pk}"
        audit.write("import.rejects_downloaded", actor=request.user, subject=subject, payload={"part": part})
    response = FileResponse(path.open("rb"), as_attachment=True, filename=path.name)
    response["Cache-Control"] = "no-store"
    return response
