"""The command on the open vectors, on tampered and renamed copies of them, and on folders that are no vectors."""

import json
import re
import shutil
from pathlib import Path

import pytest

import analytics
from analytics.conformance.__main__ import main
from analytics.conformance.files import Unreadable, VectorFile, find
from analytics.conformance.suites import SUITES
from tests.analytics.vectors import FOLDER

ABSENT = f"VECTORS ABSENT: {FOLDER} is missing; the command is NOT tried on the reference here"
needs_vectors = pytest.mark.skipif(not FOLDER.is_dir(), reason=ABSENT)


@pytest.fixture
def copy(tmp_path):
    """A copy of the open vectors that a test may change."""
    target = tmp_path / "vectors"
    shutil.copytree(FOLDER, target, copy_function=shutil.copyfile)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    return target


def lines(text):
    """Suite and agreed of total of each line of the table."""
    return sorted(re.findall(r"^(\w+) +\S+ +(\d+/\d+) ", text, re.MULTILINE))


@needs_vectors
def test_all_open_vectors_agree(capsys):
    code, said = main([str(FOLDER)]), capsys.readouterr().out
    assert code == 0, said
    assert {suite for suite, _ in lines(said)} == set(SUITES)
    assert all(agreed.split("/")[0] == agreed.split("/")[1] for _, agreed in lines(said))
    assert "DISAGREES" not in said


@needs_vectors
def test_names_of_files_and_cases_do_not_matter(copy, capsys):
    main([str(FOLDER)])
    before = lines(capsys.readouterr().out)
    (copy / "deeper").mkdir()
    for number, path in enumerate(sorted(copy.glob("*.json"))):
        held = json.loads(path.read_text())
        for place, case in enumerate(held["cases"]):
            for key in ("id", "case_id"):
                if key in case:
                    case[key] = f"case-{number}-{place}"
        path.unlink()
        (copy / "deeper" / f"{100 - number}.json").write_text(json.dumps(held))
    assert main([str(copy)]) == 0
    assert lines(capsys.readouterr().out) == before


@needs_vectors
def test_no_case_is_known_by_name():
    """No id of the open vectors stands in the source of the command or of what it computes with."""
    source = "\n".join(path.read_text() for path in Path(analytics.__path__[0]).rglob("*.py"))
    ids = {
        str(case.get("id") or case.get("case_id"))
        for file in find(FOLDER)
        if isinstance(file, VectorFile)
        for case in file.cases
        if case.get("id") or case.get("case_id")
    }
    assert len(ids) > 400
    assert {name for name in ids if f'"{name}"' in source} == set()


def tampered(held, path):
    """The number at a path of keys, moved by a little; the path's last step may be the first number of a list."""
    *way, last = path
    for step in way:
        held = held[step]
    value = held[last]
    held[last] = not value if isinstance(value, bool) else value + max(abs(value) * 1e-3, 1)


TAMPERING = {
    "equity_measures": [("expected", "difference", "estimate")],
    "rates_ci": [("lower",)],
    "spc_auto_rephase": [("expected", "points", 3, "cl"), ("expected", "points", 3, "rule1")],
    "spc_charts": [("expected", "points", 2, "ucl"), ("expected", "parts", 0, "longest_run")],
    "spc_rule_micro": [("expected", 0)],
    "spc_xmr_making_data_count": [("expected", "points", 0, "upl")],
    "standardisation_funnel": [("expected_rows", 0, "value"), ("units", 0, "ul95"), ("expected", "sii")],
    "suppression": [("inner_cells", 0, "freq"), ("reference", "n_primary")],
    "golden_real_data": [
        ("groups", 0, "wilson_lower"),
        ("regions", 0, "within4h"),
        ("boards", 0, "NumberOver8HoursEpisode"),
    ],
}


def reachable(case, path):
    for step in path:
        try:
            case = case[step]
        except (KeyError, IndexError, TypeError):
            return False
    return isinstance(case, int | float)


@needs_vectors
@pytest.mark.parametrize(("suite", "path"), [(suite, path) for suite, paths in TAMPERING.items() for path in paths])
def test_one_changed_number_is_found(copy, capsys, suite, path):
    read = [one for one in find(copy) if isinstance(one, VectorFile) and one.path.suffix == ".json"]
    file = next(one for one in read if one.suite == suite)
    held = json.loads(file.path.read_text())
    case = next(one for one in held["cases"] if reachable(one, path))
    name = case.get("id") or case.get("case_id")
    tampered(case, path)
    for other in copy.rglob("*.*"):
        if other != file.path:
            other.unlink()
    file.path.write_text(json.dumps(held))
    assert main([str(copy)]) == 1
    said = capsys.readouterr().out
    assert re.findall(r"^DISAGREES \w+ (\S+):", said, re.MULTILINE)[0] == name
    assert len(set(re.findall(r"^DISAGREES \w+ (\S+):", said, re.MULTILINE))) == 1


