"""What happens in huddles and to issues by the clock."""

from huddles.tasks.clocks import ring_clocks

__all__ = ["ring_clocks"]
