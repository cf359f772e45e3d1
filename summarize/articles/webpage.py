"""HTML: the article of a page by trafilatura, with its metadata; all visible text where that finds nothing."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

from ..errors import UnreadableArticle
from ..text import collapse_spaces, has_letters, sanitise
from .decoding import decode
from .drafts import Draft, fields

PAGE_LIMIT = 10_000_000  # bytes; a parsed page takes many times its size in memory

_HEAD = 4096  # bytes in which a page must declare its charset (the standard says 1024)
_CHARSET = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_:.-]+)""")
_XML_DECLARATION = re.compile(r"\s*<\?xml[^>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BULLET = re.compile(r"^[-•]\s+")
_SPACES = re.compile(r"\s+")
_BLOCK_TAGS = """
    address article aside blockquote body br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section table td th tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg"})
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
    yield _extract(text[declaration.end() :] if declaration else text) or _fallback(text)


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


def _fallback(text: str) -> Draft:
    reader = _read(text)
    title = collapse_spaces(sanitise("".join(reader.title)))
    lines = [collapse_spaces(line) for line in sanitise("".join(reader.parts)).split("\n")]
    return Draft(paragraphs=without_title(lines, title), title=title)


def visible_text(markup: str) -> str:
    """All text of an HTML fragment that a browser would show, block elements parted by blank lines."""
    return "".join(_read(markup).parts)


def without_title(paragraphs: Sequence[str], title: str) -> list[str]:
    """`paragraphs` without empty ones, and without the first if it only repeats the title."""
    kept = [p for p in paragraphs if p]
    return kept[1:] if kept[1:] and kept[0].casefold() == title.casefold() else kept


def _read(markup: str) -> _VisibleText:
    """By lxml: html.parser takes quadratic time over marks that are never closed."""
    from lxml import etree

    reader = _VisibleText()
    parser = etree.HTMLParser(target=reader, huge_tree=True, remove_comments=True)
    with suppress(etree.LxmlError):  # what was read until then stays
        parser.feed(_NOT_XML.sub("", markup))
        parser.close()
    return reader


class _VisibleText:
    """What lxml tells of a page, in the order of the text."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.parts: list[str] = []
        self._hidden = 0
        self._in_title = False

    def start(self, tag: str, attributes: object) -> None:
        self._boundary(tag, opens=True)

    def end(self, tag: str) -> None:
        self._boundary(tag, opens=False)

    def _boundary(self, tag: str, opens: bool) -> None:
        if tag in _HIDDEN:
            self._hidden = max(0, self._hidden + (1 if opens else -1))
        elif tag == "title":
            self._in_title = opens
        elif tag in _BLOCKS:
            self.parts.append("\n\n")

    def data(self, text: str) -> None:
        if not self._hidden:
            (self.title if self._in_title else self.parts).append(_SPACES.sub(" ", text))

    def close(self) -> None:
        pass
