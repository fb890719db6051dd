"""A change that held at one unit, offered to others like it: who took it up, and what each made of it."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from improvement.models.tickets import Ticket
from improvement.rules.spread import LINE, TEXT, Answer
from org.models import Unit

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from org.models import User


class OfferQuerySet(models.QuerySet["Offer"]):
    """Offers, in the ward's language."""

    def visible_to(self, user: "User | AnonymousUser") -> "OfferQuerySet":
        """Offers of units, and to units, whose boards `user` may open."""
        units = Unit.objects.visible_to(user).values("pk")
        to = OfferedTo.objects.filter(unit__in=units).values("offer")
        return self.filter(Q(ticket__unit__in=units) | Q(pk__in=to))


class Offer(models.Model):
    """What a ticket has changed, said so that others can do it. It shows no words of the ticket but its title."""

    ticket = models.OneToOneField(Ticket, models.CASCADE, related_name="offer")
    change = models.CharField(_("what to do"), max_length=TEXT)
    needs = models.CharField(_("what it takes"), max_length=TEXT, blank=True, default="")
    offered_at = models.DateTimeField()
    offered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer of a change")
        verbose_name_plural = _("offers of changes")
        ordering = ("-offered_at",)
        constraints = (models.CheckConstraint(condition=~Q(change=""), name="offer_says_what_to_do"),)

    def __str__(self) -> str:
        return f"Offer {self.pk}"


class OfferedTo(models.Model):
    """A unit to which a change is offered, and its answer; `own` is the ticket with which it takes it up."""

    offer = models.ForeignKey(Offer, models.CASCADE, related_name="units")
    unit = models.ForeignKey(Unit, models.CASCADE, related_name="offers")
    answer = models.CharField(max_length=8, choices=Answer.choices, default=Answer.OPEN)
    reason = models.CharField(_("why not"), max_length=LINE, blank=True, default="")
    own = models.OneToOneField(Ticket, models.SET_NULL, null=True, blank=True, related_name="taken_from")
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("unit to which a change is offered")
        verbose_name_plural = _("units to which changes are offered")
        ordering = ("offer", "unit__path")
        constraints = (
            models.UniqueConstraint(fields=("offer", "unit"), name="offered_once_to_a_unit"),
            models.CheckConstraint(condition=Q(answer__in=Answer.values), name="offer_answer_known"),
            models.CheckConstraint(
                condition=(Q(answer=Answer.OPEN, answered_at__isnull=True) & Q(own__isnull=True))
                | (Q(answer=Answer.TAKEN) & Q(answered_at__isnull=False))
                | (Q(answer=Answer.DECLINED, answered_at__isnull=False, own__isnull=True) & ~Q(reason="")),
                name="offer_declined_says_why",
            ),
        )
        indexes = (models.Index(fields=("unit",), condition=Q(answer=Answer.OPEN), name="offer_open"),)

    def __str__(self) -> str:
        return f"{self.offer_id} {self.unit_id}"
