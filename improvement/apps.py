"""The room of improvement: goals with two halves, and what proves that they are followed."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from improvement.verbs import FACTS, VERBS


class ImprovementConfig(AppConfig):
    """Goals, charters, voices, guidelines that use race, evidence."""

    name = "improvement"
    verbose_name = _("Improvement")
    default_auto_field = "django.db.models.AutoField"
    #: Words of the audit trail (`org.queries.events`).
    verbs = VERBS
    facts = FACTS
