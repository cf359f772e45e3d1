"""HTML: the article of a page by trafilatura, with its metadata; all visible text where that finds nothing."""

from __future__ import annotations

import logging
import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import accumulate
from typing import Any

from ..errors import UnreadableArticle
from ..text import collapse_spaces, has_letters, sanitise
from . import inline, ordinals, visible
from .charset import decode
from .drafts import Draft, Seen, fields

PAGE_LIMIT = 10_000_000  # bytes; a parsed page takes many times its size in memory
REACH = 30_000  # letters from where the last piece of a text was found to where the next is looked for
JUMPS = 50
LONG = 12  # letters of a piece that hardly stands elsewhere by chance
BOUND = 0.25  # share of what a page shows that may be no article: one page in ten of newspapers and blogs shows more

_HEAD = 4096  # bytes in which a page must declare its charset (the standard says 1024)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_MARKS = re.compile(r"[\W_]+")
_BULLET = re.compile(r"^[-•]\s+")
_LOGGERS = ("trafilatura", "htmldate", "courlan", "justext", "readability")


def parse(data: bytes) -> Iterator[Draft]:
    """The article of a page. The `lang` attribute is not believed: templates leave it wrong, detection is better.

    Raises as `markup`.
    """
    raw = markup(data)
    text = inline.spelled_out(raw)
    page = visible.read(text)
    found = _extract(_without_hidden(text) if page.conceals else text)
    draft = replace(found, paragraphs=_completed(found, page)) if found else _fallback(page)
    shown = page.seen if text == raw == ordinals.shown(raw) else visible.seen(raw)
    there = _Text("".join(_squeezed(draft.paragraphs)))
    spare = [Seen(hidden) for hidden, key in zip(page.hidden, _squeezed(page.hidden), strict=True) if there.has(key)]
    yield replace(draft, seen=[*shown, *spare], bound=BOUND)


def markup(data: bytes) -> str:
    """The text of a page without its XML declaration. Raises UnreadableArticle for one over PAGE_LIMIT bytes."""
    if len(data) > PAGE_LIMIT:
        raise UnreadableArticle(
            f"a page of {len(data) / 1e6:.0f} MB; the limit is {PAGE_LIMIT / 1e6:.0f} MB",
            "save the article itself as .txt",
        )
    declared = _CHARSET.search(data[:_HEAD])
    text = decode(data, declared[1].decode("ascii") if declared else "")
    declaration = _XML_DECLARATION.match(text)  # lxml refuses text that has one
    return text[declaration.end() :] if declaration else text


def _completed(found: Draft, page: visible.Page) -> Sequence[str]:
    """What the extraction found, block by block as the page has it, with what it passed over of the page's own
    articles: headings, times, captions and whole paragraphs. The extraction's own paragraphs where the page does not
    say what its article is, unless nothing stands around it, or a table lays it out: that comes as rows of cells."""
    rows = [" | " in p for p in found.paragraphs] if not page.has("|") else [False] * len(found.paragraphs)
    blocks = page.content(tables=any(rows))
    paragraphs, lines = _squeezed(found.paragraphs), _squeezed([b.text for b in blocks])
    whole, ends = _Text("".join(lines)), list(accumulate(map(len, lines)))
    places = [whole.find(p) for p in paragraphs]
    if min(places, default=0) < 0:
        return found.paragraphs
    prose = [(at, at + len(p)) for at, p, row in zip(places, paragraphs, rows, strict=True) if not row]
    there = {n for at, end in prose for n in range(bisect_right(ends, at), bisect_left(ends, end) + 1)}
    bare = page.bare
    kept = [n for n, block in enumerate(blocks) if block.counts or bare or n in there]
    while kept and not bare and blocks[kept[-1]].tag in visible.HEADINGS and kept[-1] not in there:
        kept.pop()  # what it is the heading of is left out
    return without_title([blocks[n].text for n in kept], found.title)


def _squeezed(texts: Sequence[str]) -> list[str]:
    """For comparison: extraction moves white space and marks."""
    return [_MARKS.sub("", text) for text in texts]


class _Text:
    """Text in which pieces are looked for that come in its order, as a rule: in time that is linear however long it
    is. A piece is found wherever it stands within REACH of the last; JUMPS of them wherever they stand."""

    def __init__(self, whole: str):
        self._whole, self._at, self._jumps = whole, 0, JUMPS

    def has(self, piece: str) -> bool:
        return self.find(piece) >= 0

    def find(self, piece: str) -> int:
        """Where it stands, -1 for nowhere."""
        end = self._at + len(piece)
        place = self._whole.find(piece, self._at, end + REACH)
        if place < 0:
            place = self._whole.find(piece, max(0, self._at - REACH), end)
        if place < 0 and self._jumps and len(self._whole) > REACH:
            self._jumps -= 1
            place = self._whole.find(piece)
        if place == self._at or (place >= 0 and len(piece) >= LONG):
            self._at = place + len(piece)
        return place


def _without_hidden(text: str) -> str:
    """The page without what attributes hide, which the extraction would take for text."""
    from lxml import etree, html

    with suppress(etree.LxmlError, ValueError):
        root = html.document_fromstring(text)
        for element in [e for e in root.iter() if isinstance(e.tag, str) and visible.conceals(e.attrib)]:
            if element.getparent() is not None:
                element.drop_tree()
        return html.tostring(root, encoding="unicode")
    return text


def _extract(text: str) -> Draft | None:
    """What trafilatura takes for the article, None if it finds none or breaks on the page."""
    bare_extraction = _trafilatura().bare_extraction
    for name in _LOGGERS:  # they report on stderr what is reported as a Failure here
        logging.getLogger(name).setLevel(logging.CRITICAL)
    try:
        page = bare_extraction(
            text.replace("\r", " ").replace("\n", " "),  # so that every line of the result is a block of the page
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"extensive_search": False, "original_date": True},
        )
    except Exception:  # a parser of hostile input fails in any way it likes; the plain text is still there
        return None
    if page is None or not has_letters(page.text or ""):
        return None
    known = fields({"title": page.title, "date": page.date, "author": page.author, "url": page.url})
    lines = [_BULLET.sub("", collapse_spaces(line)) for line in sanitise(page.text).split("\n")]
    return Draft(paragraphs=without_title(lines, str(known["title"])), seen=(), **known)


def _trafilatura() -> Any:
    """The library, imported without a socket: urllib3, which it brings for downloads, else binds one to see IPv6."""
    import socket

    known, socket.has_ipv6 = socket.has_ipv6, False
    try:
        import trafilatura
    finally:
        socket.has_ipv6 = known
    return trafilatura


def _fallback(page: visible.Page) -> Draft:
    lines = [block.text for block in page.blocks]
    return Draft(paragraphs=without_title(lines, page.title), seen=(), title=page.title)


def visible_text(markup: str) -> str:
    """All text of an HTML fragment that a browser would show, block elements parted by blank lines."""
    return "\n\n".join(block.text for block in visible.read(inline.spelled_out(markup)).blocks)


def without_title(paragraphs: Sequence[str], title: str) -> list[str]:
    """`paragraphs` without empty ones, and without the first if it only repeats the title."""
    kept = [p for p in paragraphs if p]
    return kept[1:] if kept[1:] and kept[0].casefold() == title.casefold() else kept
