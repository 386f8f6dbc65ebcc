from __future__ import annotations

from django.urls import path

from . import pages

app_name = "decisions"
urlpatterns = [
    path("", pages.decisions, name="list"),
    path("denials/<int:pk>/", pages.denial, name="denial"),
    path("permits/<int:pk>/", pages.permit, name="permit"),
]
