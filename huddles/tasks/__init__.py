"""What happens in huddles and to issues by the clock."""

from huddles.tasks.clocks import ring_clocks
from huddles.tasks.schedule import plan_huddles, send_digests

__all__ = ["plan_huddles", "ring_clocks", "send_digests"]
