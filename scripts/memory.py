"""Memory of a running house, from another terminal: proportional set size (PSS) of each part with its children, in MB.

Usage: python -m scripts.memory [FOLDER of the run, default var/run]. Linux only; as the account that runs it, or root.
"""

import sys
from pathlib import Path

from huddleboard.embedded.state import find_state

KIB_PER_MB = 1024


def descendants(pid: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            except OSError:
                continue
            children.setdefault(parent, []).append(int(folder.name))
    found, waiting = [], [pid]
    while waiting:
        found.append(waiting.pop())
        waiting.extend(children.get(found[-1], []))
    return found


def pss(pid: int) -> float:
    """Megabytes; 0 for a process that has just ended."""
    try:
        lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return 0.0
    return next(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / KIB_PER_MB


def parts(folder: Path, state: Path) -> dict[str, float]:
    """Megabytes by part; `supervisor` is what shows the steps and watches."""
    roots = {path.stem: int(path.read_text().split()[0]) for path in folder.glob("*.pid")}
    supervisor = {
        int((Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[1]) for pid in roots.values()
    }
    for name, path in (
        ("postgres", state / "postgres" / "postmaster.pid"),
        ("valkey", state / "valkey" / "valkey.pid"),
    ):
        if path.exists():
            roots[name] = int(path.read_text().split()[0])
    sizes = {name: sum(map(pss, descendants(pid))) for name, pid in roots.items()}
    sizes["supervisor"] = sum(map(pss, supervisor))
    return sizes


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path("var/run")
    sizes = parts(folder, find_state())
    for name, size in sorted(sizes.items()):
        print(f"{name:12} {size:7.1f} MB")
    print(f"{'together':12} {sum(sizes.values()):7.1f} MB PSS")


if __name__ == "__main__":
    main()
