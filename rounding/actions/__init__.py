"""What people do on rounds and with what came of them. The only place that writes."""
