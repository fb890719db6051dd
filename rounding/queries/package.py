"""What a device carries into a basement: units, questions, people, promises and one's own open rounds. No more."""

from base64 import urlsafe_b64encode
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import override

from org.models import Membership, Organisation, Unit, User
from org.rules import Permission, ancestor_ids, roles_with
from rounding.models import Observation, Promise, Question, QuestionSet, QuestionSetVersion, Round
from rounding.queries.due import due_for_device
from rounding.queries.routes import routes_for_device
from rounding.rules import rounds as rules
from rounding.rules.questions import SetKind
from rounding.rules.rounds import PromiseState

#: Whose name the passes bear.
PASSES: Final = "rounding.passes"
#: More people than these are not put on a phone: whoever leads that many types a name.
MOST_PEOPLE: Final = 400
MOST_PROMISES: Final = 300
ENDED_PROMISES: Final = timedelta(days=14)
OPEN_ROUNDS: Final = timedelta(days=3)


def may_lead_by_pass(user: User, unit: Unit, given: str, now: datetime) -> bool:
    """Whether `given` is a pass for `unit` that a device of `user` was handed lately, while they led rounds there: so a
    unit may move, and a seat change hands, while somebody rounds without network.
    """
    day, _dot, _mark = given.partition(".")
    if not (day.isascii() and day.isdigit() and len(day) < 8):
        return False
    age = now.toordinal() - int(day)
    return 0 <= age <= rules.PASS_DAYS and constant_time_compare(given, pass_for(user, unit.pk, int(day)))


def pass_for(user: User, unit: int, day: int) -> str:
    """The pass of `user` for the unit with this id, handed out on the day with this ordinal: short, since a phone of a
    system carries thousands.
    """
    mark = salted_hmac(PASSES, f"{user.pk}:{unit}:{day}", algorithm="sha256").digest()[:9]
    return f"{day}.{urlsafe_b64encode(mark).decode()}"


def houses_without_sets(user: User) -> list[Organisation]:
    """Houses in which `user` leads rounds and that have no question set yet."""
    led = Unit.objects.with_permission(user, Permission.ROUND_LEAD).values("organisation")
    return list(Organisation.objects.filter(pk__in=led, question_sets__isnull=True))


def package_of(user: User, now: datetime) -> dict[str, Any]:
    """Everything that `user` needs to round without network, as JSON: `person`, `units`, `sets`, `people`, `leaders`,
    `promises`, `rounds`, `due`, `routes`. A constant number of statements.
    """
    units = list(
        Unit.objects.with_permission(user, Permission.ROUND_LEAD)
        .open()
        .select_related("tier", "organisation")
        .order_by("path")
    )
    names = dict(Unit.objects.visible_to(user).values_list("pk", "name"))
    ids = [unit.pk for unit in units]
    return {
        "person": {"id": user.pk, "name": user.name},
        "made_at": now.isoformat(),
        "today": now.astimezone(units[0].organisation.zone).date().isoformat() if units else now.date().isoformat(),
        "units": [
            {
                "id": unit.pk,
                "name": unit.name,
                "of": " · ".join(names[above] for above in ancestor_ids(unit.path)[1:] if above in names),
                "tier": unit.tier.level,
                "house": unit.organisation_id,
                "pass": pass_for(user, unit.pk, now.toordinal()),
            }
            for unit in units
        ],
        "sets": _sets(user, units),
        "people": _people(ids),
        "leaders": _leaders(user, units),
        "promises": _promises(user, ids, now),
        "rounds": _open_rounds(user, now),
        "due": due_for_device(user, now),
        "routes": routes_for_device(user),
    }


def _sets(user: User, units: Sequence[Unit]) -> list[dict[str, Any]]:
    newest = QuestionSetVersion.objects.filter(question_set=OuterRef("pk")).order_by("-number").values("pk")[:1]
    sets = (
        QuestionSet.objects.visible_to(user).in_use().exclude(kind=SetKind.K_CARD).select_related("unit")
        .annotate(newest=newest)
    )  # fmt: skip
    found = [one for one in sets if one.newest]
    versions = _versions([one.newest for one in found])
    paths = {unit.pk: unit.path for unit in units}
    return [
        {
            **versions[one.newest],
            "kind": one.kind,
            "kind_name": str(SetKind(one.kind).label),
            "name": one.name,
            "units": None if one.unit is None else [pk for pk, path in paths.items() if path.startswith(one.unit.path)],
        }
        for one in found
    ]


