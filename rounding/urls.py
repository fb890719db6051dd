"""Addresses of this room."""

from django.urls import include, path

from rounding import views
from rounding.views import walk

app_name = "rounding"

urlpatterns = [
    path("", include("rounding.setup_urls")),
    path("", include("rounding.k_urls")),
    path("rounds/package/", views.package, name="package"),
    path("rounds/session/", views.session, name="session"),
    path("rounds/shared/", views.shared, name="shared"),
    path("rounds/sync/", views.sync, name="sync"),
    path("rounds/files/", views.files, name="files"),
    path("rounds/walk/", walk.walk, name="walk"),
    path("rounds/walk/worker.js", walk.worker, name="worker"),
    path("rounds/walk/app.webmanifest", walk.manifest, name="manifest"),
    path("thanks/", views.thanks, name="thanks"),
    path("", include("rounding.reading_urls")),
    path("", include("rounding.standard_urls")),
]
