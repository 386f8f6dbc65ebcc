from __future__ import annotations

from django.urls import path

from . import pages

app_name = "placements"
urlpatterns = [
    path("", pages.overview, name="list"),
    path("place/", pages.place, name="place"),
    path("return/", pages.take_back, name="return"),
    path("account/<int:account_id>/", pages.account, name="account"),
]
