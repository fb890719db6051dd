"""Composition root: settings, addresses, servers, live push, demo data. Knows every room, is known by none."""
