from __future__ import annotations

from django.urls import path

from .pages import changes, drafts, obligations, rules

app_name = "policies"
urlpatterns = [
    path("", rules.rules, name="rules"),
    path("rules/<slug:rule_id>/", rules.rule, name="rule"),
    path("rules/<slug:rule_id>/<slug:param>/change/", changes.change, name="change"),
    path("changes/", drafts.drafts, name="drafts"),
    path("changes/choose/", changes.choose, name="choose"),
    path("changes/<int:number>/", drafts.draft, name="draft"),
    path("changes/<int:number>/head/", changes.head, name="head"),
    path("changes/<int:number>/out/<slug:kind>/<int:index>/", changes.take_out, name="take-out"),
    path("changes/<int:number>/end/<int:row>/", changes.end, name="end"),
    path("changes/<int:number>/effect/", drafts.effect, name="effect"),
    path("changes/<int:number>/effect/<int:run_id>/", drafts.effect_status, name="effect-status"),
    path("changes/<int:number>/effect/<int:run_id>/contacts/", drafts.affected, name="affected"),
    path("changes/<int:number>/<slug:what>/", drafts.step, name="step"),
    path("history/", drafts.history, name="history"),
    path("obligations/", obligations.obligations, name="obligations"),
    path("obligations/export.csv", obligations.export, name="obligations-csv"),
    path("obligations/<slug:key>/", obligations.duty, name="duty"),
]
