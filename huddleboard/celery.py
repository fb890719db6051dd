"""The Celery application of the house."""

import gc
import os
from typing import Any

from celery import Celery
from celery.signals import worker_before_create_process

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
# Django's checks load every page; they are done where pages are served and where tables are made.
os.environ.setdefault("CELERY_SKIP_CHECKS", "1")

app = Celery("huddleboard")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_before_create_process.connect
def share_what_is_loaded(**_: Any) -> None:
    """Let the process that does the tasks share the memory of all that is loaded: looking for garbage would touch, and
    so copy, every object.
    """
    gc.collect()
    gc.freeze()
