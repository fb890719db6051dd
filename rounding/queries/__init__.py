"""What pages and devices need to know."""
