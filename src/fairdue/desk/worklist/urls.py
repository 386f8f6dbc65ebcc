from __future__ import annotations

from django.urls import path

from . import pages

app_name = "worklist"
urlpatterns = [
    path("", pages.home, name="home"),
    path("day/", pages.day, name="day"),
    path("day/<int:entry_id>/skip/", pages.skip, name="skip"),
    path("day/<int:entry_id>/reopen/", pages.reopen, name="reopen"),
    path("task/<int:task_id>/done/", pages.task_done, name="task-done"),
    path("team/", pages.team, name="team"),
    path("team/<int:customer_id>/move/", pages.move, name="move"),
    path("team/night/", pages.night, name="night"),
]
