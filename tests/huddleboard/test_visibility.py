"""Views and queries never read rows past access: the syntax tree says so.

In a view `Model.objects` is followed by a method that asks who reads (`visible_to`, `with_permission`, `governed_by`).
Queries are given what was found that way, or are of the house itself; those that begin at a model stand below with why.
"""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ASKS = {"visible_to", "with_permission", "governed_by"}

#: Functions that read past access, each with its reason. A name that reads so no longer fails too.
ALLOWED = {
    # Signs somebody in or shows the frame: about the person who asks, nobody else.
    "org/queries/sessions.py": {"session_limits"},
    "org/queries/house.py": {"home_units"},
    # A display is known by its token; it sees the boards that somebody with the right gave it.
    "org/queries/devices.py": {"device_of", "boards_of", "with_boards"},
    # The tree and calendars of a whole organisation or of a unit that was found before: dates and ids.
    "org/queries/lines.py": {"lines_around", "lines_on", "tree_changes_after", "ever_below"},
    "org/queries/calendars.py": {"open_days", "zone_of", "calendar_of", "next_huddle_of"},
    # Called with an organisation or unit on which the view has asked for the right.
    "org/queries/events.py": {"verbs_of", "event_rows"},
    "org/queries/trees.py": {"house_of"},
    "org/queries/units.py": {"lines_of"},
    "org/queries/people.py": {"roles_beyond"},
    # Narrowed to the organisation of a unit that was found for the person, or to organisations that they govern.
    "boards/views/board.py": {"_explained", "reason"},
    "boards/views/measure.py": {"groups_csv", "notes"},
    "boards/views/feed_sources.py": {"_source_of"},
    "boards/views/feeds.py": {"batch_of", "map_group"},
    "boards/views/overview.py": {"overview"},
    # The boards of a display: found by `boards_of` before.
    "boards/views/wall.py": {"device_tiles", "device_wall"},
    # Called with a unit, a measure or an organisation that the view has found for the person.
    "boards/queries/board.py": {"countermeasure_of", "with_versions"},
    "boards/queries/tiles.py": {"placements", "reds_explained", "stored_tiles"},
    # The view asks `access.sees` about the unit that comes back, and so about each of those near it.
    "boards/queries/units.py": {"below_on", "board_unit", "line_to", "near", "near_on"},
    # For the command that lets go of old months, and for the pages by which a machine asks whether the house is well.
    "boards/queries/retention.py": {"months_before", "organisations_with_facts"},
    "huddleboard/health.py": {"_database"},
    "boards/queries/entry.py": {"sends_numbers", "stored_totals"},
    "boards/queries/feeds.py": {
        "_missing",
        "_sources",
        "example_rows",
        "feeds_page",
        "unmapped_categories",
        "waiting_words",
    },
    "boards/queries/measure.py": {"_contributors", "_with_asked", "notes_of", "placement_of"},
    "boards/queries/overview.py": {"_counted", "overview_page"},
    "boards/queries/past.py": {"_tally", "newest_numbers"},
    # Called with a unit for which the view has asked; the overview counts boards that it has found for the person.
    "boards/queries/reds.py": {"reds_below"},
    # Called with units that the view has found for the person; what stands there is guarded already.
    "boards/queries/crossing.py": {"_newest"},
    "boards/queries/published_states.py": {"names_not_known", "states", "told_around"},
    "boards/queries/completeness_course.py": {"courses"},
    # Called with a unit that the view has found for the person; its units below ask who reads, but for their number.
    "boards/queries/completeness.py": {
        "_limits",
        "completeness_page",
        "dimensions_of_patients",
        "limits_of",
        "source_words",
    },
    "boards/queries/community.py": {"community_page", "community_tables"},
    # For a page that asks for the right to exact cells, and whose opening is on record.
    "boards/queries/exact.py": {"_withheld", "exact_table"},
    # Of an organisation whose files the person may import: words and numbers of files.
    "boards/queries/waiting_words.py": {"count_waiting", "word_tasks"},
    "boards/queries/funnel.py": {"_groups", "_told", "_totals", "funnel_page"},
    "boards/queries/second_lines.py": {"held_of"},
    "boards/queries/setup.py": {"copy_sources", "dimensions", "measures", "placements"},
    # Narrowed to the organisation on whose set-up the view has asked for the right, or to a unit found for the person.
    "huddles/queries/alerts.py": {"alert_page", "leads_of", "unread_at"},
    "huddles/queries/setup.py": {"agendas_of", "choices_of", "confidants_of", "units_without_own"},
    "huddles/views/setup/agendas.py": {"_found"},
    "huddles/views/setup/habits.py": {"habits"},
    "huddles/views/setup/trust.py": {"_found"},
    # Called with an issue, or with the numbers of issues, that were found for the person; a secret stands for one.
    "huddles/queries/attachments.py": {"attachment_of", "attachment_rows"},
    # Of an organisation that the view has found: names of people of trust; what is kept back asks who reads.
    "huddles/queries/confidence.py": {"kept_back", "people_of_trust"},
    "huddles/queries/capture.py": {"code_at", "code_of", "followed", "issue_of"},
    "huddles/queries/issues.py": {"joined_counts"},
    "huddles/queries/issues_allowed.py": {"is_trusted"},
    "huddles/queries/issues_card.py": {"_comments", "_signal_url", "found_issue", "issue_card"},
    "huddles/queries/handled.py": {"handled_in"},
    "huddles/queries/spoken.py": {"_looks"},
    # The clock's own reads; pages are given a signal or units that were found for the person.
    "huddles/queries/signals.py": {
        "_blocks",
        "asking_above",
        "dismissed_where",
        "group_keys",
        "may_raise",
        "newest_block",
        "officers",
        "role_of",
        "to_follow",
        "to_raise",
        "to_tell",
    },
    "huddles/queries/signal_rows.py": {"_asked_below", "_open_below", "gaps_below", "rows_of", "tier_names"},
    "huddles/queries/signal_figures.py": {"told_above"},
    "huddles/queries/signals_page.py": {"_issues", "_roles", "signal_page"},
    "huddles/views/setup/signals.py": {"_shown", "limit_end"},
    # Names of groups of patients, of the organisation of a unit or issue that was found.
    "huddles/queries/strata.py": {"_known", "groups_of"},
    # Whom an issue that was found can be given to or told, and the units of its organisation: names.
    "huddles/queries/issues_people.py": {"_at_or_above", "possible_owners", "readers", "ways_from"},
    # About the person who asks.
    "huddles/queries/mine.py": {"_to_confirm", "house_of", "mine"},
    "huddles/views/capture.py": {"_capture_form"},
    "huddles/views/issue_forms.py": {"_fill_edit", "choices"},
    # The terms of a unit, for whoever has found an issue there: dates and ids.
    "huddles/queries/terms.py": {"terms_of"},
    # Agendas, huddles and their marks, for whoever has found the huddle or its unit; units below come from the caller.
    "huddles/queries/agendas.py": {"agenda_of", "agenda_version_for"},
    "huddles/queries/below.py": {"huddles_on"},
    "huddles/queries/huddle.py": {"_rows", "not_held_reasons"},
    "huddles/queries/prepare.py": {"next_huddle", "seats_of"},
    "huddles/queries/walls.py": {"wall_answers", "wall_huddle"},
    "huddles/views/huddle.py": {"not_held"},
    # For the clock, which plans the huddles of a house and mails the way to their pages.
    "huddles/queries/before.py": {"due_digests"},
    "huddles/queries/schedule.py": {"_calendars", "slots_of"},
    # Called with a unit that the view has found for the person.
    "huddles/queries/beside.py": {"_alerts", "_meetings"},
    "huddles/queries/stoplight.py": {"_parked"},
    # Counts of huddles and issues below a unit for which the view has asked; confidential issues are left out in each.
    "huddles/queries/cascade.py": {"cascade"},
    "huddles/queries/health.py": {"tier_health"},
    "huddles/queries/health_facts.py": {"facts"},
    "huddles/queries/house.py": {"house", "promises"},
    "huddles/queries/silence.py": {"silence"},
    # The queue asks who reads; a card is one of it, and what is similar is narrowed to the reader's own units.
    "huddles/queries/desk.py": {"card", "people_for", "places_below", "queue"},
    # Units and people that the form of the card had to choose from.
    "huddles/views/desk.py": {"_word"},
    "boards/queries/strata.py": {"dated", "dimensions_of", "strata_table"},
    # Called with units that the view has found for the person; what stands there is guarded already.
    "boards/queries/newest.py": {"newest"},
    "boards/queries/published.py": {"blocks"},
    "boards/queries/comparison.py": {"against_of"},
    "boards/queries/equity.py": {"equity_page"},
    # Called with goals, a unit or a house that the view has found for the person: dates, names of groups, people.
    "improvement/queries/goals.py": {"_days_told"},
    # For the clock that looks at the gaps of a whole organisation.
    "improvement/queries/goal_limits.py": {"limits_of"},
    "improvement/queries/goal_pages.py": {"balance_of", "next_reviews"},
    "improvement/queries/goal_check.py": {
        "balancing_of",
        "has_numbers",
        "measures_of",
        "splits_for",
        "splits_of",
    },
    # The words of an organisation that the frame has found; who may read groups of staff, for whoever gives roles, and
    # what the audit trail keeps back from everybody else.
    "boards/queries/terms.py": {"words_of"},
    "boards/queries/workforce.py": {"kept_back", "readers_for_staff"},
    # People and plans of an organisation on which the view has asked for the right to all of it; no confidential issue.
    "improvement/queries/tickets.py": {"kanban"},
    "improvement/queries/cycles.py": {"ramp_of"},
    # Called with a ticket or its page that the view has found for the person: what stands on it, and who writes there.
    "improvement/queries/effects.py": {"changed_on", "effects_on"},
    "boards/queries/around.py": {"groups_around"},
    "improvement/queries/successes.py": {"wall_successes"},
    "improvement/queries/paper_tables.py": {"bones_of", "countermeasures_of", "steps_of"},
    "improvement/queries/drivers.py": {"diagram_of", "newest_number"},
    "improvement/queries/search.py": {"_told"},
    # Of a unit or a ticket that the view has found; names of units like it, and tickets only where they are seen.
    "improvement/queries/spread.py": {"map_of", "offered_to", "taken_from", "units_like"},
    "improvement/views/spread.py": {"_asked"},
    # The view asks `access.sees` about the unit of the paper that comes back.
    "improvement/queries/papers.py": {"here_now", "in_short", "versions"},
    "improvement/views/paper_rows.py": {"_new_form", "_row_of"},
    "improvement/views/papers.py": {"_sheet", "effect", "settle"},
    "improvement/queries/people.py": {"holders_at", "people_who_answer"},
    "improvement/queries/plans.py": {"_goals", "names_of", "plans_of"},
    # Of an organisation on whose set-up the view has asked for the right.
    "rounding/queries/question_sets.py": {"sets_of", "units_to_choose"},
    # Called with cards or a unit at which the view has asked for the right to read what rounds noted.
    "rounding/queries/k_cards.py": {
        "_harm",
        "boards_of",
        "cards_at",
        "due_for",
        "elements_with_counts",
        "leads",
        "measures_at",
        "said_on",
        "states_of",
    },
    # Counts of rounds at and below a unit for which the view has asked; what is between two or confidential is not.
    "rounding/queries/health.py": {"rounds_of_health"},
    # Words that the house uses as themes, of rounds that units read, each used on several: no words of notes.
    "rounding/queries/themes.py": {"suggested"},
    # What a device carries: of units where the person leads rounds, of sets found for them, of their own rounds.
    "rounding/queries/package.py": {
        "_leaders",
        "_open_rounds",
        "_people",
        "_questions",
        "_sets",
        "_versions",
        "houses_without_sets",
    },
    # About the person who asks; of a role at a unit that coaches are seated at only shares, from five people up.
    "rounding/queries/standard_work.py": {
        "_hung",
        "_days",
        "_known",
        "_seats",
        "_shares_at",
        "_zone",
        "coached_units",
        "houses_without_tasks",
    },
    # What a file is compared with: numbers of people of the house, so that none is given twice; zones of units found;
    # of units whose roster the person may bring how many people are known.
    "rounding/queries/roster.py": {"rosters_of", "staffed", "zones_of"},
    # The person's own seats; when anybody last talked with colleagues whom they may see: the day, not who and not what.
    "rounding/queries/due.py": {"_near", "_workers"},
    # Units where the person leads rounds, a route that was found for them; a secret stands for one person.
    "rounding/queries/routes.py": {"has_address", "people_who_lead", "person_of", "stops_of", "suggestions_for"},
}

FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for room in ("org", "boards", "huddles", "improvement", "rounding", "huddleboard")
    for pattern in ("views/**/*.py", "queries/**/*.py", "views.py", "queries.py", "home.py", "health.py", "context.py")
    for path in (ROOT / room).glob(pattern)
)


class Reads(ast.NodeVisitor):
    """The functions of a file with SQL of their own, or where no method after `X.objects` asks who reads."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.found: set[str] = set()
        self.asked: set[int] = set()

    def visit_FunctionDef(self, node):
        self.inside.append(node.name)
        self.generic_visit(node)
        self.inside.pop()

    def visit_Attribute(self, node):
        if node.attr in ASKS and isinstance(node.value, ast.Attribute) and node.value.attr == "objects":
            self.asked.add(id(node.value))
        if node.attr in {"objects", "_default_manager", "cursor"} and id(node) not in self.asked:
            self.found.add(self.inside[0] if self.inside else "")
        self.generic_visit(node)


def reads_past_access(source: str) -> set[str]:
    reads = Reads()
    reads.visit(ast.parse(source))
    return reads.found


@pytest.mark.parametrize("file", FILES)
def test_views_and_queries_ask_who_reads(file):
    assert reads_past_access((ROOT / file).read_text()) == ALLOWED.get(file, set())


def test_every_allowed_file_is_looked_at():
    assert sorted(set(ALLOWED) - set(FILES)) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def a(r): return Unit.objects.visible_to(r.user).filter(pk=1)", set()),
        ("def a(r): return Unit.objects.filter(pk=1)", {"a"}),
        ("def a(r): return Unit.objects.filter(x=1).visible_to(r.user)", {"a"}),
        ("def a(r):\n    def b(): return models.Unit.objects.all()\n    return b", {"a"}),
        ("rows = Unit.objects.all()", {""}),
    ],
)
def test_the_watch_sees_what_it_should(source, found):
    assert reads_past_access(source) == found
