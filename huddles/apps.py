"""The room of huddles and issues."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from huddles.verbs import FACTS, VERBS


class HuddlesConfig(AppConfig):
    """Agendas, huddles, issues, answers, clocks."""

    name = "huddles"
    verbose_name = _("Huddles")
    default_auto_field = "django.db.models.AutoField"
    #: Words of the audit trail (`org.queries.events`).
    verbs = VERBS
    facts = FACTS
    #: Texts with which a hospital starts (`org.shipped`).
    shipped = "huddles.rules.shipped.shipped_texts"
    #: What the audit trail does not tell everybody who reads it (`org.queries.events`).
    kept_back = "huddles.queries.confidence.kept_back"
