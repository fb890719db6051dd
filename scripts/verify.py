"""Everything that `make test` proves, step by step with the time of each. Usage: python -m scripts.verify [STEP …]

Each step is a process of its own; what a failed one said is shown, the others still run. Browser tests wait for pages a
third of their time: all else runs meanwhile, gives way to them (`nice`), and fills the cores. What ran beside the tests
(browser tests, types, conformance, the install) is told after them. The last line counts.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from huddleboard.run.steps import StepError, Steps

PROJECT = Path(__file__).resolve().parent.parent
#: Vectors of other people's software are kept beside the repository.
VECTORS = Path(os.environ.get("VECTORS_DIR", PROJECT.parent / "shared" / "data" / "vectors"))
PYTHON = sys.executable
NO_SERVER = {
    "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/none",
    "REDIS_URL": "redis://127.0.0.1:9/0",
    "HUDDLEBOARD_TESTING": "1",
    "DJANGO_SETTINGS_MODULE": "huddleboard.settings",
}
PRODUCTION = {
    "DATABASE_URL": NO_SERVER["DATABASE_URL"],
    "REDIS_URL": NO_SERVER["REDIS_URL"],
    "SECRET_KEY": "of-a-check-that-serves-nobody-" + "0123456789abcdefghijklmnopqrstuvwxyz",
    "ALLOWED_HOSTS": "huddleboard.example.org",
    "DEBUG": "0",
}
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
LONG = ("types", "conformance", "install")
#: How nice to browsers, which are late otherwise, all else is.
NICE = 5
#: One more than there are cores where many wait for processes; browsers want a core each.
WORKERS = os.environ.get("WORKERS", "3")
BROWSER_WORKERS = os.environ.get("WORKERS", "2")
COUNTS = re.compile(r"(\d+) (passed|failed|errors?|skipped|xfailed|xpassed|deselected)")


@dataclass(frozen=True)
class Step:
    """A name to call it by, what it proves, the command, and what to do when it fails."""

    name: str
    proves: str
    command: list[str]
    advice: str
    environment: dict[str, str] = field(default_factory=dict)


def python(*arguments: str) -> list[str]:
    return [PYTHON, *arguments]


CHECKS = (
    Step("lint", "lint", python("-m", "ruff", "check", "."), "make format repairs most of it"),
    Step("lint", "format", python("-m", "ruff", "format", "--check", "--output-format", "concise", "."), "make format"),
    Step(
        "lint",
        "rooms and drawers",
        [str(Path(PYTHON).with_name("lint-imports")), "--no-logo"],
        "docs/architecture.md says which room and drawer may know which",
    ),
    Step(
        "lint",
        "templates",
        [str(Path(PYTHON).with_name("djlint")), "templates", "--lint", "--quiet"],
        "the rule's number stands beside each line",
    ),
    Step("types", "types", python("-m", "mypy"), "rules, actions, queries and tasks are fully typed", NO_SERVER),
    Step(
        "migrations",
        "migrations",
        python("-W", "ignore", "-m", "django", "makemigrations", "--check", "--dry-run"),
        "./manage.py makemigrations, and name it for its change",
        NO_SERVER,
    ),
    Step(
        "deploy",
        "settings of production",
        python("-m", "django", "check", "--deploy", "--fail-level", "WARNING"),
        "the message names the setting",
        {**PRODUCTION, "DJANGO_SETTINGS_MODULE": "huddleboard.settings", "HUDDLEBOARD_TESTING": "0"},
    ),
)


@dataclass(frozen=True)
class Answer:
    """How a run of tests ended: the code, the line that counts them, seconds and all that it said."""

    code: int
    last: str
    seconds: float
    said: str


@dataclass(frozen=True)
class Tests:
    """The tests of a kind, dealt out to as many processes."""

    proves: str
    workers: str
    where: tuple[str, ...]
    gives_way: bool = False

    def run(self, show: Callable[[str], object]) -> Answer:
        """Run them; `show` is called with each line."""
        began = time.monotonic()
        command = [*(("nice", "-n", str(NICE)) if self.gives_way else ()), *python("-m", "pytest", *self.arguments())]
        said, last = [], ""
        with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, text=True) as running:
            assert running.stdout is not None
            for line in running.stdout:
                show(line)
                said.append(line)
                last = line if COUNTS.search(line) and " in " in line else last
        return Answer(running.returncode, last, time.monotonic() - began, "".join(said))

    def arguments(self) -> tuple[str, ...]:
        color = "--color=yes" if sys.stdout.isatty() else "--color=no"
        dealt = ("-n", self.workers, "--dist", "worksteal")
        return color, "-q", *dealt, *self.where, "-rs", "--durations=8", "--no-header"


def run(step: Step) -> str:
    """What the step is good for in a word; StepError with what it said when it fails."""
    answer = subprocess.run(
        step.command, cwd=PROJECT, env={**os.environ, **step.environment}, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise StepError((answer.stdout + answer.stderr).strip()[-12000:])
    return "good"


class Verification:
    """Runs steps and remembers how they went."""

    def __init__(self) -> None:
        self.steps = Steps()
        self.failed: list[str] = []
        self.counts: dict[str, int] = {}
        self.checks = 0

    def attempt(self, proves: str, advice: str, work: Callable[[], str]) -> None:
        self.checks += 1
        try:
            with self.steps.step(proves, advice=advice) as words:
                words.append(work())
        except StepError as error:
            self.failed.append(proves)
            print(f"{error}\n", flush=True)

    def pytest(self, tests: "Tests") -> None:
        """Shown as it goes; its counts are added up."""
        self.steps.say(f"{tests.proves} …")
        self.told(tests, tests.run(show=lambda line: print(line, end="", flush=True)))

    def told(self, tests: "Tests", answer: "Answer") -> None:
        """How a run of tests went, which may have been shown already."""
        self.checks += 1
        for number, what in COUNTS.findall(answer.last):
            self.counts[what.rstrip("s")] = self.counts.get(what.rstrip("s"), 0) + int(number)
        if answer.code:
            self.failed.append(tests.proves)
        verdict = "FAILED" if answer.code else "good"
        self.steps.say(f"{tests.proves} – {verdict} ({answer.seconds:.1f} s)")

    def summary(self) -> int:
        seconds = time.monotonic() - self.steps.began
        bad = self.counts.get("failed", 0) + self.counts.get("error", 0)
        skipped = self.counts.get("skipped", 0)
        print()
        for name in self.failed:
            print(f"FAILED: {name}")
        print(f"checks: {self.checks - len(self.failed)} of {self.checks} good")
        parts = [f"{self.counts.get('passed', 0)} passed", f"{bad} failed"] + (
            [f"{skipped} skipped"] if skipped else []
        )
        print(f"===== {', '.join(parts)} in {seconds:.1f}s =====", flush=True)
        return 1 if self.failed else 0


def conformance() -> str:
    """The mathematics against other people's software; says loudly where their vectors are not there."""
    if not VECTORS.is_dir():
        print(
            f"VECTORS ABSENT: {VECTORS} is missing; the mathematics is NOT held against the reference here", flush=True
        )
        return "SKIPPED, no vectors"
    answer = subprocess.run(
        python("-m", "analytics.conformance", str(VECTORS)), cwd=PROJECT, capture_output=True, text=True, check=False
    )
    if answer.returncode:
        raise StepError((answer.stdout + answer.stderr).strip()[-12000:])
    return answer.stdout.strip().splitlines()[-1]


