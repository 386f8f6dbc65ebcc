from __future__ import annotations

from django.urls import path

from . import pages

app_name = "audit"
urlpatterns = [path("", pages.trail, name="list")]
