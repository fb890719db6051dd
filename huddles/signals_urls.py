"""Addresses of signals; part of the addresses of the room."""

from django.urls import URLPattern, path

from huddles.views import signals, workforce
from huddles.views.setup import signals as setup

_RULES = "set-up/<slug:slug>/signals/"

urlpatterns: list[URLPattern] = [
    path("signals/", signals.signals, name="signals"),
    path("signals/<int:pk>/", signals.signal, name="signal"),
    path("signals/<int:pk>/dismiss/", signals.dismiss, name="signal-dismiss"),
    path("signals/<int:pk>/harm/", signals.harm, name="signal-harm"),
    path("signals/<int:pk>/answer/", workforce.answer, name="signal-answer"),
    path("workforce/", workforce.workforce, name="workforce"),
    path("boards/<int:unit_id>/signals/", signals.unit_signals, name="unit-signals"),
    path(_RULES, setup.rules, name="setup-signals"),
    path(f"{_RULES}limits/", setup.limit_new, name="setup-limit-new"),
    path(f"{_RULES}limits/<int:pk>/end/", setup.limit_end, name="setup-limit-end"),
]
