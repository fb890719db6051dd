"""The room of people and units."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

from org.verbs import FACTS, VERBS


class OrgConfig(AppConfig):
    """People, units, access, audit, outbox, devices."""

    name = "org"
    verbose_name = _("Organisation")
    default_auto_field = "django.db.models.AutoField"
    #: Words of the audit trail (`org.queries.events`).
    verbs = VERBS
    facts = FACTS
    #: Texts with which a hospital starts (`org.shipped`).
    shipped = "org.rules.shipped_texts"
