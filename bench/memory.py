"""Memory of the whole house with the demo hospital after some use: PSS of web, worker, beat and the embedded servers.

`make run` in a folder of its own, with a hospital seeded anew; then somebody signs in and looks at every board, at
measures and at the whole organisation, and the clock has ticked some times. The database's shared memory is counted
once, as PSS does.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from huddleboard.demo import hospital
from huddleboard.demo.people import LOGINS, PASSWORD, domain_of
from huddleboard.embedded.state import PROJECT, find_state
from huddleboard.run.ports import free_port
from org.rules import Role
from scripts.memory import parts

READY_SECONDS = 600.0
SETTLE_SECONDS = 30.0
MEASURES_A_BOARD = 3
LOOKER = next(login for login in LOGINS if login.role == Role.EXECUTIVE)


def run(*, small: bool = False) -> dict[str, object]:
    """Megabytes by part and together, and how many pages were looked at."""
    state = find_state().with_name(f"{find_state().name}-house")
    shutil.rmtree(state, ignore_errors=True)
    slug, size = (hospital.SMALL_SLUG, "small") if small else (hospital.SLUG, "hospital")
    port = free_port("127.0.0.1", 8865)
    environment = {
        key: value for key, value in os.environ.items() if key not in {"DATABASE_URL", "REDIS_URL", "SITE_URL"}
    }
    environment |= {"EMBED_STATE": str(state), "PORT": str(port), "HUDDLEBOARD_DEMO": size, "PYTHONUNBUFFERED": "1"}
    with tempfile.TemporaryFile("w+") as log:
        command = [sys.executable, "-m", "huddleboard.run"]
        house = subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=log, stderr=log)
        try:
            seconds = _ready(house, state / "run", log)
            cold = parts(state / "run", state)
            seen = _look(f"http://127.0.0.1:{port}", f"{LOOKER.local}@{domain_of(slug)}")
            time.sleep(2 if small else SETTLE_SECONDS)
            sizes = parts(state / "run", state)
        finally:
            house.terminate()
            house.wait(60)
    shutil.rmtree(state, ignore_errors=True)
    return {
        "together_mb": round(sum(sizes.values())),
        **{f"{name}_mb": round(size) for name, size in sorted(sizes.items())},
        "before_use_mb": round(sum(cold.values())),
        "pages": seen,
        "ready_s": round(seconds),
        "all_parts": {"web", "worker", "beat", "postgres", "valkey"} <= sizes.keys(),
    }


def _ready(house: "subprocess.Popen[bytes]", folder: Path, log) -> float:
    """Seconds until the house says where it is."""
    began = time.monotonic()
    while time.monotonic() < began + READY_SECONDS and house.poll() is None:
        lock = folder / "lock"
        if lock.exists() and lock.read_text().startswith("http"):
            return time.monotonic() - began
        time.sleep(0.2)
    log.seek(0)
    raise RuntimeError(f"The house did not start: {log.read()[-3000:]}")


def _look(address: str, email: str) -> int:
    """Sign in, open all boards, some measures of each and the overview; the number of pages. Raises where one fails."""
    with httpx.Client(base_url=address, follow_redirects=True, timeout=60, headers={"Referer": address}) as reader:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', reader.get("/login/").text)
        form = {"csrfmiddlewaretoken": token[1] if token else "", "username": email, "password": PASSWORD}
        reader.post("/login/", data=form).raise_for_status()
        overview = reader.get("/boards/").raise_for_status()
        boards = sorted(set(re.findall(r'href="(/boards/\d+/)', overview.text)))
        seen = 1
        for board in boards:
            page = reader.get(board).raise_for_status()
            measures = re.findall(rf'href="({board}measures/\d+/)"', page.text)[:MEASURES_A_BOARD]
            for measure in measures:
                reader.get(measure).raise_for_status()
            seen += 1 + len(measures)
    if not boards or "tile" not in page.text:
        raise RuntimeError(f"No board could be opened as {email}.")
    return seen
