from __future__ import annotations

from django.urls import path

from .pages import editor, files, gaps, packs, revisions

app_name = "playbooks"
urlpatterns = [
    path("", packs.packs, name="list"),
    path("packs/<slug:pack>/", packs.pack, name="pack"),
    path("packs/<slug:pack>/draft/", packs.draft, name="draft"),
    path("packs/<slug:pack>/new/", editor.new_line, name="new-line"),
    path("packs/<slug:pack>/try/", editor.try_line, name="try"),
    path("packs/<slug:pack>/files/", files.files, name="files"),
    path("packs/<slug:pack>/lines/<str:line_id>/", editor.line, name="line"),
    path("packs/<slug:pack>/lines/<str:line_id>/undo/", editor.undo, name="undo"),
    path("packs/<slug:pack>/lines/<str:line_id>/retire/", editor.retire, name="retire"),
    path("revisions/<int:pk>/", revisions.revision, name="revision"),
    path("revisions/<int:pk>/<slug:what>/", revisions.step, name="step"),
    path("history/", revisions.history, name="history"),
    path("history/<int:number>/back/", revisions.roll_back, name="roll-back"),
    path("gaps/", gaps.gaps, name="gaps"),
    path("gaps/mine/", gaps.my_reports, name="mine"),
    path("gaps/<int:pk>/", gaps.gap, name="gap"),
    path("gaps/<int:pk>/<slug:what>/", gaps.gap_step, name="gap-step"),
]
