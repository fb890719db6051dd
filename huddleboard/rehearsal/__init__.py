"""The model hospital's Tuesday, played with the real actions of the house in the time of the day itself."""

from huddleboard.rehearsal.day import play
from huddleboard.rehearsal.report import Report, report_of
from huddleboard.rehearsal.stage import Stage, set_stage

__all__ = ["Report", "Stage", "play", "report_of", "set_stage"]