@needs_vectors
def test_a_changed_cell_of_a_table_is_found(copy, capsys):
    path = next(copy.glob("runchart*.csv"))
    for other in copy.glob("*.json"):
        other.unlink()
    rows = path.read_text().splitlines()
    first = rows[1].split(",")
    path.write_text("\n".join([rows[0], ",".join([first[0], str(int(first[1]) + 1), *first[2:]]), *rows[2:]]))
    assert main([str(copy)]) == 1
    assert "DISAGREES runchart_limits case 1: limits" in capsys.readouterr().out


def write(folder, suite, *cases, name="a.json"):
    (folder / name).write_text(json.dumps({"suite": suite, "cases": list(cases)}))


WILSON = {"id": "w", "fn": "proportion_wilson", "x": 8, "n": 10, "conf": 0.95, "estimate": 0.8}


def test_folders_that_hold_nothing(tmp_path, capsys):
    assert main([str(tmp_path / "nowhere")]) == 2
    assert main([str(tmp_path)]) == 2
    write(tmp_path, "rates_ci", {**WILSON, "note": "Not comparable: other software"})
    assert main([str(tmp_path)]) == 2
    assert "Nothing was compared." in capsys.readouterr().out


def test_a_case_is_set_apart_by_its_own_note_alone(tmp_path, capsys):
    wrong = {**WILSON, "estimate": 0.7}
    write(tmp_path, "rates_ci", WILSON, {**wrong, "note": "not comparable with ours"})
    assert main([str(tmp_path)]) == 0
    said = capsys.readouterr().out
    assert lines(said) == [("rates_ci", "1/1")]
    assert "set apart rates_ci: 1 (not comparable with ours)" in said
    write(tmp_path, "rates_ci", WILSON, {**wrong, "note": "comparable"})
    assert main([str(tmp_path)]) == 1


@pytest.mark.parametrize(
    ("suite", "case", "words"),
    [
        ("rates_ci", {**WILSON, "fn": "proportion_magic"}, "no function is named proportion_magic"),
        ("rates_ci", {**WILSON, "x": 11}, "CountError"),
        ("rates_ci", {**WILSON, "estimate": "eight"}, "is no number"),
        ("rates_ci", {key: WILSON[key] for key in ("id", "fn", "x", "n", "conf")}, "nothing in it could be compared"),
        ("rates_ci", {**WILSON, "lower": None}, "lower: 0.49"),
        ("no_such_suite", WILSON, "no suite is named no_such_suite"),
        ("spc_charts", {"id": "w", "chart": "z", "input": {"y": [1]}, "expected": {}}, "SettingError"),
        ("spc_rule_micro", {"id": "w", "rule": "eight", "input": {}, "expected": []}, "no rule is named eight"),
        ("standardisation_funnel", {"id": "w", "fn": "other"}, "no function is named other"),
        ("golden_real_data", {"id": "w", "share": 0.25}, "of a kind that is not known"),
        ("equity_measures", {"id": "w"}, "KeyError"),
    ],
)
def test_what_is_not_known_is_a_disagreement(tmp_path, capsys, suite, case, words):
    write(tmp_path, suite, case)
    assert main([str(tmp_path)]) == 1
    assert re.search(f"DISAGREES {suite} w: .*{words}", capsys.readouterr().out)


@pytest.mark.parametrize("content", ["{", "[]", '{"suite": "rates_ci"}', '{"suite": "rates_ci", "cases": [1]}'])
def test_a_broken_file_is_no_agreement(tmp_path, capsys, content):
    write(tmp_path, "rates_ci", WILSON)
    (tmp_path / "b.json").write_text(content)
    assert any(isinstance(found, Unreadable) for found in find(tmp_path))
    assert main([str(tmp_path)]) == 1
    assert "UNREADABLE b.json" in capsys.readouterr().out


def test_long_lists_are_cut_unless_asked_for(tmp_path, capsys):
    write(tmp_path, "rates_ci", *({**WILSON, "id": f"c{n}", "estimate": 0.1} for n in range(30)))
    main([str(tmp_path)])
    assert "and 10 more cases" in capsys.readouterr().out
    main([str(tmp_path), "--all"])
    assert capsys.readouterr().out.count("DISAGREES") == 30
