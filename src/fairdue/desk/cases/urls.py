from __future__ import annotations

from django.urls import path

from . import pages

app_name = "cases"
urlpatterns = [
    path("", pages.cases, name="list"),
    path("<int:case_id>/", pages.case, name="detail"),
    path("<int:case_id>/answer/", pages.answer, name="answer"),
    path("<int:case_id>/close/", pages.close, name="close"),
    path("holds/", pages.holds, name="holds"),
    path("holds/<int:customer_id>/set/", pages.set_hold, name="set-hold"),
    path("holds/<int:hold_id>/lift/", pages.lift, name="lift-hold"),
    path("holds/<int:hold_id>/keep/", pages.keep, name="keep-hold"),
    path("holds/customer/<int:customer_id>/", pages.customer_holds, name="customer-holds"),
]
