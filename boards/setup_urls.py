"""Addresses of board set-up; part of the addresses of boards."""

from django.urls import path

from boards.views.setup import groups, letters, measures, placements, reasons, targets, terms, workforce

_MEASURE = "set-up/<slug:slug>/measures/<int:pk>/"
_BOARD = "set-up/<slug:slug>/boards/<int:unit_id>/"
_GROUPS = "set-up/<slug:slug>/groups/<int:pk>/"

urlpatterns = [
    path("boards/set-up/", placements.start, name="setup"),
    path("set-up/<slug:slug>/letters/", letters.letters, name="setup-letters"),
    path("set-up/<slug:slug>/letters/<int:pk>/", letters.letter, name="setup-letter"),
    path("set-up/<slug:slug>/letters/<int:pk>/move/", letters.move_letter, name="setup-letter-move"),
    path("set-up/<slug:slug>/letters/<int:pk>/remove/", letters.remove_letter, name="setup-letter-remove"),
    path("set-up/<slug:slug>/reasons/", reasons.reasons, name="setup-reasons"),
    path("set-up/<slug:slug>/reasons/<int:pk>/", reasons.reason, name="setup-reason"),
    path("set-up/<slug:slug>/reasons/<int:pk>/move/", reasons.move_reason, name="setup-reason-move"),
    path("set-up/<slug:slug>/reasons/<int:pk>/use/", reasons.use_reason, name="setup-reason-use"),
    path("set-up/<slug:slug>/words/", terms.terms, name="setup-terms"),
    path("set-up/<slug:slug>/readers-for-staff/", workforce.workforce, name="setup-workforce"),
    path("set-up/<slug:slug>/measures/", measures.measures, name="setup-measures"),
    path("set-up/<slug:slug>/measures/add/", measures.add_measure, name="setup-measure-add"),
    path("set-up/<slug:slug>/measures/catalog/", measures.catalogue, name="setup-catalogue"),
    path(_MEASURE, measures.measure, name="setup-measure"),
    path(_MEASURE + "use/", measures.use_measure, name="setup-measure-use"),
    path(_MEASURE + "again/", measures.take_again, name="setup-measure-again"),
    path(_MEASURE + "targets/", targets.targets, name="setup-targets"),
    path(_MEASURE + "targets/<int:target_pk>/end/", targets.end_target, name="setup-target-end"),
    path(_MEASURE + "targets/<int:target_pk>/remove/", targets.remove_target, name="setup-target-remove"),
    path("set-up/<slug:slug>/boards/", placements.boards, name="setup-boards"),
    path(_BOARD, placements.board, name="setup-board"),
    path(_BOARD + "add/", placements.place, name="setup-board-add"),
    path(_BOARD + "copy/", placements.copy_board, name="setup-board-copy"),
    path(_BOARD + "<int:pk>/", placements.change_placement, name="setup-placement"),
    path(_BOARD + "<int:pk>/move/", placements.move_placement, name="setup-placement-move"),
    path(_BOARD + "<int:pk>/remove/", placements.take_off, name="setup-placement-remove"),
    path("set-up/<slug:slug>/groups/", groups.dimensions, name="setup-groups"),
    path("set-up/<slug:slug>/groups/load/", groups.load_groups, name="setup-groups-load"),
    path("set-up/<slug:slug>/groups/categories/<int:pk>/", groups.category, name="setup-category"),
    path("set-up/<slug:slug>/groups/categories/<int:pk>/remove/", groups.remove_category, name="setup-category-remove"),
    path(_GROUPS, groups.dimension, name="setup-dimension"),
    path(_GROUPS + "use/", groups.use_grouping, name="setup-grouping-use"),
    path(_GROUPS + "add/", groups.add_category, name="setup-category-add"),
    path(_GROUPS + "groupings/add/", groups.add_grouping, name="setup-grouping-add"),
    path(_GROUPS + "groupings/<int:grouping_pk>/", groups.grouping, name="setup-grouping"),
    path(_GROUPS + "groupings/<int:grouping_pk>/remove/", groups.remove_grouping, name="setup-grouping-remove"),
]
