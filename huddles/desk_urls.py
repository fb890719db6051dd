"""Addresses of the desk and of tier health; part of the addresses of the room."""

from django.urls import URLPattern, path

from huddles.views import desk, health, stoplight

urlpatterns: list[URLPattern] = [
    path("desk/<int:unit_id>/", desk.desk, name="desk"),
    path("desk/<int:unit_id>/silence/", desk.silence_page, name="desk-silence"),
    path("desk/<int:unit_id>/<int:pk>/<str:outcome>/", desk.say, name="desk-say"),
    path("boards/<int:unit_id>/stoplight/", stoplight.stoplight, name="stoplight"),
    path("boards/<int:unit_id>/tier-health/", health.tier_health, name="tier-health"),
    path("boards/<int:unit_id>/tier-health.csv", health.tier_health_csv, name="tier-health-file"),
]
