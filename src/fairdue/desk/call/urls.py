from __future__ import annotations

from django.urls import path

from . import alerts, live, pages, turns

app_name = "call"
urlpatterns = [
    path("next/", pages.next_case, name="next"),
    path("<int:customer_id>/", pages.case, name="case"),
    path("<int:customer_id>/permit/<int:line_id>/", pages.permit, name="permit"),
    path("<int:customer_id>/reveal/", pages.reveal, name="reveal"),
    path("live/<int:permit_id>/release/", live.release, name="release"),
    path("live/<int:permit_id>/alive/", live.alive, name="alive"),
    path("live/<int:permit_id>/draft/", live.draft, name="draft"),
    path("live/<int:permit_id>/guide/", turns.guide, name="guide"),
    path("live/<int:permit_id>/hear/", turns.hear, name="hear"),
    path("live/<int:permit_id>/say/", turns.say, name="say"),
    path("live/<int:permit_id>/types/", turns.types, name="types"),
    path("live/<int:permit_id>/identity/", turns.identity, name="identity"),
    path("live/<int:permit_id>/hold/", turns.hold, name="hold"),
    path("live/<int:permit_id>/misheard/", turns.misheard, name="misheard"),
    path("live/<int:permit_id>/gap/", turns.gap, name="gap"),
    path("live/<int:permit_id>/stream/", turns.stream, name="stream"),
    path("live/<int:permit_id>/note/", live.note, name="note"),
    path("live/<int:permit_id>/outcome/", live.outcome, name="outcome"),
    path("alerts/", alerts.banner, name="alerts"),
    path("alerts/<int:alert_id>/seen/", alerts.seen, name="alert-seen"),
]
