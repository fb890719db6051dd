"""Planning when a goal is looked at, and keeping what was seen and decided."""

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from huddles.actions.issues.history import checked_text
from improvement.models import Goal, Review
from improvement.models.goals import TEXT
from improvement.rules.goals import Status
from improvement.rules.reviews import check_day
from org import audit
from org.models import User
from org.rules import NotAllowed

_OPEN = frozenset({Status.DRAFT, Status.ACTIVE})


@transaction.atomic
def plan(*, goal: Goal, day: date, by: User, at: datetime) -> Review:
    """Plan a review of `goal`. The same day again changes nothing. Raises NotAllowed."""
    goal = Goal.objects.select_for_update().get(pk=goal.pk)
    _open(goal)
    today = at.astimezone(goal.organisation.zone).date()
    if day < today:
        raise NotAllowed(_("This day is over."), field="day")
    check_day(day, today, "day")
    review, made = Review.objects.get_or_create(goal=goal, day=day)
    if made:
        _record("review.planned", review, by, at)
    return review


@transaction.atomic
def drop(*, review: Review, by: User, at: datetime) -> None:
    """Take a planned review off; one that was held stays, and the last of a goal that runs. Raises NotAllowed."""
    goal = Goal.objects.select_for_update().get(pk=review.goal_id)
    review = Review.objects.select_for_update().get(pk=review.pk)
    _open(goal)
    if review.held_on is not None:
        raise NotAllowed(_("This review was held. It stays."))
    if goal.status == Status.ACTIVE and goal.reviews.count() == 1:
        raise NotAllowed(_("A goal that runs has at least one review. Plan another one first."))
    _record("review.taken_off", review, by, at)
    review.delete()


@transaction.atomic
def hold(*, review: Review, seen: str, decided: str, by: User, at: datetime) -> Review:
    """Keep what was seen and decided; said again it is mended. Raises NotAllowed."""
    review = Review.objects.select_for_update().select_related("goal__organisation").get(pk=review.pk)
    if review.goal.status == Status.DRAFT:
        raise NotAllowed(_("This goal has not begun."))
    today = at.astimezone(review.goal.organisation.zone).date()
    review.seen = checked_text(seen, TEXT, required=_("Say what was seen."), field="seen")
    review.decided = checked_text(decided, TEXT, required=_("Say what was decided."), field="decided")
    review.held_on = review.held_on or today
    review.recorded_by = by
    review.save(update_fields=["seen", "decided", "held_on", "recorded_by"])
    _record("review.held", review, by, at)
    return review


def _open(goal: Goal) -> None:
    if goal.status not in _OPEN:
        raise NotAllowed(_("This goal is over. Its words stay as they are."))


def _record(verb: str, review: Review, by: User, at: datetime) -> None:
    audit.record(
        verb,
        subject=review,
        by=by,
        at=at,
        organisation_id=review.goal.organisation_id,
        unit_id=review.goal.unit_id,
        facts={"goal": review.goal_id, "day": review.day.isoformat()},
    )
