"""Addresses of people, units and displays."""

from django.urls import include, path

from org.views import calendars, devices, me, organisations, people, sessions, trees, units

app_name = "org"

set_up = [
    path("", organisations.organisation, name="organisation"),
    path("tiers/", organisations.tiers, name="tiers"),
    path("units/", units.tree, name="tree"),
    path("units/new/", units.new_unit, name="unit-new"),
    path("units/file/", trees.upload, name="tree-file"),
    path("units/file/apply/", trees.apply, name="tree-apply"),
    path("units/units.csv", trees.download, name="tree-download"),
    path("units/<int:pk>/", units.unit, name="unit"),
    path("units/<int:pk>/move/", units.move, name="unit-move"),
    path("units/<int:pk>/second-line/", units.second_line, name="unit-second-line"),
    path("units/<int:pk>/close/", units.close, name="unit-close"),
    path("calendars/", calendars.calendar_list, name="calendars"),
    path("calendars/new/", calendars.new_calendar, name="calendar-new"),
    path("calendars/<int:pk>/", calendars.calendar, name="calendar"),
    path("calendars/<int:pk>/delete/", calendars.delete, name="calendar-delete"),
    path("people/", people.person_list, name="people"),
    path("people/invite/", people.invite, name="person-invite"),
    path("people/<int:pk>/", people.person, name="person"),
    path("people/<int:pk>/role/", people.give_role, name="person-role"),
    path("people/<int:pk>/stand-in/", people.stand_in, name="person-stand-in"),
    path("people/<int:pk>/roles/<int:membership>/end/", people.end_role, name="person-role-end"),
    path("people/<int:pk>/switch/", people.switch, name="person-switch"),
    path("people/<int:pk>/invite-again/", people.invite_again, name="person-invite-again"),
    path("trail/", organisations.trail, name="trail"),
    path("messages/", organisations.outbox_page, name="outbox"),
    path("messages/<int:pk>/retry/", organisations.retry_message, name="message-retry"),
]

urlpatterns = [
    path("login/", sessions.sign_in, name="login"),
    path("logout/", sessions.sign_out, name="logout"),
    path("password/", sessions.ask_for_link, name="password-link"),
    path("password/sent/", sessions.link_sent, name="link-sent"),
    path("welcome/<str:token>/", sessions.welcome, name="welcome"),
    path("language/", sessions.language, name="language"),
    path("me/", me.me, name="me"),
    path("me/password/", me.password, name="me-password"),
    path("me/theme/", me.theme, name="me-theme"),
    path("units/", units.find, name="units"),
    path("displays/", devices.display_list, name="displays"),
    path("displays/pair/", devices.pair, name="display-pair"),
    path("displays/<int:pk>/", devices.display, name="display"),
    path("displays/<int:pk>/revoke/", devices.revoke, name="display-revoke"),
    path("wall/pair/", devices.pairing_screen, name="wall-pair"),
    path("set-up/", organisations.set_up, name="set-up"),
    path("set-up/<slug:slug>/", include(set_up)),
]
