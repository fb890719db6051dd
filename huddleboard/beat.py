"""The Celery application of the clock (`celery --app=huddleboard.beat beat`): it sends the names of tasks when they are
due, and loads none of them. No models, no mathematics: half the memory of a process that knows all of it.
"""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")

app = Celery("huddleboard", fixups=[])
app.config_from_object("django.conf:settings", namespace="CELERY")
