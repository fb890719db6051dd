"""The root as a Django application."""

from django.apps import AppConfig


class HuddleboardConfig(AppConfig):
    """Settings, addresses and servers; no tables."""

    name = "huddleboard"

    def ready(self) -> None:
        """Let tasks know their Celery application. Not on import: what only starts servers has no use for it."""
        from huddleboard import celery  # noqa: F401, PLC0415
