"""What every page does alike: sign-in, role check, rendering."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.shortcuts import render as _render

from fairdue.desk.people.models import Role

View = Callable[..., HttpResponse]


def page(*, roles: Sequence[Role] = tuple(Role)) -> Callable[[View], View]:
    """A page for signed-in users of these roles; another role gets 403, a forced password change goes first."""

    def wrap(view: View) -> View:
        @wraps(view)
        @login_required
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if request.user.must_change_password:
                return redirect("people:password")
            if request.user.role not in roles:
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return wrap


def render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render a template; pages hold personal data, so nothing may keep a copy."""
    response = _render(request, template, context or {}, status=status)
    response["Cache-Control"] = "no-store"
    return response
