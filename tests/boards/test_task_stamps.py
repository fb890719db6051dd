"""A periodic task leaves the stamp that `/readyz` looks for: under the name by which the clock calls it."""

import pytest
from celery import current_app
from django.conf import settings as project
from django.utils import timezone

from org import clock

TASKS = sorted(entry["task"] for entry in project.CELERY_BEAT_SCHEDULE.values())


@pytest.mark.django_db
@pytest.mark.parametrize("name", TASKS)
def test_a_periodic_task_leaves_the_stamp_that_is_looked_for(name, settings, tmp_path):
    settings.WATCHED_FOLDERS = tmp_path
    current_app.loader.import_default_modules()
    began = timezone.now()
    current_app.tasks[name].apply().get()
    stamped = clock.last_successes(TASKS)
    assert {task for task, at in stamped.items() if at is not None} == {name}
    assert began <= stamped[name] <= timezone.now()
