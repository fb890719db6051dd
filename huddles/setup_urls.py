"""Addresses of set-up and of alerts; part of the addresses of the room."""

from django.urls import path

from huddles.views import alerts
from huddles.views.setup import agendas, choices, habits, levels, trust

_AGENDA = "set-up/<slug:slug>/agendas/<int:pk>/"
_ISSUES = "set-up/<slug:slug>/issues/"

urlpatterns = [
    path("huddles/set-up/", agendas.start, name="setup"),
    path("set-up/<slug:slug>/agendas/", agendas.agendas, name="setup-agendas"),
    path("set-up/<slug:slug>/agendas/defaults/", agendas.put_defaults, name="setup-defaults"),
    path(_AGENDA, agendas.agenda, name="setup-agenda"),
    path(_AGENDA + "versions/<int:number>/", agendas.version, name="setup-agenda-version"),
    path(_AGENDA + "for-unit/", agendas.for_unit, name="setup-agenda-unit"),
    path(_AGENDA + "remove/", agendas.remove, name="setup-agenda-remove"),
    path(_ISSUES + "choices/", choices.choices, name="setup-choices"),
    path(_ISSUES + "choices/<int:pk>/", choices.choice, name="setup-choice"),
    path(_ISSUES + "choices/<int:pk>/move/", choices.move_choice, name="setup-choice-move"),
    path(_ISSUES + "choices/<int:pk>/use/", choices.use_choice, name="setup-choice-use"),
    path(_ISSUES + "choices/<slug:kind>/", choices.choices, name="setup-choice-list"),
    path(_ISSUES + "clocks/", levels.levels, name="setup-levels"),
    path(_ISSUES + "clocks/<int:tier>/<slug:urgency>/", levels.level, name="setup-level"),
    path(_ISSUES + "trust/", trust.trust, name="setup-trust"),
    path(_ISSUES + "trust/name/", trust.name, name="setup-trust-name"),
    path(_ISSUES + "trust/<int:pk>/move/", trust.move, name="setup-trust-move"),
    path(_ISSUES + "trust/<int:pk>/release/", trust.release, name="setup-trust-release"),
    path("boards/<int:unit_id>/habits/", habits.habits, name="habits"),
    path("alerts/", alerts.alerts, name="alerts"),
    path("alerts/new/", alerts.new, name="alert-new"),
    path("alerts/<int:pk>/", alerts.alert, name="alert"),
    path("alerts/<int:pk>/read/", alerts.read, name="alert-read"),
    path("alerts/<int:pk>/end/", alerts.end, name="alert-end"),
]
