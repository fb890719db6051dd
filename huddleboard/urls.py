"""All addresses of the house."""

from django.urls import include, path

urlpatterns = [
    path("", include("org.urls")),
    path("", include("boards.urls")),
]
