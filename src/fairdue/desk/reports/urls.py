from __future__ import annotations

from django.urls import path

from . import pages

app_name = "reports"
urlpatterns = [path("", pages.board, name="board"), path("figures/", pages.figures, name="figures")]
