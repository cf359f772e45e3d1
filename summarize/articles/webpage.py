"""HTML: the article of a page by trafilatura, with its metadata; all visible text where that finds nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from ..errors import UnreadableArticle
from ..text import collapse_spaces, has_letters, sanitise
from . import inline, visible
from .decoding import decode
from .drafts import Draft, fields

PAGE_LIMIT = 10_000_000  # bytes; a parsed page takes many times its size in memory

_HEAD = 4096  # bytes in which a page must declare its charset (the standard says 1024)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_BULLET = re.compile(r"^[-•]\s+")
_LOGGERS = ("trafilatura", "htmldate", "courlan", "justext", "readability")


def parse(data: bytes) -> Iterator[Draft]:
    """The article of a page. The `lang` attribute is not believed: templates leave it wrong, detection is better.

    Raises UnreadableArticle for a page over PAGE_LIMIT bytes.
    """
    if len(data) > PAGE_LIMIT:
        raise UnreadableArticle(
            f"a page of {len(data) / 1e6:.0f} MB; the limit is {PAGE_LIMIT / 1e6:.0f} MB",
            "save the article itself as .txt",
        )
    declared = _CHARSET.search(data[:_HEAD])
    text = decode(data, declared[1].decode("ascii") if declared else "")
    declaration = _XML_DECLARATION.match(text)  # lxml refuses text that has one
    text = inline.spelled_out(text[declaration.end() :] if declaration else text)
    page = visible.read(text)
    found = _extract(text)
    yield replace(found, paragraphs=_completed(found, page)) if found else _fallback(page)


def _completed(found: Draft, page: visible.Page) -> Sequence[str]:
    """What the extraction found, block by block as the page has it, with what it passed over of the page's own
    articles: headings, times, captions and whole paragraphs. The extraction's own paragraphs where the page does not
    say what its article is, unless it lays it out in a table: that comes as rows of cells."""
    laid_out = any(" | " in p for p in found.paragraphs) and not page.has("|")
    blocks = page.content(tables=laid_out)
    known, whole = _squeezed(found.paragraphs), _squeezed([b.text for b in blocks])
    if any(_squeezed([p]) not in whole for p in found.paragraphs):
        return found.paragraphs
    kept = [b.text for b in blocks if b.counts or (not laid_out and _squeezed([b.text]) in known)]
    return without_title(kept, found.title)


def _squeezed(texts: Sequence[str]) -> str:
    """For comparison: extraction moves white space and marks."""
    return re.sub(r"[\W_]+", "", "".join(texts))


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
    return Draft(paragraphs=without_title(lines, str(known["title"])), **known)


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
    return Draft(paragraphs=without_title(lines, page.title), title=page.title)


def visible_text(markup: str) -> str:
    """All text of an HTML fragment that a browser would show, block elements parted by blank lines."""
    return "\n\n".join(block.text for block in visible.read(inline.spelled_out(markup)).blocks)


def without_title(paragraphs: Sequence[str], title: str) -> list[str]:
    """`paragraphs` without empty ones, and without the first if it only repeats the title."""
    kept = [p for p in paragraphs if p]
    return kept[1:] if kept[1:] and kept[0].casefold() == title.casefold() else kept
