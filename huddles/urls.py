"""Addresses of huddles, issues, the desk and their set-up."""

from django.urls import include, path

app_name = "huddles"
urlpatterns = [
    path("", include("huddles.huddles_urls")),
    path("", include("huddles.issues_urls")),
    path("", include("huddles.desk_urls")),
    path("", include("huddles.setup_urls")),
]
