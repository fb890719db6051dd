"""Computes every case of a folder of vector files and compares: `python -m analytics.conformance DIR`.

Prints agreed of total for each suite with the largest deviation, and every disagreement. Exit code 0: all agree; 1:
some do not, or a file cannot be read; 2: there is no such folder, or nothing in it to compare.
"""

import argparse
import sys
import warnings
from dataclasses import dataclass, field
from pathlib import Path

from analytics.conformance.files import Unreadable, VectorFile, find
from analytics.conformance.suites import Judged, Outcome, judge

#: lines that are printed of one case, and cases of one suite, unless all are asked for
LINES, CASES = 3, 20


@dataclass(slots=True)
class Tally:
    """Cases of one file."""

    file: VectorFile
    judged: list[Judged] = field(default_factory=list)

    def of(self, outcome: Outcome) -> list[Judged]:
        """The cases that came out so."""
        return [case for case in self.judged if case.outcome is outcome]

    @property
    def worst(self) -> Judged | None:
        """The case that came closest to, or went furthest beyond, its tolerance."""
        return max(self.judged, key=lambda case: case.comparison.worst, default=None)


def main(arguments: list[str] | None = None) -> int:
    """Judge every case of a folder; the exit code."""
    parser = argparse.ArgumentParser(prog="python -m analytics.conformance", description=__doc__)
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--all", action="store_true", help="print every disagreement and every case set apart")
    asked = parser.parse_args(arguments)
    if not asked.folder.is_dir():
        print(f"There is no folder {asked.folder}.")
        return 2
    tallies: list[Tally] = []
    unreadable: list[Unreadable] = []
    for found in find(asked.folder):
        if isinstance(found, Unreadable):
            unreadable.append(found)
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("error")  # a warning and a number is a disagreement
            tallies.append(Tally(found, [judge(found.suite, case, at) for at, case in enumerate(found.cases, 1)]))
    return _report(tallies, unreadable, asked.folder, everything=asked.all)


def _report(tallies: list[Tally], unreadable: list[Unreadable], folder: Path, *, everything: bool) -> int:
    print(f"{'suite':27} {'file':34} {'agreed':>11} {'apart':>6}  largest deviation (share of the tolerance)")
    for tally in tallies:
        agreed, apart = len(tally.of(Outcome.AGREES)), len(tally.of(Outcome.APART))
        total = len(tally.judged) - apart
        place = str(tally.file.path.relative_to(folder))
        print(
            f"{tally.file.suite:27} {place:34} {f'{agreed}/{total}':>11} {apart or '-':>6}  {_deviation(tally.worst)}"
        )
    print()
    for tally in tallies:
        _say(tally, everything=everything)
    for file in unreadable:
        print(f"UNREADABLE {file.path.relative_to(folder)}: {file.why}")
    judged = [case for tally in tallies for case in tally.judged]
    apart = sum(case.outcome is Outcome.APART for case in judged)
    agreed = sum(case.outcome is Outcome.AGREES for case in judged)
    total = len(judged) - apart
    print(f"agreed: {agreed} of {total}" + (f", {apart} set apart" if apart else ""))
    if not total:
        print("Nothing was compared.")
        return 2
    return 0 if agreed == total and not unreadable else 1


def _say(tally: Tally, *, everything: bool) -> None:
    wrong, apart = tally.of(Outcome.DISAGREES), tally.of(Outcome.APART)
    for case in wrong if everything else wrong[:CASES]:
        words = case.words if everything else case.words[:LINES]
        for line in words:
            print(f"DISAGREES {tally.file.suite} {case.name}: {line}")
        if len(case.words) > len(words):
            print(f"DISAGREES {tally.file.suite} {case.name}: and {len(case.words) - len(words)} more")
    if len(wrong) > CASES and not everything:
        print(f"DISAGREES {tally.file.suite}: and {len(wrong) - CASES} more cases")
    for reason in sorted({word for case in apart for word in case.words}):
        cases = [case for case in apart if reason in case.words]
        print(f"set apart {tally.file.suite}: {len(cases)} ({reason}): " + ", ".join(case.name for case in cases))


def _deviation(worst: Judged | None) -> str:
    if worst is None or not worst.comparison.worst:
        return "none"
    found = worst.comparison
    kind = "relative" if found.relative else "absolute"
    return f"{found.deviation:.1e} {kind} ({found.worst:.1%}) {worst.name} {found.where}"


if __name__ == "__main__":
    sys.exit(main())
