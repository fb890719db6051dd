"""The room of rounding: leaders who ask, promise, thank and come back."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from rounding.verbs import FACTS, VERBS


class RoundingConfig(AppConfig):
    """Question sets, rounds, thanks, promises."""

    name = "rounding"
    verbose_name = _("Rounds")
    default_auto_field = "django.db.models.AutoField"
    #: Words of the audit trail (`org.queries.events`).
    verbs = VERBS
    facts = FACTS
    #: Texts with which a hospital starts (`org.shipped`).
    shipped = "rounding.rules.shipped.shipped_texts"
    #: What rounds add to tier health (`huddles.queries.health_added`).
    tier_health = "rounding.queries.health.rounds_of_health"
