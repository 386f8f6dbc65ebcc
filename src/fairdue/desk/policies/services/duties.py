"""Recording that a duty was done; nothing is taken back, a wrong entry is corrected by a further one."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.policies import duties
from fairdue.desk.policies.models import ObligationCheck
from fairdue.desk.refusals import RefusedError

from .rights import need_text

NOTE = Text(zh="写明做了什么、看到什么。", en="Say what was done and what was found.")


@transaction.atomic
def record_check(
    by: User,
    key: str,
    done_on: date | None,
    note: str,
    reference: str = "",
    *,
    corrects: int | None = None,
    jurisdiction: str = duties.JURISDICTION,
) -> ObligationCheck:
    """Record that a duty (`duties.Duty.key`) was done on a day, or correct an earlier entry.

    `done_on` None only with `corrects`: that entry was wrong and nothing was done. Raises `RefusedError` for a role that
    does not answer for the duty, a day in the future, an unknown duty, an entry of another duty or one corrected already.
    """
    duty = next((one for one in duties.all_duties(jurisdiction) if one.key == key), None)
    if duty is None:
        raise RefusedError(
            "policies.duty.unknown",
            Text(zh="没有这项义务。", en="There is no such duty."),
            Text(zh="刷新页面再选。", en="Reload the page and choose again."),
        )
    if not duties.may_record(by, duty.obligation.who):
        raise RefusedError(
            "policies.duty.role",
            Text(zh="这项义务由别的岗位负责。", en="Another role answers for this duty."),
            Text(zh="请负责的岗位或合规人员记录。", en="Ask that role, or compliance, to record it."),
        )
    said = need_text(note, "note", NOTE)
    earlier = _corrected(duty, corrects)
    if done_on is None and earlier is None:
        raise RefusedError(
            "policies.duty.date",
            Text(zh="要写明哪一天做的。", en="Say on which day it was done."),
            Text(zh="填写日期。", en="Enter the day."),
            field="done_on",
        )
    if done_on is not None and done_on > clock.today():
        raise RefusedError(
            "policies.duty.future",
            Text(zh="完成日期在将来。", en="The day lies in the future."),
            Text(zh="做完再记录。", en="Record it when it is done."),
            field="done_on",
        )
    made = ObligationCheck.objects.create(
        jurisdiction=jurisdiction,
        rule=duty.obligation.rule,
        key=key,
        duty=duty.obligation.title.text().as_dict(),
        done_on=done_on,
        note=said,
        reference=reference.strip()[:200],
        corrects=earlier,
        by=by,
        recorded_at=clock.now(),
    )
    audit.write(
        "obligation.corrected" if earlier else "obligation.done",
        actor=by,
        subject=f"obligation:{made.pk}",
        payload={
            "rule": made.rule,
            "key": key,
            "on": done_on.isoformat() if done_on else None,
            "corrects": earlier.pk if earlier else None,
        },
    )
    return made


def _corrected(duty: duties.Duty, corrects: int | None) -> ObligationCheck | None:
    if corrects is None:
        return None
    earlier = ObligationCheck.objects.select_for_update().filter(pk=corrects).first()
    if earlier is None or earlier.pk not in {entry.pk for entry in duty.entries}:
        raise RefusedError(
            "policies.duty.entry",
            Text(zh="要更正的记录不属于这项义务。", en="The entry to be corrected belongs to another duty."),
            Text(zh="从列表里选一条。", en="Choose one from the list."),
        )
    if ObligationCheck.objects.filter(corrects=earlier).exists():
        raise RefusedError(
            "policies.duty.corrected",
            Text(zh="这条记录已经更正过。", en="This entry was corrected already."),
            Text(zh="更正后一条记录。", en="Correct the later entry instead."),
        )
    return earlier
