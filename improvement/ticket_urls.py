"""Addresses of improvement work: lists, kanban, tickets."""

from django.urls import path

from improvement.views import cycles, equity_checks, search, spread, tickets, walls

urlpatterns = [
    path("improvement/", tickets.work, name="work"),
    path("improvement/new/", tickets.new, name="ticket-new"),
    path("improvement/search/", search.search, name="search"),
    path("improvement/spread/", spread.spread, name="spread"),
    path("improvement/<int:pk>/offer/", spread.offer, name="offer"),
    path("improvement/units/<int:unit_id>/offers/", spread.offers, name="offers"),
    path("improvement/units/<int:unit_id>/offers/<int:pk>/take/", spread.take_up, name="offer-take"),
    path("improvement/units/<int:unit_id>/offers/<int:pk>/decline/", spread.decline, name="offer-decline"),
    path("improvement/units/<int:unit_id>/before/", search.before, name="ticket-before"),
    path("improvement/of/", tickets.of_thing, name="work-of"),
    path("improvement/units/<int:unit_id>/", tickets.kanban, name="kanban"),
    path("improvement/units/<int:unit_id>/limit/", tickets.limit, name="work-limit"),
    path("improvement/<int:pk>/", tickets.ticket, name="ticket"),
    path("improvement/<int:pk>/edit/", tickets.edit, name="ticket-edit"),
    path("improvement/<int:pk>/move/", tickets.move, name="ticket-move"),
    path("improvement/<int:pk>/cycles/new/", cycles.new, name="cycle-new"),
    path("improvement/units/<int:unit_id>/wall/", walls.successes_view, name="wall-successes-view"),
    path("wall/successes/<int:unit_id>/", walls.device_successes, name="wall-successes"),
    path("improvement/units/<int:unit_id>/tests/", cycles.running, name="tests-running"),
    path("improvement/cycles/<int:pk>/", cycles.cycle, name="cycle"),
    path("improvement/cycles/<int:pk>/plan/", cycles.plan, name="cycle-plan"),
    path("improvement/cycles/<int:pk>/found/", cycles.find, name="cycle-find"),
    path("improvement/cycles/<int:pk>/numbers/", cycles.count, name="cycle-count"),
    path("improvement/cycles/<int:pk>/equity/", equity_checks.of_cycle, name="cycle-equity"),
    path("improvement/<int:pk>/equity/", equity_checks.of_ticket, name="ticket-equity"),
    path("improvement/cycles/<int:pk>/drop/", cycles.drop, name="cycle-drop"),
    path("improvement/<int:pk>/origins/<int:origin_pk>/drop/", tickets.unlink, name="ticket-unlink"),
]
