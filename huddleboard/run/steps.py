"""Progress that a person can follow: each step with the time that it took, and what to do when it fails."""

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

TICK = 1.0  # seconds between updates in a terminal
REMINDER = 10.0  # seconds between reminders in a log


class StepError(RuntimeError):
    """A step failed; the message says what happened and what to do."""


class Steps:
    """Prints one line a step on standard output, with the seconds since `began` (time.monotonic()) in front."""

    def __init__(self, began: float | None = None) -> None:
        """Count from `began`, by default from now."""
        self.began = time.monotonic() if began is None else began
        self._terminal = sys.stdout.isatty()

    def say(self, text: str) -> None:
        """One line with the time in front."""
        print(f"{self._clear()}[{time.monotonic() - self.began:6.1f}s] {text}", flush=True)

    @contextmanager
    def step(self, name: str, advice: str = "") -> Iterator[list[str]]:
        """Time what happens inside; words put into the yielded list stand behind the name. Failures get the advice."""
        began = time.monotonic()
        words: list[str] = []
        done = threading.Event()
        ticker = threading.Thread(target=self._tick, args=(name, began, done), daemon=True)
        ticker.start()
        try:
            yield words
        except Exception as error:
            done.set()
            ticker.join()
            self.say(f"{name} – FAILED after {time.monotonic() - began:.1f} s")
            said = str(error) if isinstance(error, StepError) else f"{type(error).__name__}: {error}"
            message = "\n".join(part for part in (said, f"What to do: {advice}" if advice else "") if part)
            raise StepError(message) from error
        done.set()
        ticker.join()
        self.say(f"{name}{' – ' if words else ''}{', '.join(words)} ({time.monotonic() - began:.1f} s)")

    def _tick(self, name: str, began: float, done: threading.Event) -> None:
        while not done.wait(TICK if self._terminal else REMINDER):
            if self._terminal:
                now = time.monotonic()
                print(f"{self._clear()}[{now - self.began:6.1f}s] {name} … {now - began:.0f} s", end="", flush=True)
            else:
                self.say(f"{name} … still at it")

    def _clear(self) -> str:
        return "\r\x1b[K" if self._terminal else ""
