"""Equity signals: every night the gaps of all units, measures and groups, and what the rules make of them."""
