"""Nodes of a driver diagram: what an aim hangs on, and the ideas that could move it. Free text is never logged."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from boards.models import Measure
from improvement.models.analyses import Row
from improvement.models.papers import Paper
from improvement.models.tickets import Ticket
from improvement.rules import papers as rules
from improvement.rules.papers import Course, Part, Place


class Driver(Row):
    """A primary driver, a secondary one `of` it, or an idea of change `of` either.

    `measure` shows whether it moves, `part` which kind of measure that is; `course` says how far an idea is, `ticket`
    who works on it.
    """

    paper = models.ForeignKey(Paper, models.CASCADE, related_name="drivers")
    uid = models.UUIDField(unique=True)
    of = models.ForeignKey("self", models.CASCADE, null=True, related_name="drives")
    place = models.CharField(max_length=9, choices=Place.choices)
    text = models.CharField(_("what it is"), max_length=rules.LINE)
    measure = models.ForeignKey(
        Measure, models.SET_NULL, null=True, blank=True, related_name="drivers", verbose_name=_("measure")
    )
    part = models.CharField(_("kind of measure"), max_length=9, choices=Part.choices, blank=True, default="")
    course = models.CharField(_("how far it is"), max_length=8, choices=Course.choices, blank=True, default="")
    ticket = models.ForeignKey(
        Ticket, models.SET_NULL, null=True, blank=True, related_name="drivers", verbose_name=_("ticket that tries it")
    )

    class Meta:
        verbose_name = _("driver")
        verbose_name_plural = _("drivers")
        ordering = ("paper", "position", "pk")
        constraints = (
            models.CheckConstraint(condition=~Q(text=""), name="driver_has_text"),
            models.CheckConstraint(
                condition=Q(place=Place.PRIMARY, of__isnull=True)
                | Q(place__in=[Place.SECONDARY, Place.IDEA], of__isnull=False),
                name="driver_hangs_on_something",
            ),
            models.CheckConstraint(condition=~Q(of=F("pk")), name="driver_of_another"),
            models.CheckConstraint(condition=Q(part="") | Q(part__in=Part.values), name="driver_part_known"),
            models.CheckConstraint(
                condition=Q(place=Place.IDEA, course__in=Course.values)
                | (~Q(place=Place.IDEA) & Q(course="", ticket__isnull=True)),
                name="driver_only_ideas_have_a_course",
            ),
        )

    def __str__(self) -> str:
        return f"{self.paper_id} {self.pk}"
