"""Measures, strata, readings, feeds, snapshots, boards and what people write on them."""

from boards.models.community import CommunityShare
from boards.models.completeness import CompletenessLimits
from boards.models.crossings import PublishedCrossing
from boards.models.feeds import Batch, FeedMapping, Problem, Source
from boards.models.measures import BoardMeasure, Letter, Measure, Target
from boards.models.months import CountedMonth, DueMonth, MonthCounts
from boards.models.published import Published, TellingCourse, TellingMonth
from boards.models.readings import Reading, ReplacedReading
from boards.models.references import ReferenceChoice
from boards.models.remarks import Annotation, ReasonCode, RedReason
from boards.models.signals import (
    DueSignal,
    GapLimit,
    Signal,
    SignalChange,
    SignalDay,
    SignalNight,
    SignalPolicy,
    SignalWindow,
)
from boards.models.snapshots import DueSnapshot, Snapshot, SnapshotRun, Tile, TreeSeen
from boards.models.strata import Category, CategoryAlias, Dimension, Grouping, GroupMember, Layout, Stratum
from boards.models.terms import Term

__all__ = [
    "Annotation",
    "Batch",
    "BoardMeasure",
    "Category",
    "CategoryAlias",
    "CommunityShare",
    "CompletenessLimits",
    "CountedMonth",
    "Dimension",
    "DueMonth",
    "DueSignal",
    "DueSnapshot",
    "FeedMapping",
    "GapLimit",
    "GroupMember",
    "Grouping",
    "Layout",
    "Letter",
    "Measure",
    "MonthCounts",
    "Problem",
    "Published",
    "PublishedCrossing",
    "Reading",
    "ReasonCode",
    "RedReason",
    "ReferenceChoice",
    "ReplacedReading",
    "Signal",
    "SignalChange",
    "SignalDay",
    "SignalNight",
    "SignalPolicy",
    "SignalWindow",
    "Snapshot",
    "SnapshotRun",
    "Source",
    "Stratum",
    "Target",
    "TellingCourse",
    "TellingMonth",
    "Term",
    "Tile",
    "TreeSeen",
]
