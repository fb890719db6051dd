"""What the processes of the house load, and what they do not: `make bench` shows what they weigh."""

import os
import subprocess
import sys

import pytest

WORKER = "from huddleboard.celery import app; import django; django.setup(); app.loader.import_default_modules()"


def loaded(program: str) -> set[str]:
    """The modules and packages that are loaded after `program`."""
    tell = "import sys; print(*sys.modules)"
    environment = os.environ | {"DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none", "HUDDLEBOARD_TESTING": "1"}
    done = subprocess.run(
        [sys.executable, "-c", f"{program}\n{tell}"], env=environment, capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_supervisor_knows_neither_tasks_nor_pages():
    assert loaded("import huddleboard.run.__main__").isdisjoint({"celery", "kombu", "django", "numpy", "boards"})


def test_the_clock_knows_no_task_and_no_table():
    found = loaded("from huddleboard.beat import app; app.conf.beat_schedule")
    assert "celery" in found
    assert found.isdisjoint({"boards", "huddles", "numpy"})


@pytest.mark.parametrize(
    "program",
    ["import huddleboard.asgi", WORKER],
    ids=["web", "worker"],
)
def test_pages_and_tasks_load_the_quantiles_of_distributions_only_when_asked(program):
    found = loaded(program)
    assert {"boards", "numpy", "celery"} <= found
    assert "scipy" not in found


def test_tasks_load_no_page():
    found = loaded(WORKER)
    assert {"boards.tasks", "huddles.tasks", "improvement.tasks", "rounding.tasks", "org.tasks"} <= found
    ours = {name for name in found if name.partition(".")[0] in {"org", "boards", "huddles", "improvement", "rounding"}}
    assert [name for name in ours if ".views" in name or name.endswith("urls")] == []


def test_pages_hand_tasks_to_the_application_of_the_house():
    program = (
        "import os, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'huddleboard.settings'; django.setup()\n"
        "from boards.tasks import snapshots\nfrom celery import current_app, shared_task\n"
        "assert current_app.main == 'huddleboard', current_app.main\n"
        "assert current_app.conf.task_default_queue and current_app.conf.broker_url.startswith(('redis', 'unix'))"
    )
    assert "celery" in loaded(program)
