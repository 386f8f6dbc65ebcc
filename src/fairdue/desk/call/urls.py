from __future__ import annotations

from django.urls import path

from . import live, pages

app_name = "call"
urlpatterns = [
    path("next/", pages.next_case, name="next"),
    path("<int:customer_id>/", pages.case, name="case"),
    path("<int:customer_id>/permit/<int:line_id>/", pages.permit, name="permit"),
    path("<int:customer_id>/reveal/", pages.reveal, name="reveal"),
    path("live/<int:permit_id>/release/", live.release, name="release"),
    path("live/<int:permit_id>/alive/", live.alive, name="alive"),
    path("live/<int:permit_id>/draft/", live.draft, name="draft"),
    path("live/<int:permit_id>/guide/", live.guide, name="guide"),
    path("live/<int:permit_id>/hear/", live.hear, name="hear"),
    path("live/<int:permit_id>/say/", live.say, name="say"),
    path("live/<int:permit_id>/identity/", live.identity, name="identity"),
    path("live/<int:permit_id>/note/", live.note, name="note"),
    path("live/<int:permit_id>/outcome/", live.outcome, name="outcome"),
]