def run_only_install() -> str:
    """A fresh environment with nothing but the run lock imports every module of ours and loads the worker."""
    with tempfile.TemporaryDirectory(prefix="huddleboard-run-only-") as folder:
        environment = {**os.environ, **NO_SERVER, "PYTHONPATH": str(PROJECT), "PYTHONDONTWRITEBYTECODE": "1"}
        environment.pop("VIRTUAL_ENV", None)
        inside = f"{folder}/venv/bin/python"
        commands = [
            python("-m", "uv", "venv", "--quiet", "--python", PYTHON, f"{folder}/venv"),
            python(
                "-m",
                "uv",
                "pip",
                "install",
                "--quiet",
                "--python",
                inside,
                "--require-hashes",
                "-r",
                "requirements.lock",
            ),
            [inside, "-m", "scripts.import_all"],
            [inside, "-m", "celery", "--app=huddleboard", "report"],
        ]
        for command in commands:
            answer = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True, check=False)
            if answer.returncode:
                raise StepError((answer.stdout + answer.stderr).strip()[-6000:])
            if command[-1] == "scripts.import_all":
                said = answer.stdout.strip()
    return said


def works() -> list[tuple[str, str, str, Callable[[], str]]]:
    """Name, what is proved, advice and the work of every step that is no test."""
    told = [(step.name, step.proves, step.advice, partial(run, step)) for step in CHECKS]
    return [
        *told,
        (
            "conformance",
            "conformance",
            "python -m analytics.conformance DIR --all names each disagreement",
            conformance,
        ),
        ("install", "run-only install", "a module imports what requirements.lock does not bring", run_only_install),
    ]


def timed(work: Callable[[], str]) -> str:
    """The words of a work that ran beside others, with the time that it took itself."""
    began = time.monotonic()
    return f"{work()}, {time.monotonic() - began:.1f} s beside the tests"


def browsers() -> Tests:
    """Those that drive a browser; says where there is none."""
    if not (os.environ.get("CHROMIUM") or any(map(shutil.which, BROWSERS))):
        print("No Chromium: ./bootstrap.sh test installs it or says how.")
    return Tests("browser tests", BROWSER_WORKERS, ("tests/e2e",))


def main(wanted: list[str]) -> int:
    os.chdir(PROJECT)
    os.environ.setdefault("UV_SYSTEM_CERTS", "1")
    known = {*(name for name, *_ in works()), "pytest", "e2e"}
    if unknown := set(wanted) - known:
        print(f"Unknown: {', '.join(sorted(unknown))}. Known: {', '.join(sorted(known))}")
        return 2
    verification = Verification()
    chosen = set(wanted) or known
    with (
        ThreadPoolExecutor(max_workers=1, initializer=os.nice, initargs=(NICE,)) as beside,
        ThreadPoolExecutor(max_workers=1) as with_browsers,
    ):
        later = []
        for name, proves, advice, work in works():
            if name in chosen and name in LONG and chosen & {"pytest", "e2e"}:
                later.append((proves, advice, beside.submit(timed, work)))
            elif name in chosen:
                verification.attempt(proves, advice, work)
        walked = browsers() if "e2e" in chosen else None
        if "pytest" in chosen:
            walking = with_browsers.submit(walked.run, str) if walked else None
            verification.pytest(
                Tests("unit and integration tests", WORKERS, ("--ignore", "tests/e2e"), gives_way=walked is not None)
            )
            if walked and walking:
                answer = walking.result()
                print(answer.said, end="", flush=True)
                verification.told(walked, answer)
        elif walked:
            verification.pytest(walked)
        for proves, advice, running in later:
            verification.attempt(proves, advice, running.result)
    return verification.summary()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
