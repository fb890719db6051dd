"""What happens in this room. Nothing else writes its tables."""
