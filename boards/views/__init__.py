"""How people ask for boards."""
