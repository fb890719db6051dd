"""Addresses of huddles, issues, the desk and their set-up."""

from django.urls import include, path

from huddles.views import beside, doors

app_name = "huddles"
urlpatterns = [
    path("", include("huddles.huddles_urls")),
    path("", include("huddles.issues_urls")),
    path("", include("huddles.desk_urls")),
    path("", include("huddles.setup_urls")),
    path("", include("huddles.signals_urls")),
    path("desk/", doors.my_desk, name="my-desk"),
    path("tier-health/", doors.my_tier_health, name="my-tier-health"),
    path("boards/<int:unit_id>/beside/", beside.beside, name="beside"),
]
