import csv
import io
import string

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from boards.feeds import interner, sheet
from boards.feeds.problems import Problems
from boards.feeds.sheet import delimiter_of, read_sheet


def rows_of(found: sheet.Sheet) -> list[list[str]]:
    columns = list(found.columns.values())
    return [[c.texts[c.codes[i]] for c in columns] for i in range(len(found))]


def read(text: str, **options) -> tuple[sheet.Sheet | None, list[tuple[str, int | None]]]:
    problems = Problems()
    found = read_sheet(text.encode(), problems, **options)
    return found, [(f.code, f.row) for f in problems.kept()]


CELLS = st.text(alphabet=string.ascii_letters + string.digits + ' ,;|"\n\t.äé€😀', max_size=30).map(str.strip)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(st.lists(CELLS, min_size=width, max_size=width), min_size=1, max_size=12)
    ),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([1 << 22, 7, 64]),
)
def test_reads_what_a_csv_writer_writes(rows, delimiter, ending, chunk):
    names = [f"c{i}" for i in range(len(rows[0]))]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator=ending).writerows([names, *rows])
    problems = Problems()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sheet, "CHUNK_BYTES", chunk)
        found = read_sheet(out.getvalue().encode(), problems, delimiter=delimiter)
    expected = [row for row in rows if any(row)]
    if not expected:
        assert found is None
        return
    assert rows_of(found) == expected
    assert found.rows.tolist() == [i + 2 for i, row in enumerate(rows) if any(row)]
    assert problems.total == 0


def test_cells_with_the_same_hash_stay_apart(monkeypatch):
    monkeypatch.setattr(interner.Interner, "_hash", lambda _, words: np.zeros(len(words), np.uint64))
    found, problems = read("a,b\n1,longer than eight bytes\n2,longer than eight bytez\n3,x\n1,\n")
    assert rows_of(found) == [["1", "longer than eight bytes"], ["2", "longer than eight bytez"], ["3", "x"], ["1", ""]]
    assert problems == []


def test_the_same_text_in_two_spellings_is_one():
    found, _ = read('a\n"x"\nx\n x \n')
    assert found.columns["a"].texts == ["x"]


def test_blank_lines_are_skipped_and_counted():
    found, problems = read("\n\na,b\n1,2\n,\n\n3,4\n")
    assert rows_of(found) == [["1", "2"], ["3", "4"]]
    assert found.rows.tolist() == [4, 7]
    assert problems == []


def test_trailing_separators_are_harmless():
    found, problems = read("a,b,,\n1,2\n3,4,,\n5,6,\r\n")
    assert rows_of(found) == [["1", "2"], ["3", "4"], ["5", "6"]]
    assert problems == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a,b\n1\n1,2,3\n1,2\n", [("ragged_row", 2), ("ragged_row", 3)]),
        ('a,b\n1,"2\n3,4\n', [("unclosed_quote", 2)]),
        ('a,b\n1,2"3"\n3,4\n', [("stray_quote", 2)]),
        ('a,b\n1,"2" x\n3,4\n', [("stray_quote", 2)]),
        ("a,a\n1,2\n", [("duplicate_column", 1)]),
        ("a,,c\n1,,3\n1,2,3\n", [("unnamed_column", 3)]),
        ("a,b\n", [("only_header", None)]),
        ("a\n" + "x" * 2000 + "\n", [("cell_too_long", 2)]),
    ],
)
def test_findings_name_their_row(text, expected):
    assert read(text)[1] == expected


def test_a_quotation_mark_never_closed_does_not_swallow_a_large_file(monkeypatch):
    monkeypatch.setattr(sheet, "CHUNK_BYTES", 1 << 12)
    found, problems = read("a,b\n1,2\n" + '3,"4\n' + "5,6\n" * 20_000)
    assert ("unclosed_quote", 3) in problems
    assert rows_of(found) == [["1", "2"]]


@pytest.mark.parametrize(
    ("head", "delimiter"),
    [(b"a;b,c;d\n1,2", ";"), (b"a\tb\n", "\t"), (b'"x,y,z"|b\n', "|"), (b"lonely\n", ","), (b"\n\na;b\n", ";")],
)
def test_delimiter_is_found_in_the_first_line(head, delimiter):
    assert delimiter_of(head) == delimiter


def test_old_line_ends_and_the_word_of_excel():
    assert rows_of(read("a,b\r1,2\r3,4\r")[0]) == [["1", "2"], ["3", "4"]]
    found, problems = read("sep=;\na;b\n1,5;2\n")
    assert rows_of(found) == [["1,5", "2"]]
    assert found.rows.tolist() == [3]
    assert problems == []


def test_columns_up_to_the_limit_are_read_and_more_are_refused(monkeypatch):
    monkeypatch.setattr(sheet, "MOST_COLUMNS", 3)
    assert rows_of(read("a,b,c\n1,2,3\n")[0]) == [["1", "2", "3"]]
    assert read("a,b,c,d\n1,2,3,4\n") == (None, [("too_many_columns", 1)])


def test_header_below_a_title():
    found, _ = read("Report of Monday,\n\nunit,n\nicu,3\n", header_row=2)
    assert list(found.columns) == ["unit", "n"]
    assert rows_of(found) == [["icu", "3"]]
