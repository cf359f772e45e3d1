"""PDF, by pypdfium2: lines by where they stand on the page, joined to paragraphs; running heads are left out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise, takewhile
from typing import Any

from ..errors import EmptyArticle, UnreadableArticle
from ..text import collapse_spaces, has_letters, sanitise
from ..types import Reason
from .drafts import Draft, Seen, fields
from .formats import library
from .plain import SENTENCE_END, joined
from .webpage import without_title

PAGES = 2_000
LEADING = 1.9  # times its height: what stands further below a line begins a paragraph
SHORT = 0.85  # of the width of its column: a line that ends a sentence and is no longer ends a paragraph
HEADLINE = 1.2  # times the usual height of a line
ALIKE = 0.4  # of their height: boxes are tight, and a line without a p or a g is lower
_DIGITS = re.compile(r"\d+")
_MARKS = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Line:
    """Its box is in points, from the lower left corner of the page."""

    text: str
    page: int
    left: float
    bottom: float
    right: float
    top: float

    @property
    def height(self) -> float:
        return self.top - self.bottom

    @property
    def running(self) -> tuple[str, int]:
        """What lines at the head of several pages have in common."""
        return _DIGITS.sub("#", self.text), round(self.bottom)


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a PDF. Raises EmptyArticle for a scan, UnreadableArticle for one that is locked or damaged."""
    pdfium = library("pypdfium2")
    try:
        document = pdfium.PdfDocument(data)
        pages = [document[n] for n in range(min(len(document), PAGES))]
        lines = [line for n, page in enumerate(pages) for line in _lines(page, n)]
        seen = _seen([page.get_textpage().get_text_range() for page in pages])
        about = document.get_metadata_dict()
    except pdfium.PdfiumError as error:
        if "password" in str(error).lower():
            raise UnreadableArticle("an encrypted PDF", "save it without a password") from error
        raise UnreadableArticle(f"a damaged PDF ({error})", "fetch it again, or: pdftotext FILE NEW.txt") from error
    if not any(has_letters(line.text) for line in lines):
        raise EmptyArticle("a scan: pictures of text and no text", "make its text first: ocrmypdf FILE NEW.pdf")
    on: dict[tuple[str, int], set[int]] = {}
    for line in lines:
        on.setdefault(line.running, set()).add(line.page)
    lines = [line for line in lines if len(on[line.running]) == 1]
    paragraphs = _paragraphs(lines)
    known = fields({"title": about.get("Title", ""), "author": about.get("Author", "")})
    usual = Counter(round(line.height) for line in lines).most_common(1)[0][0] if lines else 0
    large = "".join(line.text for line in takewhile(lambda line: line.height > HEADLINE * usual, lines))
    if not known["title"] and large and _MARKS.sub("", large) == _MARKS.sub("", paragraphs[0]):
        known["title"] = paragraphs[0]
    yield Draft(paragraphs=without_title(paragraphs, str(known["title"])), seen=seen, **known)


def _seen(pages: Sequence[str]) -> list[Seen]:
    """All characters of the pages; lines that several of them have but for their numbers are running heads."""
    split = [page.splitlines() for page in pages]
    on = Counter(head for lines in split for head in {_DIGITS.sub("#", line) for line in lines})
    found = []
    for lines in split:
        for running, group in groupby(lines, key=lambda line: on[_DIGITS.sub("#", line)] > 1):
            text = "\n".join(group)
            found += [Seen(line, Reason.BOILERPLATE) for line in text.split("\n")] if running else [Seen(text)]
    return found


def _lines(page: Any, number: int) -> Iterator[Line]:
    """The lines in the order in which the page draws them, which is that of reading as a rule."""
    text = page.get_textpage()
    boxes: list[list[float]] = []
    for left, bottom, right, top in (text.get_rect(i) for i in range(text.count_rects())):
        last = boxes[-1] if boxes else None
        on_line = last and min(top, last[3]) - max(bottom, last[1]) > 0.5 * min(top - bottom, last[3] - last[1])
        if last and on_line and -1 <= left - last[2] < 2 * (top - bottom):
            boxes[-1] = [last[0], min(bottom, last[1]), right, max(top, last[3])]
        else:
            boxes.append([left, bottom, right, top])
    for left, bottom, right, top in boxes:
        raw = text.get_text_bounded(left, bottom, right, top)
        # pdfium's marks of a hyphen at the end of a line
        if said := collapse_spaces(sanitise(raw.replace("\ufffe", "-").replace("\x02", "-"))):
            yield Line(said, number, left, bottom, right, top)


def _paragraphs(lines: Sequence[Line]) -> list[str]:
    whole = " ".join(line.text for line in lines)
    found = [lines[0].text] if lines else []
    widest: dict[int, float] = {}  # of a column, by its left edge
    for line in lines:
        widest[round(line.left, -1)] = max(widest.get(round(line.left, -1), 0), line.right - line.left)
    for before, line in pairwise(lines):
        full = before.right - before.left > SHORT * widest[round(before.left, -1)]
        alike = abs(before.height - line.height) < ALIKE * max(before.height, line.height)
        below = before.page == line.page and 0 < before.bottom - line.bottom < LEADING * line.height
        ended = SENTENCE_END.search(before.text[-4:])
        goes_on = below if not ended else below and full
        elsewhere = before.page != line.page or line.bottom > before.bottom  # the next column or page
        if alike and (goes_on or (elsewhere and not ended)):
            found[-1] = joined(found[-1], line.text, whole)
        else:
            found.append(line.text)
    return found
