"""All addresses of the desk; each feature brings its own."""

from __future__ import annotations

from django.urls import include, path

from .api import api

urlpatterns = [
    path("", include("fairdue.desk.worklist.urls")),
    path("people/", include("fairdue.desk.people.urls")),
    path("accounts/", include("fairdue.desk.accounts.urls")),
    path("call/", include("fairdue.desk.call.urls")),
    path("promises/", include("fairdue.desk.promises.urls")),
    path("plans/", include("fairdue.desk.plans.urls")),
    path("cases/", include("fairdue.desk.cases.urls")),
    path("cases/files/", include("fairdue.desk.casefile.urls")),
    path("preferences/", include("fairdue.desk.preferences.urls")),
    path("placements/", include("fairdue.desk.placements.urls")),
    path("decisions/", include("fairdue.desk.decisions.urls")),
    path("playbooks/", include("fairdue.desk.playbooks.urls")),
    path("policies/", include("fairdue.desk.policies.urls")),
    path("board/", include("fairdue.desk.reports.urls")),
    path("audit/", include("fairdue.desk.audit.urls")),
    path("api/v1/", api.urls),
    path("language/", include("django.conf.urls.i18n")),
]
