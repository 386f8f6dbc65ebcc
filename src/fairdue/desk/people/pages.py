"""Sign-in, password, user administration, the agency register."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.views import LoginView, LogoutView
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.pages import page, render

from . import selectors, services
from .forms import AgencyForm, UserForm
from .models import Agency, Role, User


class SignIn(LoginView):
    """Sign in; the page then speaks the user's own language."""

    template_name = "people/login.html"
    redirect_authenticated_user = True

    def form_valid(self, form):
        response = super().form_valid(form)
        user = self.request.user
        with transaction.atomic():
            audit.write("people.signed_in", actor=user, subject=f"user:{user.pk}")
        if settings.LANGUAGE_COOKIE_NAME not in self.request.COOKIES:
            translation.activate(user.language)
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, user.language, samesite="Lax", secure=settings.HTTPS)
        return response


class SignOut(LogoutView):
    """Sign out by POST only."""

    http_method_names = ["post", "options"]


@login_required
@require_http_methods(["GET", "POST"])
def password(request: HttpRequest) -> HttpResponse:
    """Change one's own password; forced after the first sign-in."""
    form = PasswordChangeForm(request.user, request.POST or None)
    for field in form.fields.values():
        field.widget.attrs["class"] = "form-control"
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            user = form.save(commit=False)
            user.must_change_password = False
            user.save()
            audit.write("people.password_changed", actor=user, subject=f"user:{user.pk}")
        update_session_auth_hash(request, user)
        messages.success(request, _("Password changed."))
        return redirect("worklist:home")
    return render(request, "people/password.html", {"form": form, "forced": request.user.must_change_password})


@page(roles=(Role.ADMIN,))
def users(request: HttpRequest) -> HttpResponse:
    """All users."""
    paged = Paginator(User.objects.select_related("agency").order_by("username"), 50).get_page(request.GET.get("page"))
    return render(request, "people/users.html", {"paged": paged})


@page(roles=(Role.ADMIN,))
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, user_id: int | None = None) -> HttpResponse:
    """Create or change a user."""
    user = get_object_or_404(User, pk=user_id) if user_id else None
    form = UserForm(request.POST or None, instance=user)
    if request.method == "POST" and form.is_valid():
        with transaction.atomic():
            saved = form.save()
            kind = "people.changed" if user else "people.created"
            payload = {"role": saved.role, "active": saved.is_active, "fields": sorted(form.changed_data)}
            audit.write(kind, actor=request.user, subject=f"user:{saved.pk}", payload=payload)
        messages.success(request, _("Saved."))
        return redirect("people:list")
    return render(request, "people/edit.html", {"form": form, "person": user})


@page(roles=(Role.COMPLIANCE, Role.ADMIN))
@require_GET
def agencies(request: HttpRequest) -> HttpResponse:
    """The agency register, with what keeps an agency from working today."""
    return render(request, "people/agencies.html", {"rows": selectors.register(clock.today())})


@page(roles=(Role.COMPLIANCE, Role.ADMIN))
@require_http_methods(["GET", "POST"])
def agency(request: HttpRequest, agency_id: int | None = None) -> HttpResponse:
    """Enter an agency or change its facts."""
    found = get_object_or_404(Agency, pk=agency_id) if agency_id else None
    form = AgencyForm(request.POST or None, instance=found, today=clock.today())
    if request.method == "POST" and form.is_valid():
        services.save_agency(form.save(commit=False), request.user, form.changed_data)
        messages.success(request, _("Saved."))
        return redirect("people:agencies")
    return render(request, "people/agency.html", {"form": form, "agency": found})
