"""What happens to people, units and displays. The only place of this room that writes."""
