"""Starts the house, says where it is, and stops all of it on Ctrl-C: `python -m huddleboard.run`."""

import fcntl
import http.client
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import FrameType

from huddleboard.embedded import EmbeddedError, ensure_environment
from huddleboard.embedded.lease import Lease
from huddleboard.embedded.state import PROJECT
from huddleboard.run.ports import free_port
from huddleboard.run.services import DiedError, Running, services, stop_leftovers
from huddleboard.run.steps import StepError, Steps

SERVER_TURNS = 4  # a look at the servers costs two processes where there is no /proc
PATIENCE = 90.0  # seconds until the first page has to answer
ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 – compared, not bound


class StopAskedError(Exception):
    """Somebody asked to stop."""


def main() -> int:
    """The exit code: 0 after a wanted stop, 1 after a failure."""
    steps = Steps()
    os.chdir(PROJECT)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huddleboard.settings")
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _ask_to_stop)
    folder = Path(os.environ.get("EMBED_STATE") or PROJECT / "var") / "run"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a+")
    except OSError as error:
        print(f"{folder} cannot be written ({error.strerror}). Set EMBED_STATE to a folder of your own.")
        return 1
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            print(
                f"huddleboard runs here already: {lock.read().strip() or 'it is starting'} – stop it with Ctrl-C there."
            )
            return 1
        lock.truncate(0)
        lease = None
        running = Running(folder)
        try:
            if left := stop_leftovers(folder):
                steps.say(f"stopped what a killed run had left: {', '.join(left)}")
            lease = _servers(steps)
            address, logins = _start(steps, running, folder)
            lock.write(address)
            lock.flush()
            _greet(steps, address, logins, folder)
            for turn in itertools.count():
                running.check()
                if lease is not None and turn % SERVER_TURNS == 0:
                    lease.check()
                time.sleep(0.5)
        except StopAskedError:
            code = 0
        except BrokenPipeError:  # nobody reads on: `make run | head`
            sys.stdout = Path(os.devnull).open("w")  # noqa: SIM115 – open until the end
            code = 1
        except (StepError, DiedError, EmbeddedError, OSError) as error:
            print(f"\n{error}", flush=True)
            code = 1
        return _stop(steps, running, lease, code)


def _ask_to_stop(_number: int, _frame: FrameType | None) -> None:
    raise StopAskedError


def _servers(steps: Steps) -> Lease | None:
    with steps.step("servers", advice="a PostgreSQL and a Redis of your own: set DATABASE_URL and REDIS_URL") as words:
        try:
            lease = ensure_environment(debug=False)
        except EmbeddedError as error:
            raise StepError(str(error)) from error
        words.append("PostgreSQL and Valkey of our own" if lease else "as DATABASE_URL and REDIS_URL say")
    return lease


def _start(steps: Steps, running: Running, folder: Path) -> tuple[str, str]:
    host = os.environ.get("HOST", "127.0.0.1")
    wanted = int(os.environ.get("PORT", "8000"))
    port = free_port(host, wanted)
    if port != wanted:
        steps.say(f"port {wanted} is taken, {port} is used instead")
    shown = "localhost" if host in {*ANYWHERE, "127.0.0.1", "::1"} else host
    address = f"http://{shown}:{port}/"
    os.environ.setdefault("SITE_URL", address.rstrip("/"))
    if host in ANYWHERE:
        os.environ.setdefault("ALLOWED_HOSTS", "*")
        steps.say("open to the whole network: its demo logins are public, so keep it to a demonstration")
    if subprocess.call([sys.executable, "-m", "huddleboard.run.prepare", str(steps.began)]):
        message = "Nothing was started."
        raise StepError(message)
    for service in services(host, port, folder):
        running.start(service)
    logins = subprocess.Popen([sys.executable, "-m", "django", "demo_logins"], stdout=subprocess.PIPE, text=True)
    with logins:
        with steps.step("pages", advice=f"the log lies in {folder / 'web.log'}"):
            _wait_for_page("127.0.0.1" if host in ANYWHERE else host, port, running)
        said, _ = logins.communicate()  # passwords are checked, which takes its time: beside the start of the pages
    return address, said if os.environ.get("HUDDLEBOARD_DEMO") != "0" else ""


def _wait_for_page(host: str, port: int, running: Running) -> None:
    give_up = time.monotonic() + PATIENCE
    answer = "no answer"
    while time.monotonic() < give_up:
        try:
            running.check()
        except DiedError as error:
            raise StepError(str(error)) from error
        connection = http.client.HTTPConnection(host, port, timeout=5)
        try:
            connection.request("GET", "/healthz")
            answer = str(connection.getresponse().status)
        except OSError as error:
            answer = type(error).__name__
        finally:
            connection.close()
        if answer == "200":
            return
        time.sleep(0.1)
    message = f"/healthz did not answer 200 within {PATIENCE:.0f} s ({answer})."
    raise StepError(message)


def _greet(steps: Steps, address: str, logins: str, folder: Path) -> None:
    steps.say("ready")
    print(f"\n  {address}\n")
    for line in logins.splitlines():
        print(f"  {line}")
    print(f"{chr(10) if logins else ''}  Logs: {folder}/*.log   Stop: Ctrl-C (data is kept)\n", flush=True)


def _stop(steps: Steps, running: Running, lease: Lease | None, code: int) -> int:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    try:
        with steps.step("stopping"):
            running.stop()
            if lease is not None:
                lease.give_back()
    except StepError as error:
        print(f"\n{error}")
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
