"""Addresses of completeness, comparisons between units and with the community, exact cells; part of those of boards."""

from django.urls import path

from boards.views.equity import completeness

urlpatterns = [
    path("boards/equity/completeness/", completeness.whole, name="completeness"),
    path("boards/<int:unit_id>/completeness/", completeness.unit, name="completeness-unit"),
    path("set-up/<slug:slug>/completeness/", completeness.limits, name="setup-completeness"),
]
