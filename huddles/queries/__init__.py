"""What pages, actions and tasks of this room need to know."""
