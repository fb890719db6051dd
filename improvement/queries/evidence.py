"""What stands as proof now for each of the six elements, what is missing, and where to mend it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from boards.queries import terms, words
from improvement.pages import Evidence, Figure, Grid, Section, section
from improvement.queries.accountability import leaders_of, reports_of
from improvement.queries.evidence_data import data_section
from improvement.queries.evidence_groups import told_of
from improvement.queries.evidence_needs import IN_NEED, SCREENED, Needs, chart_of, needs_of
from improvement.queries.plans import Plan, plans_of
from improvement.rules import evidence as rules
from improvement.rules.accountability import missing_audiences
from improvement.rules.evidence import Element, Fact, Lack
from org.models import Organisation, Unit
from org.rules import Permission

#: So many names are listed in a sentence.
NAMED: Final = 6


def top_of(organisation: Organisation) -> Unit | None:
    """The unit at the top of the tree, which is the whole organisation. One statement."""
    return organisation.units.filter(parent__isnull=True).first()


def evidence_of(
    organisation: Organisation, now: datetime, first: date | None = None, last: date | None = None
) -> Evidence:
    """Everything, by default of the last twelve months. A constant number of statements.

    All figures of groups come through `boards.queries.published`; figures of all patients together are the unit's own.
    """
    today = now.astimezone(organisation.zone).date()
    last = min(last or today, today)
    first = first or today - timedelta(days=rules.REACH_DAYS)
    said, top = terms.remembered(organisation), top_of(organisation)
    told = told_of(organisation, top, first, last) if top else ()
    needs = needs_of(organisation, top, first, last) if top else ()
    plans = [plan for plan in plans_of(organisation, now) if plan.open or first <= plan.began <= last]
    sections = [
        _leader(organisation, said, last),
        _needs(organisation, needs, said),
        data_section(organisation, told, said),
        _plan(plans, said),
        _action(plans, said),
        _report(organisation, said, today),
    ]
    return Evidence(organisation.name, organisation.is_synthetic, now, first, last, sections, said)


def _leader(organisation: Organisation, said: terms.Words, last: date) -> Section:
    every = [one for one in leaders_of(organisation) if one.since <= last]
    present = [one for one in every if one.until is None]
    page, word = reverse("improvement:leaders", args=[organisation.slug]), said.say("Leader")
    facts = [
        Fact(
            " · ".join(text for text in (one.name, one.title) if text),
            _("Page “%(page)s”") % {"page": word},
            _("since %(day)s") % {"day": one.since.isoformat()},
        )
        for one in present
    ]
    lacks = (
        []
        if present
        else [Lack(_("Nobody is named who leads this work."), _("Name somebody"), page, Permission.EQUITY_EDIT)]
    )
    grid = Grid(
        "leaders",
        _("Who leads and led"),
        (_("Name"), _("Title"), _("Since"), _("Until")),
        [(one.name, one.title, one.since, one.until) for one in every],
    )
    return section(Element.LEADER, facts, lacks, grids=[grid] if every else [])


def _needs(organisation: Organisation, needs: Sequence[Needs], said: terms.Words) -> Section:
    facts, lacks, grids, figures = [], [], [], []
    for one in needs:
        whole = one.whole
        if one.measure is None:
            text = {
                SCREENED: _("No measure says how many patients were asked about %(needs)s."),
                IN_NEED: _("No measure says how many patients have a need."),
            }[one.code] % {"needs": said.say("social_needs")}
            where = reverse("boards:setup-catalogue", args=[organisation.slug])
            lacks.append(
                Lack(text, _("Take %(code)s from the catalog") % {"code": one.code}, where, Permission.MEASURE_EDIT)
            )
        elif whole is None or whole.share is None:
            text = _("“%(measure)s” has no numbers of these days.") % {"measure": one.measure.name}
            lacks.append(Lack(text, _("Import numbers"), reverse("boards:feeds"), Permission.READING_IMPORT))
        else:
            facts.append(_needs_fact(one))
            figures += _needs_figures(one)
            months = [(m.first.strftime("%Y-%m"), m.numerator, m.denominator, _percent(m.share)) for m in one.months]
            grids.append(
                Grid(
                    f"social-needs-{one.code}",
                    one.measure.name,
                    (_("Month"), _("Patients counted"), _("Out of"), "%"),
                    months,
                    frozenset({1, 2, 3}),
                )
            )
    note = _(
        "What patients hear about help in the community is not kept in this house. Add your list of services by hand."
    )
    return section(Element.NEEDS, facts, lacks, grids=grids, figures=figures, note=note)


def _percent(share: float | None) -> str:
    return words.number(share, 1)


def _needs_fact(needs: Needs) -> Fact:
    whole = needs.whole
    assert whole is not None and needs.measure is not None  # noqa: PT018 - asked before
    text = _("%(measure)s: %(counts)s (%(share)s %%)") % {
        "measure": needs.measure.name,
        "counts": words.counts(whole.numerator, whole.denominator),
        "share": _percent(whole.share),
    }
    months = ngettext("%(n)s month, to %(day)s", "%(n)s months, to %(day)s", len(needs.months))
    return Fact(text, _("Snapshots of all units together"), months % {"n": len(needs.months), "day": whole.last})


def _needs_figures(needs: Needs) -> list[Figure]:
    drawn = chart_of(needs)
    if drawn is None or needs.measure is None:
        return []
    said = _("%(measure)s by month: from %(first)s %% in %(from)s to %(last)s %% in %(to)s.") % {
        "measure": needs.measure.name,
        "first": _percent(needs.months[0].share),
        "from": needs.months[0].first.strftime("%Y-%m"),
        "last": _percent(needs.months[-1].share),
        "to": needs.months[-1].first.strftime("%Y-%m"),
    }
    return [Figure(f"needs-{needs.code}", needs.measure.name, drawn, said)]


def _plan(plans: Sequence[Plan], said: terms.Words) -> Section:
    word = {
        "goals": said.say("goals"),
        "goal": said.say("goal"),
        "gap": said.say("gap"),
        "signals": said.say("signals"),
    }
    written = [plan for plan in plans if (plan.narrows or plan.raises) and not plan.declined]
    facts = [
        Fact(f"{plan.code} · {plan.title}", f"{plan.source}, {plan.unit}", plan.began.isoformat())
        for plan in written[:NAMED]
    ]
    lacks = []
    if not plans:
        text = _("There is no %(goal)s and no issue that names a group: nobody has written what will be done.") % word
        lacks.append(Lack(text, _("Issues"), reverse("huddles:issues"), Permission.ISSUE_RAISE))
    elif not written:
        text = _("Issues stand, but none says yet what will be done about the %(gap)s.") % word
        first = next((plan for plan in plans if not plan.declined), plans[0])
        lacks.append(Lack(text, first.code, first.url, Permission.BOARD_VIEW))
    unheard = [plan for plan in written if not plan.voices]
    note = ""
    if written and len(unheard) == len(written):
        note = _("No plan has a %(voice)s on record.") % {"voice": said.say("voice")}
    columns = (
        _("Number"), _("Plan"), _("Unit"), _("Measure"), said.say("Groups"), _("Raise"), _("Narrow, or what is done"),
        _("Since"), _("Until"), _("Answers for it"), _("Status"), said.say("Voices"),
    )  # fmt: skip
    rows = [
        (
            plan.code, plan.title, plan.unit, plan.measure, plan.groups, plan.raises, plan.narrows, plan.began,
            plan.until, plan.sponsor, plan.status, len(plan.voices),
        )
        for plan in plans
    ]  # fmt: skip
    caption = _("Plans: %(goals)s, and issues from %(signals)s or about groups") % word
    grids = [Grid("plans", caption, columns, rows, frozenset({11}))] if plans else []
    heard = [(plan.code, voice.day, voice.whose, voice.text) for plan in plans for voice in plan.voices]
    if heard:
        grids.append(Grid("voices", said.say("Voices"), (_("Plan"), _("Day"), _("Whose"), _("What was said")), heard))
    return section(Element.PLAN, facts, lacks, grids=grids, note=note)


def _action(plans: Sequence[Plan], said: terms.Words) -> Section:
    missed = [plan for plan in plans if plan.missed]
    off = [plan for plan in plans if plan.missed or plan.widens]
    looked = [plan for plan in plans if plan.reviews]
    facts, lacks = [], []
    if looked and not missed:
        text = ngettext(
            "%(n)s plan was looked at; none missed its goal.",
            "%(n)s plans were looked at; none missed its goal.",
            len(looked),
        )
        newest = max(one.day for plan in looked for one in plan.reviews)
        facts.append(Fact(text % {"n": len(looked)}, _("Reviews of plans"), newest.isoformat()))
    for plan in off:
        done = plan.done_since
        said_of = {"plan": plan.code, "why": plan.broken, "action": done.action if done else ""}
        if done is not None:
            facts.append(Fact(_then(plan) % said_of, plan.source, done.day.isoformat()))
        else:
            lacks.append(Lack(_nothing_since(plan) % said_of, plan.code, plan.url, Permission.BOARD_VIEW))
    lacks = lacks[:NAMED]
    if not looked:
        text = _("No %(goal)s and no plan has been looked at yet, so nobody knows whether it is missed.")
        found = text % {"goal": said.say("goal")}
        lacks.append(Lack(found, _("Issues"), reverse("huddles:issues"), Permission.ISSUE_RAISE))
    rows = [
        (plan.code, plan.title, one.day, one.said, _("yes") if one.off else _("no"), one.action)
        for plan in plans
        for one in plan.reviews
    ]
    columns = (
        _("Number"), _("Plan"), _("Day"), _("What was seen"), _("Not where it should be"), _("What is done since"),
    )  # fmt: skip
    grids = [Grid("reviews", _("Looks at plans"), columns, rows)] if rows else []
    return section(Element.ACTION, facts, lacks, grids=grids)


def _then(plan: Plan) -> str:
    if plan.broken:
        return _("%(plan)s: %(why)s; then: %(action)s")
    if plan.missed:
        return _("%(plan)s missed its goal; then: %(action)s")
    return _("%(plan)s runs; it was raised but its gap widened; then: %(action)s")


def _nothing_since(plan: Plan) -> str:
    if plan.broken:
        return _("%(plan)s: %(why)s, and nothing says what is tried instead.")
    if plan.missed:
        return _("%(plan)s missed its goal and nothing says what is tried instead.")
    return _("%(plan)s runs; it was raised but its gap widened, and no review since then says what is done.")


def _report(organisation: Organisation, said: terms.Words, today: date) -> Section:
    years = reports_of(organisation, today)
    page, word = reverse("improvement:yearly", args=[organisation.slug]), said.say("Yearly_report")
    since = today - timedelta(days=rules.REACH_DAYS)
    facts = [
        Fact(
            _("%(year)s: told to %(audience)s – %(how)s")
            % {"year": year.year, "audience": one.audience_text.lower(), "how": one.how},
            word,
            one.day.isoformat(),
        )
        for year in years
        for one in year.told
        if one.day >= since
    ]
    told = [(one.day, one.audience) for year in years for one in year.told]
    lacks = [
        Lack(
            _("%(audience)s have not heard a report within the last twelve months.") % {"audience": audience.label},
            _("Write down that it was told"),
            page,
            Permission.EQUITY_EDIT,
        )
        for audience in missing_audiences(told, today)
    ]
    columns = (_("About the year"), _("Told on"), _("To whom"), _("How"), _("Written down by"))
    rows = [(year.year, one.day, one.audience_text, one.how, one.by) for year in years for one in year.told]
    grids = [Grid("yearly-reports", word, columns, rows)] if rows else []
    return section(Element.REPORT, facts, lacks, grids=grids)
