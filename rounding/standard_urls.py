"""Addresses of standard work, of the roster, of what is due and of routes; part of the addresses of the room."""

from django.urls import path

from rounding.views import due, roster, routes, standard_setup, standard_work

_SET_UP = "set-up/<slug:slug>/standard-work/"

urlpatterns = [
    path("standard-work/", standard_work.mine, name="standard-work"),
    path("standard-work/shares/", standard_work.shares, name="standard-work-shares"),
    path("standard-work/<int:pk>/done/", standard_work.done, name="standard-work-done"),
    path("standard-work/<int:pk>/why-not/", standard_work.why_not, name="standard-work-why-not"),
    path("standard-work/<int:pk>/undo/", standard_work.undo, name="standard-work-undo"),
    path(_SET_UP, standard_setup.tasks, name="setup-standard-work"),
    path(_SET_UP + "<int:pk>/", standard_setup.task, name="setup-standard-task"),
    path(_SET_UP + "<int:pk>/move/", standard_setup.move, name="setup-standard-task-move"),
    path(_SET_UP + "<int:pk>/use/", standard_setup.use, name="setup-standard-task-use"),
    path(_SET_UP + "<slug:role>/", standard_setup.tasks, name="setup-standard-list"),
    path("rounds/due/", due.due, name="due"),
    path("rounds/due/how-often/", due.cadences, name="cadences"),
    path("rounds/due/how-often/<int:unit_id>/", due.set_cadence, name="cadence-set"),
    path("rounds/roster/", roster.upload, name="roster"),
    path("rounds/roster/apply/", roster.apply, name="roster-apply"),
    path("rounds/routes/", routes.routes, name="routes"),
    path("rounds/routes/new/", routes.new, name="route-new"),
    path("rounds/routes/<int:pk>/", routes.edit, name="route"),
    path("rounds/routes/<int:pk>/use/", routes.use, name="route-use"),
    path("rounds/calendar/", routes.address, name="calendar-address"),
    path("rounds/calendar/<str:token>.ics", routes.feed, name="calendar"),
]
