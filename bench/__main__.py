"""Runs the benches one after another and says which bars hold: `python -m bench [NAME …] [--small]`.

Each bench is a process of its own. Servers are started in a folder of their own beside the house's, unless DATABASE_URL
and REDIS_URL name others. What was found is written to `bench/RESULTS.md`; benches that were not asked for keep their
last figures there. `--small` is for tests: tiny sizes, nothing is written, only the answers have to be right.
"""

import argparse
import json
import os
import subprocess
import sys
from datetime import UTC, datetime

from bench.bars import BARS, BENCHES, holds, wrong
from bench.report import RESULTS, keep, kept, report
from huddleboard.embedded import EmbeddedError, ensure_environment, find_state
from huddleboard.embedded.state import PROJECT
from huddleboard.run.steps import StepError, Steps


def main() -> int:
    """The exit code: 0 when every answer is right and (at full size) every bar holds."""
    arguments = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    arguments.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}; all unless named")
    arguments.add_argument("--small", action="store_true", help="tiny sizes, for tests")
    asked = arguments.parse_args()
    if unknown := set(asked.names) - set(BENCHES):
        arguments.error(f"There is no bench named {', '.join(sorted(unknown))}.")
    steps = Steps()
    lease = _environment(steps)
    found: dict[str, dict[str, object]] = {}
    try:
        for name in asked.names or BENCHES:
            with steps.step(name, advice="run it alone: python -m bench.one " + name):
                found[name] = _run(name, small=asked.small)
    except StepError as error:
        print(f"\n{error}")
        return 1
    finally:
        if lease is not None:
            lease.give_back()
    if not asked.small:
        for name, figures in found.items():
            keep(name, figures, datetime.now(UTC))
        RESULTS.write_text(report(kept()))
    return _say(found, small=asked.small)


def _environment(steps: Steps):
    os.chdir(PROJECT)
    state = find_state()
    os.environ["EMBED_STATE"] = str(state.with_name(f"{state.name}-bench"))
    os.environ.update(DEBUG="0", HTTPS="0", HUDDLEBOARD_TESTING="0", LOG_LEVEL="WARNING")
    os.environ.setdefault("STATIC_ROOT", str(PROJECT / "var" / "static-bench"))
    with steps.step("servers") as words:
        try:
            lease = ensure_environment(debug=False)
        except EmbeddedError as error:
            raise SystemExit(str(error)) from error
        words.append("of our own" if lease else "as DATABASE_URL and REDIS_URL say")
    return lease


def _run(name: str, *, small: bool) -> dict[str, object]:
    command = [sys.executable, "-m", "bench.one", name, *(["--small"] if small else [])]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise StepError(f"{done.stdout[-1000:]}{done.stderr[-4000:]}".strip())
    return json.loads(done.stdout.splitlines()[-1])


def _say(found: dict[str, dict[str, object]], *, small: bool) -> int:
    """Print the table; the exit code."""
    bad = 0
    print()
    for bar in BARS:
        if bar.bench not in found:
            continue
        holding = holds(bar, found[bar.bench])
        bad += not holding and not small
        measured = f"{found[bar.bench][bar.figure]}{bar.unit}"
        print(f"{'ok ' if holding else 'NO '} {measured:>10}  bar {bar.limit:g}{bar.unit:4} {bar.what}")
    for name, figures in found.items():
        if failed := wrong(figures):
            bad += 1
            print(f"WRONG ANSWERS in {name}: {', '.join(failed)}")
    for name, figures in found.items():
        print(f"\n{name}: " + ", ".join(f"{key} {value}" for key, value in figures.items()))
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
