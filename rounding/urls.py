"""Addresses of this room."""

from django.urls import include, path

from rounding import views

app_name = "rounding"

urlpatterns = [
    path("rounds/package/", views.package, name="package"),
    path("rounds/sync/", views.sync, name="sync"),
    path("rounds/files/", views.files, name="files"),
    path("thanks/", views.thanks, name="thanks"),
    path("", include("rounding.standard_urls")),
]
