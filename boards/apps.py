"""The room of measures and boards."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from boards.verbs import FACTS, VERBS


class BoardsConfig(AppConfig):
    """Measures, readings, feeds, snapshots, boards."""

    name = "boards"
    verbose_name = _("Boards")
    default_auto_field = "django.db.models.AutoField"
    #: Words of the audit trail (`org.queries.events`).
    verbs = VERBS
    facts = FACTS
    #: Texts with which a hospital starts (`org.shipped`).
    shipped = "boards.catalogue.definitions.shipped_texts"
    #: What the audit trail does not tell everybody who reads it (`org.queries.events`).
    kept_back = "boards.queries.workforce.kept_back"
