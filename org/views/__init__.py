"""Pages of people, units and displays."""
