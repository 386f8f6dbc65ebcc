from __future__ import annotations

from django.urls import path

from . import pages

app_name = "people"
urlpatterns = [
    path("login/", pages.SignIn.as_view(), name="login"),
    path("logout/", pages.SignOut.as_view(), name="logout"),
    path("password/", pages.password, name="password"),
    path("", pages.users, name="list"),
    path("new/", pages.edit, name="new"),
    path("agencies/", pages.agencies, name="agencies"),
    path("agencies/new/", pages.agency, name="agency-new"),
    path("agencies/<int:agency_id>/", pages.agency, name="agency"),
    path("<int:user_id>/", pages.edit, name="edit"),
]
