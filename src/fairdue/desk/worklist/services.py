"""Changes of the worklist: the night's lists, entries done, skipped and moved, tasks."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from fairdue.core.findings import Finding, Severity
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import Role, User

from .models import EntryState, Task, TaskKind, WorklistEntry


class WorklistRefusedError(ValueError):
    """The change was refused; `finding` says what, why and how to mend it in both languages."""

    def __init__(self, code: str, what: Text, mend: Text) -> None:
        super().__init__(what.en)
        why = Text(zh="名单要与实际作业一致。", en="The list has to match the work that is done.")
        self.finding = Finding(code=code, what=what, why=why, mend=mend, severity=Severity.ERROR)


def complete_entry(agent: User, customer: Customer, at: datetime) -> WorklistEntry | None:
    """Mark today's entry of this customer done (whoever holds it); None when there is none or it is done already.

    Called in the transaction that records the contact. `at` is the instant of the contact (UTC).
    """
    entry = WorklistEntry.objects.filter(customer=customer, day=clock.today(), state=EntryState.OPEN).first()
    if entry is None:
        return None
    entry.state = EntryState.DONE
    entry.done_at = at
    entry.save(update_fields=["state", "done_at"])
    audit.write(
        "worklist.done", actor=agent, subject=f"entry:{entry.pk}", customer=customer, payload={"rank": entry.rank}
    )
    return entry


@transaction.atomic
def skip_entry(entry_id: int, agent: User, reason: str) -> WorklistEntry:
    """Put an open entry aside for today with a reason; raises `WorklistRefusedError` without one or when not open."""
    entry = WorklistEntry.objects.select_for_update().get(pk=entry_id)
    if not reason.strip():
        raise WorklistRefusedError(
            "worklist.skip.reason",
            Text(zh="跳过这位客户要写明原因。", en="Skipping this customer needs a reason."),
            Text(zh="写一句原因再提交。", en="Write a short reason and submit again."),
        )
    if entry.state != EntryState.OPEN:
        raise WorklistRefusedError(
            "worklist.skip.state",
            Text(zh="这一条已经处理过了。", en="This entry has been dealt with already."),
            Text(zh="刷新名单即可。", en="Reload the list."),
        )
    entry.state = EntryState.SKIPPED
    entry.done_at = clock.now()
    entry.reason = {**entry.reason, "skipped": reason.strip()[:200]}
    entry.save(update_fields=["state", "done_at", "reason"])
    audit.write("worklist.skipped", actor=agent, subject=f"entry:{entry.pk}", customer=entry.customer, payload={})
    return entry


@transaction.atomic
def reopen_entry(entry_id: int, agent: User) -> WorklistEntry:
    """Undo a skip: the entry returns to its rank. A done entry stays done, because its contact stands."""
    entry = WorklistEntry.objects.select_for_update().get(pk=entry_id)
    if entry.state != EntryState.SKIPPED:
        raise WorklistRefusedError(
            "worklist.reopen.state",
            Text(zh="只有跳过的客户可以恢复。", en="Only a skipped entry can be put back."),
            Text(zh="刷新名单看最新状态。", en="Reload the list to see its present state."),
        )
    entry.state = EntryState.OPEN
    entry.done_at = None
    entry.reason = {k: v for k, v in entry.reason.items() if k != "skipped"}
    entry.save(update_fields=["state", "done_at", "reason"])
    audit.write("worklist.reopened", actor=agent, subject=f"entry:{entry.pk}", customer=entry.customer, payload={})
    return entry


@transaction.atomic
def move_customer(customer: Customer, to: User, by: User, day: date | None = None) -> int:
    """Give a customer, today's open entry and open tasks to another agent; returns how many entries and tasks moved.

    Raises `WorklistRefusedError` when `to` is not an active agent.
    """
    if to.role != Role.AGENT or not to.is_active:
        raise WorklistRefusedError(
            "worklist.move.agent",
            Text(zh="只能移交给在岗的催收员。", en="A customer can be moved only to an active agent."),
            Text(zh="换一位在岗的催收员。", en="Choose an active agent."),
        )
    Customer.objects.filter(pk=customer.pk).update(assigned_to=to)
    open_entries = WorklistEntry.objects.filter(customer=customer, day=day or clock.today(), state=EntryState.OPEN)
    moved = open_entries.update(agent=to)
    moved += Task.objects.filter(customer=customer, done_at=None).update(agent=to)
    audit.write(
        "worklist.moved", actor=by, subject=f"user:{to.pk}", customer=customer, payload={"to": to.username, "n": moved}
    )
    return moved


def add_task(
    kind: TaskKind | str,
    customer: Customer,
    due_at: datetime,
    *,
    agent: User | None = None,
    account: Account | None = None,
    amount_fen: int | None = None,
    note: str = "",
    subject: str = "",
) -> Task:
    """Book a task for a moment (UTC). With a `subject` (e.g. "promise:12") the open task of that subject is moved."""
    values = {
        "kind": kind,
        "customer": customer,
        "agent": agent,
        "account": account,
        "due_at": due_at,
        "amount_fen": amount_fen,
        "note": note[:200],
    }
    if subject:
        open_task = Task.objects.filter(subject=subject, kind=kind, done_at=None).first()
        if open_task:
            for name, value in values.items():
                setattr(open_task, name, value)
            open_task.save()
            return open_task
    return Task.objects.create(**values, subject=subject, created_at=clock.now())


def complete_tasks(subject: str, at: datetime) -> int:
    """Tick off the open tasks of a subject; returns how many."""
    return Task.objects.filter(subject=subject, done_at=None).update(done_at=at)


@transaction.atomic
def complete_task(task_id: int, by: User) -> Task:
    """Tick off one task by hand; ticking it twice changes nothing."""
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.done_at is None:
        task.done_at = clock.now()
        task.save(update_fields=["done_at"])
        audit.write(
            "task.done", actor=by, subject=f"task:{task.pk}", customer=task.customer, payload={"kind": task.kind}
        )
    return task
