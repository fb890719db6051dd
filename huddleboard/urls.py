"""All addresses of the house."""

from django.urls import include, path

from huddleboard import styleguide

urlpatterns = [
    path("", include("org.urls")),
    path("", include("boards.urls")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<str:name>/", styleguide.sample_page, name="styleguide-page"),
]
