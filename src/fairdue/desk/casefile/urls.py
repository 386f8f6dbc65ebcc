from __future__ import annotations

from django.urls import path

from . import pages

app_name = "casefile"
urlpatterns = [
    path("<int:case_id>/", pages.case_file, name="case"),
    path("<int:case_id>/export/", pages.export, name="export"),
    path("exports/<int:export_id>/<slug:form>/", pages.download, name="download"),
    path("verify/", pages.verify, name="verify"),
]
