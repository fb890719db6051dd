"""What happens in huddles and to issues by the clock."""

from huddles.tasks.clocks import ring_clocks
from huddles.tasks.schedule import plan_huddles, send_digests
from huddles.tasks.signals import carry_on_signals

__all__ = ["carry_on_signals", "plan_huddles", "ring_clocks", "send_digests"]
