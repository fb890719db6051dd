"""The Celery application of the house."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")

app = Celery("huddleboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
