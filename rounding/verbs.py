"""What the audit trail calls the events of this room, and the facts that they carry."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

VERBS: Final[Mapping[str, Any]] = {
    "device_key.made": _("Key of a person's devices made"),
    "k_card.put_up": _("K-card put up"),
    "k_card.changed": _("K-card changed"),
    "k_card.taken_away": _("K-card taken away"),
    "k_card.pulled": _("K-card pulled"),
    "question_set.begun": _("Question set begun as a draft"),
    "question_set.published": _("Question set published"),
    "question_set.retired": _("Question set retired"),
    "question_set.brought_back": _("Question set brought back"),
    "round.began": _("Round begun"),
    "round.discarded": _("Round that had not ended taken away"),
    "round.ended": _("Round ended"),
    "round.changed": _("Note of a round changed after its end"),
    "round.commented": _("Comment on a round written"),
    "round.comment_corrected": _("Comment on a round corrected"),
    "round.comment_taken_back": _("Comment on a round taken back"),
    "round.photo_removed": _("Photo of a round taken away"),
    "round.tagged": _("Theme of a note set"),
    "round.untagged": _("Theme of a note taken away"),
    "round.transcribed": _("Voice note written down"),
    "thanks.said": _("Thanks said"),
    "promise.made": _("Promise made"),
    "promise.kept": _("Promise kept"),
    "promise.withdrawn": _("Promise withdrawn"),
    "promise.reopened": _("Promise opened again"),
    "standard_task.added": _("Task of standard work added"),
    "standard_task.changed": _("Task of standard work changed"),
    "standard_task.moved": _("Task of standard work moved"),
    "standard_task.retired": _("Task of standard work retired"),
    "standard_task.brought_back": _("Task of standard work brought back"),
    "roster.applied": _("Roster applied"),
    "round_cadence.set": _("Cadence of rounds set"),
    "route.made": _("Route made"),
    "route.changed": _("Route changed"),
    "route.given_up": _("Route given up"),
    "route.brought_back": _("Route brought back"),
    "calendar_address.made": _("Calendar address made"),
    "calendar_address.withdrawn": _("Calendar address withdrawn"),
}

FACTS: Final[Mapping[str, Any]] = {
    "due_on": _("by"),
    "days": _("days"),
}
