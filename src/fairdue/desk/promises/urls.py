from __future__ import annotations

from django.urls import path

from . import pages

app_name = "promises"
urlpatterns = [
    path("", pages.promises, name="list"),
    path("<int:promise_id>/withdraw/", pages.withdraw, name="withdraw"),
]