def _versions(pks: Sequence[int]) -> Mapping[int, dict[str, Any]]:
    questions: dict[int, list[dict[str, Any]]] = defaultdict(list)
    found = list(QuestionSetVersion.objects.filter(pk__in=pks))
    for row in _questions(found):
        questions[row.version_id].append(
            {
                "id": row.pk,
                "place": row.position,
                "kind": row.kind,
                "text": row.text,
                "hint": row.hint,
                "choices": list(row.choices),
                "required": row.required,
                "equity": row.equity,
                # The question with which houses begin; in other words nobody knows what is asked.
                "promises": row.text == _("What we promised last time: did it arrive?"),
                "after": row.after,
                "after_value": row.after_value,
                "others": {
                    said.language: {"text": said.text, "hint": said.hint, "choices": list(said.choices)}
                    for said in row.wordings.all()
                },
            }
        )
    return {
        version.pk: {
            "version": version.pk,
            "minutes": version.minutes,
            "shared": version.shared,
            "language": version.language,
            "questions": questions[version.pk],
        }
        for version in found
    }


def _questions(versions: Sequence[QuestionSetVersion]) -> Iterator[Question]:
    """Questions in order, each in the language of its set: other languages stand beside. One statement a language,
    and one for what stands beside.
    """
    for language in sorted({version.language for version in versions}):
        of = [version.pk for version in versions if version.language == language]
        with override(language):
            yield from (
                Question.objects.filter(version__in=of).order_by("version", "position").prefetch_related("wordings")
            )


def _people(units: Sequence[int]) -> list[dict[str, Any]]:
    """Colleagues who hold a seat at one of the units, for thanks; none where they are too many for a phone."""
    here = Membership.objects.current().filter(unit__in=units)
    rows = list(
        User.objects.filter(Exists(here.filter(user=OuterRef("pk"))), is_active=True)
        .order_by("name", "pk")
        .values_list("pk", "name")[: MOST_PEOPLE + 1]
    )
    if len(rows) > MOST_PEOPLE:
        return []
    seats: dict[int, list[int]] = defaultdict(list)
    for person, unit in here.values_list("user", "unit").distinct():
        seats[person].append(unit)
    return [{"id": pk, "name": name, "units": seats[pk]} for pk, name in rows]


def _leaders(user: User, units: Sequence[Unit]) -> list[dict[str, Any]]:
    """Who may walk along: whoever else leads rounds in the houses of `units`; none where they are too many for a phone.
    One statement.
    """
    rows = (
        Membership.objects.current()
        .filter(unit__organisation__in={unit.organisation_id for unit in units}, user__is_active=True)
        .filter(role__in=roles_with(Permission.ROUND_LEAD))
        .exclude(user=user)
        .order_by("user__name", "user")
        .values_list("user", "user__name", "unit__organisation")
        .distinct()
    )
    found: dict[int, dict[str, Any]] = {}
    for pk, name, house in rows:
        found.setdefault(pk, {"id": pk, "name": name, "houses": []})["houses"].append(house)
    return list(found.values()) if len(found) <= MOST_PEOPLE else []


def _promises(user: User, units: Sequence[int], now: datetime) -> list[dict[str, Any]]:
    lately = Q(state=PromiseState.OPEN) | Q(ended_at__gte=now - ENDED_PROMISES)
    rows = (
        Promise.objects.visible_to(user)
        .filter(lately, Q(unit__in=units) | Q(by=user))
        .select_related("unit", "by")
        .order_by("due_on", "pk")[:MOST_PROMISES]
    )
    return [
        {
            "uid": str(row.uid),
            "unit": row.unit_id,
            "unit_name": row.unit.name,
            "text": row.text,
            "due_on": row.due_on.isoformat(),
            "by": row.by.name,
            "mine": row.by_id == user.pk,
            "state": row.state,
            "answer": row.answer,
            "revision": row.revision,
        }
        for row in rows
    ]


def _open_rounds(user: User, now: datetime) -> list[dict[str, Any]]:
    """One's own rounds that have not ended, with what was noted: a device that was emptied goes on with them."""
    rows = list(
        Round.objects.filter(leader=user, ended_at__isnull=True, began_at__gte=now - OPEN_ROUNDS)
        .select_related("unit", "partner", "colleague", "version__question_set")
        .order_by("began_at")
    )
    noted: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in Observation.objects.filter(round__in=rows).order_by("position"):
        noted[row.round_id].append(
            {
                "uid": str(row.uid),
                "question": row.question_id,
                "position": row.position,
                "value": row.value,
                "number": "" if row.number is None else format(row.number.normalize(), "f"),
                "text": row.text,
                "revision": row.revision,
                "issue": row.issue_id is not None,
            }
        )
    versions = _versions([row.version_id for row in rows])
    return [
        {
            "uid": str(row.uid),
            "unit": row.unit_id,
            "unit_name": row.unit.name,
            "name": row.version.question_set.name,
            "with": row.partner.name if row.partner is not None else "",
            "talk": row.colleague.name if row.colleague is not None else "",
            "colleague": row.colleague_id,
            "began_at": row.began_at.isoformat(),
            "set": versions[row.version_id],
            "noted": noted[row.pk],
        }
        for row in rows
    ]
