from __future__ import annotations

from django.urls import path

from . import pages

app_name = "plans"
urlpatterns = [
    path("", pages.plans, name="list"),
    path("<int:plan_id>/", pages.plan, name="detail"),
    path("<int:plan_id>/cancel/", pages.cancel, name="cancel"),
    path("preview/<int:account_id>/", pages.preview, name="preview"),
]
