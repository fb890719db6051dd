"""Open real data sets as organisations of their own: emergency departments, diabetes stays, Scottish admissions."""

from huddleboard.real_data.load import Done, import_set
from huddleboard.real_data.sets import SETS

__all__ = ["SETS", "Done", "import_set"]
