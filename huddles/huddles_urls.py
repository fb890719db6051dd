"""Addresses of huddles; part of the addresses of the room."""

from django.urls import URLPattern, path

from huddles.views import before, entries, huddle, paper, sending, today, wall

urlpatterns: list[URLPattern] = [
    path("huddles/", today.today, name="today"),
    path("huddles/live/", today.today_live, name="today-live"),
    path("boards/<int:unit_id>/huddles/", today.unit_huddles, name="unit-huddles"),
    path("boards/<int:unit_id>/huddles/call/", today.call, name="call"),
    path("boards/<int:unit_id>/before/", before.before, name="before"),
    path("boards/<int:unit_id>/sheet/", paper.sheet, name="sheet"),
    path("boards/<int:unit_id>/wall/huddle/", wall.wall_view, name="wall-huddle-view"),
    path("wall/huddle/<int:unit_id>/", wall.device_huddle, name="wall-huddle"),
    path("boards/<int:unit_id>/wall/answers/", wall.answers_view, name="wall-answers-view"),
    path("wall/answers/<int:unit_id>/", wall.device_answers, name="wall-answers"),
    path("huddles/<int:pk>/", huddle.huddle, name="huddle"),
    path("huddles/<int:pk>/start/", huddle.start, name="huddle-start"),
    path("huddles/<int:pk>/step/", huddle.step, name="huddle-step"),
    path("huddles/<int:pk>/end/", huddle.end, name="huddle-end"),
    path("huddles/<int:pk>/call-off/", huddle.call_off, name="huddle-call-off"),
    path("huddles/<int:pk>/not-held/", huddle.not_held, name="huddle-not-held"),
    path("huddles/<int:pk>/entries/", entries.entries, name="huddle-entries"),
    path("huddles/<int:pk>/state/", huddle.state, name="huddle-state"),
    path("huddles/<int:pk>/live/", huddle.live_token, name="huddle-live"),
    path("huddles/<int:pk>/issues/<int:issue_pk>/send-up/", sending.send_up, name="huddle-send-up"),
    path("huddles/<int:pk>/paper/", paper.from_paper, name="huddle-paper"),
]
