"""Tokens of the API: shown once, stored as a digest, revocable."""

from __future__ import annotations

import hashlib
import secrets

from django.db import transaction

from fairdue.desk import clock
from fairdue.desk.audit import services as audit

from .models import ApiToken, User

PREFIX = "fd_"


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def issue_token(user: User, name: str, by: User | None = None) -> str:
    """A new token of the user; the plain text is returned here and nowhere else."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(user=user, name=name[:80], digest=_digest(token), created_at=clock.now())
    audit.write("people.token_issued", actor=by, subject=f"user:{user.pk}", payload={"token": row.pk, "name": row.name})
    return token


def user_of(token: str) -> User | None:
    """The active user of a live token, or None."""
    row = ApiToken.objects.select_related("user").filter(digest=_digest(token), revoked_at=None).first()
    return row.user if row and row.user.is_active and not row.user.must_change_password else None


@transaction.atomic
def revoke_tokens(user: User, by: User | None = None) -> int:
    """Revoke all tokens of a user; returns how many were live."""
    live = ApiToken.objects.filter(user=user, revoked_at=None)
    count = live.update(revoked_at=clock.now())
    audit.write("people.tokens_revoked", actor=by, subject=f"user:{user.pk}", payload={"count": count})
    return count
