"""Pages about what is known of groups of patients, and about units and communities beside each other."""
