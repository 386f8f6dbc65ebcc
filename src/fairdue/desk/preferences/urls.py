from __future__ import annotations

from django.urls import path

from . import pages

app_name = "preferences"
urlpatterns = [
    path("<int:customer_id>/", pages.customer, name="customer"),
    path("<int:customer_id>/record/<slug:form>/", pages.record, name="record"),
    path("<int:customer_id>/stop/", pages.stop, name="stop"),
    path("<int:customer_id>/take-back/", pages.take_back, name="take-back"),
]
