"""Addresses of completeness, comparisons between units and with the community, exact cells; part of those of boards."""

from django.urls import path

from boards.views.equity import community, completeness, exact, funnel, words

urlpatterns = [
    path("boards/equity/completeness/", completeness.whole, name="completeness"),
    path("boards/<int:unit_id>/completeness/", completeness.unit, name="completeness-unit"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/funnel/", funnel.funnel, name="funnel"),
    path("boards/<int:unit_id>/community/", community.community, name="community"),
    path("boards/<int:unit_id>/measures/<int:measure_id>/exact/", exact.cells, name="exact"),
    path("feeds/words/", words.words, name="words"),
    path("set-up/<slug:slug>/completeness/", completeness.limits, name="setup-completeness"),
    path("set-up/<slug:slug>/community/", community.tables, name="setup-community"),
    path("set-up/<slug:slug>/community/<int:pk>/", community.table, name="setup-community-table"),
]
