from __future__ import annotations

from django.urls import path

from . import imports, pages

app_name = "accounts"
urlpatterns = [
    path("", pages.search, name="search"),
    path("report/", pages.report, name="report"),
    path("customer/<int:customer_id>/", pages.customer, name="customer"),
    path("customer/<int:customer_id>/reveal/", pages.reveal, name="reveal"),
    path("customer/<int:customer_id>/quote/<int:account_id>/", pages.quote, name="quote"),
    path("imports/", imports.overview, name="imports"),
    path("imports/start/", imports.start, name="import-start"),
    path("imports/<int:batch_id>/", imports.batch, name="batch"),
    path("imports/<int:batch_id>/status/", imports.status, name="batch-status"),
    path("imports/<int:batch_id>/retry/", imports.retry, name="batch-retry"),
    path("imports/<int:batch_id>/rejects/<str:part>/", imports.rejects, name="rejects"),
]
