"""Export a case file and hand an exported one out: both leave an audit event, and personal data in plain a reveal too."""

from __future__ import annotations

import base64
import zlib
from datetime import datetime

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.cases.models import Case
from fairdue.desk.crypto import seal, unseal
from fairdue.desk.people.models import User
from fairdue.desk.refusals import RefusedError
from fairdue.guard import redact

from .checking import check
from .models import CaseFileExport
from .sealed import sha256
from .selectors import build, may_export, may_unmask

COLUMN = "casefile.body"
REASON_SHOWN = 80


def export_case(
    case: Case, by: User | None, *, as_of: datetime | None = None, masked: bool = True, reason: str = ""
) -> CaseFileExport:
    """Make, sign and keep the file of a case as it is known at `as_of` (default now). `by` None is the command line.

    The file is built before the transaction, which only keeps it: reading a long history must not hold the write lock.
    Raises `RefusedError` for a role that may not, for plain data asked for by anyone but compliance or without a reason,
    for an instant before the case or after now.
    """
    _allowed(by, masked=masked, reason=reason)
    now = clock.now()
    if as_of is not None and as_of > now:
        raise RefusedError(
            "casefile.future",
            Text("不能导出将来的案卷。", "A file of the future cannot be exported."),
            Text("选择现在或以前的时刻。", "Choose now or a time before."),
        )
    document, sections = build(case, as_of or now, masked=masked)
    return keep(case, by, document, as_of or now, masked=masked, reason=reason, contacts=len(sections["contacts"]))


def _allowed(by: User | None, *, masked: bool, reason: str) -> None:
    if by is not None and not may_export(by):
        raise RefusedError(
            "casefile.role",
            Text("只有组长或合规人员可以导出案卷。", "Only a team lead or compliance may export a case file."),
            Text("请组长或合规人员导出。", "Ask your team lead or compliance."),
        )
    if masked:
        return
    if by is None or not may_unmask(by):
        raise RefusedError(
            "casefile.unmask.role",
            Text("只有合规人员可以导出未脱敏的案卷。", "Only compliance may export personal data in plain."),
            Text("导出脱敏案卷，或请合规人员处理。", "Export the masked file, or ask compliance."),
        )
    if not reason.strip():
        raise RefusedError(
            "casefile.unmask.reason",
            Text("导出未脱敏的案卷要写明理由。", "Personal data in plain needs a reason."),
            Text("写明谁要求、用于什么。", "Write who asked for it and what for."),
            field="reason",
        )


@transaction.atomic
def keep(
    case: Case, by: User | None, document: bytes, as_of: datetime, *, masked: bool, reason: str, contacts: int
) -> CaseFileExport:
    """Keep an exported document with its audit events."""
    digest = sha256(document)
    export = CaseFileExport.objects.create(
        case=case,
        by=by,
        made_at=clock.now(),
        as_of=as_of,
        masked=masked,
        reason=redact(reason.strip())[:300],
        digest=digest,
        size=len(document),
        contacts=contacts,
        public_key=check(document).public_key,
        body_sealed=seal(base64.b85encode(zlib.compress(document, 6)).decode(), COLUMN),
    )
    if not masked:
        _revealed(export, by)
    payload = {"export": export.pk, "as_of": as_of.isoformat(), "masked": masked, "sha256": in_groups(digest)}
    audit.write(
        "casefile.exported", actor=by, subject=f"case:{case.number}", customer=case.customer_id, payload=payload
    )
    return export


@transaction.atomic
def hand_out(export: CaseFileExport, by: User, form: str) -> bytes:
    """The document of an export, for a download as `form` ("json", "pdf-zh", "pdf-en"), written down.

    Raises `RefusedError` for a role that may not, and when what is stored is no longer what was exported.
    """
    _allowed(by, masked=export.masked, reason=export.reason)
    document = body_of(export)
    if not export.masked:
        _revealed(export, by)
    audit.write(
        "casefile.downloaded",
        actor=by,
        subject=f"case:{export.case.number}",
        customer=export.case.customer_id,
        payload={"export": export.pk, "form": form},
    )
    return document


def body_of(export: CaseFileExport) -> bytes:
    """The stored JSON. Raises `RefusedError` when its digest is not the one that was exported."""
    document = zlib.decompress(base64.b85decode(unseal(export.body_sealed, COLUMN)))
    if sha256(document) != export.digest:
        raise RefusedError(
            "casefile.changed",
            Text("保存的案卷与导出时的摘要不符，不能提供。", "The stored file does not fit the digest of its export."),
            Text(
                "保全数据库并核对审计记录，再重新导出。", "Secure the database, compare the audit trail, export anew."
            ),
        )
    return document


def _revealed(export: CaseFileExport, by: User | None) -> None:
    audit.write(
        "personal.revealed",
        actor=by,
        subject=f"case:{export.case.number}",
        customer=export.case.customer_id,
        payload={"field": "casefile", "export": export.pk, "reason": export.reason[:REASON_SHOWN]},
    )


def in_groups(digest: str) -> str:
    """A digest in groups of eight, so that no run of its digits is mistaken for somebody's telephone or card number."""
    return ":".join(digest[at : at + 8] for at in range(0, len(digest), 8))
