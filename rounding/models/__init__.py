"""Question sets, rounds and what was noted on them, thanks and promises, K-cards."""

from rounding.models.devices import DeviceKey
from rounding.models.follow_ups import Promise, Recognition
from rounding.models.k_cards import KAnswer, KCard, KCheck
from rounding.models.question_sets import Question, QuestionSet, QuestionSetVersion, Wording
from rounding.models.rounds import Observation, Photo, Recording, Reflection, Round, RoundComment

__all__ = [
    "DeviceKey",
    "KAnswer",
    "KCard",
    "KCheck",
    "Observation",
    "Photo",
    "Promise",
    "Question",
    "QuestionSet",
    "QuestionSetVersion",
    "Recognition",
    "Recording",
    "Reflection",
    "Round",
    "RoundComment",
    "Wording",
]
