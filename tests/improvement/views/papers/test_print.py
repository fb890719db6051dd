"""A paper to print: one page, and a PDF whose words can be found."""

import io
import re
import zlib

import pytest

from improvement.actions import analyses
from improvement.evidence.document import pdf_of
from tests.improvement.factories import (
    NOW,
    make_cause,
    make_countermeasure,
    make_step,
)
from tests.improvement.views.papers.stage import at, reader_of, text

pytestmark = pytest.mark.django_db


class TestSheet:
    @pytest.fixture
    def full(self, house, paper):
        gone = make_cause(paper, "An alarm that is too quiet")
        make_cause(paper, "Not on the plan", of=make_cause(paper, "Nobody comes by"))
        make_countermeasure(paper, cause=gone)
        make_step(paper, owner=house.staff)
        analyses.take_away(row=gone, by=house.staff, at=NOW)
        return paper

    def test_to_print_all_stands_on_one_page_but_what_was_taken_away(self, house, full):
        shown = text(reader_of(house).get(at("-print", full)))
        for words in ("Four falls", "Nobody comes by", "Not on the plan", "A list at the door", "Print the list"):
            assert words in shown
        assert "too quiet" not in shown
        assert "is-tabloid" in text(reader_of(house).get(f"{at('-print', full)}?sheet=tabloid"))

    def test_the_pdf_is_one_tagged_page_whose_words_can_be_found(self, client, full):
        answer = client.get(at("-pdf", full))
        assert answer.headers["Content-Type"] == "application/pdf"
        assert f"a3-{full.ticket.number}.pdf" in answer.headers["Content-Disposition"]
        plain = inflated(answer.content)
        assert len(re.findall(rb"/Type\s*/Page\b", plain)) == 1
        for sign in (b"/StructTreeRoot", b"pdfuaid", b"/ToUnicode", b"/Lang"):
            assert sign in plain
        assert b"/Subtype /Image" not in plain, "no picture of words"

    def test_where_none_can_be_made_the_page_to_print_is_shown(self, client, full, monkeypatch):
        monkeypatch.setattr("improvement.evidence.document.PATIENCE", 0.001)
        assert client.get(at("-pdf", full)).url == at("-print", full)

    @pytest.mark.parametrize(("lines", "fits"), [(3, True), (60, False)])
    def test_what_fits_on_no_single_sheet_says_so_and_numbers_its_pages(self, lines, fits):
        warning = '<p class="too-full"><a href="https://too-full.example.org/">Too full</a></p>'
        style = "@page { size: 5cm; margin: 5mm } .too-full { display: none } p { margin: 0; line-height: 1 }"
        html = f'<html lang="en"><title>A3</title><style>{style}</style>{warning}{"<p>A line</p>" * lines}</html>'
        plain = inflated(pdf_of(html, one_sheet=True))
        assert (len(re.findall(rb"/Type\s*/Page\b", plain)) == 1) == fits
        assert (b"too-full.example.org" not in plain) == fits


def inflated(pdf: bytes) -> bytes:
    """A PDF with the streams that can be unpacked, unpacked."""
    out = io.BytesIO()
    out.write(pdf)
    for stream in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            out.write(zlib.decompress(stream))
        except zlib.error:
            continue
    return out.getvalue()
