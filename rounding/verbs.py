"""What the audit trail calls the events of this room, and the facts that they carry."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

VERBS: Final[Mapping[str, Any]] = {
    "device_key.made": _("Key of a person's devices made"),
    "question_set.published": _("Question set published"),
    "question_set.retired": _("Question set retired"),
    "question_set.brought_back": _("Question set brought back"),
    "round.began": _("Round begun"),
    "round.discarded": _("Round without notes taken away"),
    "round.ended": _("Round ended"),
    "round.changed": _("Note of a round changed after its end"),
    "round.commented": _("Comment on a round written"),
    "round.photo_removed": _("Photo of a round taken away"),
    "round.tagged": _("Theme of a note set"),
    "round.untagged": _("Theme of a note taken away"),
    "round.transcribed": _("Voice note written down"),
    "thanks.said": _("Thanks said"),
    "promise.made": _("Promise made"),
    "promise.kept": _("Promise kept"),
    "promise.withdrawn": _("Promise withdrawn"),
    "promise.reopened": _("Promise opened again"),
}

FACTS: Final[Mapping[str, Any]] = {
    "due_on": _("by"),
}
