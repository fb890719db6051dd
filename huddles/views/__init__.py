"""How people ask for huddles and issues."""
