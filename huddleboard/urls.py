"""All addresses of the house."""

from django.urls import include, path

from huddleboard import health, home, styleguide

urlpatterns = [
    path("", home.home, name="home"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("", include("org.urls")),
    path("", include("boards.urls")),
    path("", include("huddles.urls")),
    path("", include("improvement.urls")),
    path("", include("rounding.urls")),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/<str:name>/", styleguide.sample_page, name="styleguide-page"),
]
