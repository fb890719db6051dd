"""Daily snapshots: readings of a day, rolled up every level of the tree, with what they mean."""

from boards.snapshots.take import Taken, take_days, take_snapshot, tree_on

__all__ = ["Taken", "take_days", "take_snapshot", "tree_on"]
