"""What happens on boards: the only place that writes."""
