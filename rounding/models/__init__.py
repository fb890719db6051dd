"""Question sets, rounds and what was noted on them, thanks and promises, K-cards."""

from rounding.models.cadences import RoundCadence
from rounding.models.comments import CommentsRead, RoundComment
from rounding.models.devices import DeviceKey
from rounding.models.follow_ups import Promise, Recognition
from rounding.models.k_cards import KAnswer, KCard, KCheck
from rounding.models.question_sets import Question, QuestionSet, QuestionSetVersion, Wording
from rounding.models.roster import Colleague, Shift
from rounding.models.rounds import Observation, Photo, Recording, Reflection, Round
from rounding.models.routes import CalendarAddress, Route, RouteStop
from rounding.models.standard_work import StandardTask, TaskMark

__all__ = [
    "CalendarAddress",
    "Colleague",
    "CommentsRead",
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
    "RoundCadence",
    "RoundComment",
    "Route",
    "RouteStop",
    "Shift",
    "StandardTask",
    "TaskMark",
    "Wording",
]
