"""Composition root: settings, addresses, servers, live push, demo data. Knows every room, is known by none."""

from huddleboard.celery import app as celery_app

__all__ = ["celery_app"]
