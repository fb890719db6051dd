"""How people ask: forms of this room."""
