"""Goals with two halves, their charter, voices, guidelines that use race, evidence."""
