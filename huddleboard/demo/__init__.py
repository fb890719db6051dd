"""Harbor Valley Health, an invented hospital with invented numbers, and a larger invented system for benchmarks."""

from huddleboard.demo.hospital import Demo, make_hospital
from huddleboard.demo.removal import remove
from huddleboard.demo.system import make_system

__all__ = ["Demo", "make_hospital", "make_system", "remove"]
