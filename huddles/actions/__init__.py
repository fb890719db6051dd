"""What happens in huddles and to issues: the only place that writes."""
