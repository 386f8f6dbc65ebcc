"""HTML pages of the worklist: my day, the team's lists, the night."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.permissions import visible_customers

from . import rhythm, selectors, services
from .forms import MoveForm, SkipForm
from .models import NightRun, Task, WorklistEntry
from .night import NightBusyError, run_night

PAGE_SIZE = 50


def _mine(request: HttpRequest, entry_id: int) -> WorklistEntry:
    """The entry, when it is the agent's own; leads may work on every entry."""
    entries = WorklistEntry.objects.select_related("customer")
    if request.user.role == Role.AGENT:
        entries = entries.filter(agent=request.user)
    return get_object_or_404(entries, pk=entry_id)


@page(roles=(Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.TRAINER, Role.ADMIN))
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Where a role's day starts: agents at their list, leads at the board, the others at their own tool."""
    if request.user.role == Role.AGENT:
        return redirect("worklist:day")
    if request.user.role == Role.ADMIN:
        return redirect("accounts:imports")
    if request.user.role == Role.COMPLIANCE:
        return redirect("cases:list")
    return redirect("reports:board")


@page(roles=(Role.AGENT,))
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """My day: list with reasons, tasks due, progress against the rhythm."""
    entries = selectors.entries_of(request.user)
    show = request.GET.get("show", "open")
    if show == "open":
        entries = entries.filter(state="open")
    paged = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "entries": [(entry, rhythm.why(entry)) for entry in paged],
        "paged": paged,
        "show": show,
        "tasks": selectors.tasks_due(request.user),
        "progress": selectors.progress(request.user),
        "rounds": rhythm.rounds_of(request.user),
        "night": selectors.latest_night(),
        "next": selectors.next_entry(request.user),
        "skip_form": SkipForm(),
        "now": clock.now(),
    }
    return render(request, "worklist/day.html", context)


@page(roles=(Role.AGENT, Role.LEAD))
@require_POST
def skip(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Put one entry aside for today."""
    entry = _mine(request, entry_id)
    form = SkipForm(request.POST)
    try:
        services.skip_entry(entry.pk, request.user, form.data.get("reason", ""))
        messages.success(request, _("Put aside for today. You can undo this under “All”."))
    except services.WorklistRefusedError as refused:
        _tell(request, refused)
    return redirect("worklist:day")


@page(roles=(Role.AGENT, Role.LEAD))
@require_POST
def reopen(request: HttpRequest, entry_id: int) -> HttpResponse:
    """Undo a skip."""
    entry = _mine(request, entry_id)
    try:
        services.reopen_entry(entry.pk, request.user)
        messages.success(request, _("Back on the list."))
    except services.WorklistRefusedError as refused:
        _tell(request, refused)
    return redirect("worklist:day")


@page(roles=(Role.AGENT, Role.LEAD))
@require_POST
def task_done(request: HttpRequest, task_id: int) -> HttpResponse:
    """Tick off a task."""
    tasks = Task.objects.all()
    if request.user.role == Role.AGENT:
        tasks = tasks.filter(agent=request.user)
    services.complete_task(get_object_or_404(tasks, pk=task_id).pk, request.user)
    messages.success(request, _("Task done."))
    return redirect(request.POST.get("back") if request.POST.get("back") in ("/team/", "/day/") else "worklist:day")


@page(roles=(Role.LEAD, Role.ADMIN))
@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """The team's lists: progress per agent, one agent's list, tasks without an owner, the last nights."""
    agent = User.objects.filter(username=request.GET.get("agent", ""), role=Role.AGENT).first()
    entries = WorklistEntry.objects.filter(day=clock.today()).select_related("customer", "account", "agent")
    if agent:
        entries = entries.filter(agent=agent)
    paged = Paginator(entries.order_by("agent__username", "rank"), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": selectors.team_progress(),
        "agent": agent,
        "entries": [(entry, rhythm.why(entry)) for entry in paged],
        "paged": paged,
        "tasks": selectors.team_tasks()[:100],
        "nights": NightRun.objects.order_by("-pk")[:5],
        "move_form": MoveForm(),
    }
    return render(request, "worklist/team.html", context)


@page(roles=(Role.LEAD,))
@require_POST
def move(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Give a customer to another agent."""
    customer = get_object_or_404(visible_customers(request.user), pk=customer_id)
    form = MoveForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Choose an agent to move the customer to."))
        return redirect("worklist:team")
    try:
        services.move_customer(Customer.objects.get(pk=customer.pk), form.cleaned_data["to"], request.user)
        messages.success(request, _("Moved."))
    except services.WorklistRefusedError as refused:
        _tell(request, refused)
    return redirect("worklist:team")


@page(roles=(Role.LEAD, Role.ADMIN))
@require_POST
def night(request: HttpRequest) -> HttpResponse:
    """Run the night again for today; entries already worked stay."""
    try:
        run = run_night(_day(request.POST.get("day")), by=request.user)
        messages.success(request, _("Lists are ready: %(n)d customers.") % {"n": run.report.get("entries", 0)})
    except NightBusyError:
        messages.error(request, _("A night is already running. Wait until it ends and reload the page."))
    return redirect("worklist:team")


def _day(text: str | None) -> date:
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return clock.today()


def _tell(request: HttpRequest, refused: services.WorklistRefusedError) -> None:
    lang = get_language() or "zh"
    messages.error(request, f"{refused.finding.what.in_(lang)} {refused.finding.mend.in_(lang)}")
