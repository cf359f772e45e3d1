"""What a browser would show of a page: its blocks of text in order, each with where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ..text import collapse_spaces, sanitise

_BLOCK_TAGS = """
    address article aside blockquote body br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section table tr ul
"""
_BLOCKS = frozenset(_BLOCK_TAGS.split())
_HIDDEN = frozenset({"script", "style", "template", "noscript", "svg"})
_AROUND = frozenset({"nav", "footer", "form", "button", "select"})  # never part of an article
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PROSE = frozenset({"p", "li", "blockquote", "dd", "tr", "pre"})
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_JUNK = re.compile(r"share|social|teaser|related|newsletter|comment|breadcrumb|promo|advert|paywall|cookie", re.I)

LEAST = 25  # letters of a paragraph that is no label
ARTICLE = 200  # letters of an article that is no teaser
SECOND = 0.4  # of the letters of the longest: an article beside it that is no teaser
LINKED = 0.3  # share of letters in links: more is navigation


@dataclass(slots=True)
class Block:
    """`tag` is the innermost block element; `letters` of which `linked` are in links and `timed` in <time>; `article`
    is the number of the outermost <article> (or <main>) that it stands in, 0 for none."""

    text: str
    tag: str
    article: int
    around: bool
    aside: bool
    letters: int
    linked: int
    timed: int

    @property
    def counts(self) -> bool:
        """Whether it is surely meant to be read: a heading, a time of its own, a whole paragraph or caption."""
        if self.around or self.linked > LINKED * self.letters:
            return False
        if self.tag in HEADINGS or (self.timed and self.timed == self.letters):
            return not self.aside
        return self.letters >= LEAST and (self.tag in _PROSE or self.tag == "figcaption")


@dataclass(slots=True)
class Page:
    title: str
    blocks: list[Block] = field(default_factory=list)

    def content(self, tables: bool) -> list[Block]:
        """The blocks of its article, or of its articles where several are of like length, without what stands around
        it; of all the page, `tables` asks for, where it lays out its article in a table. None where it has no such
        element."""
        sizes: dict[int, int] = {}
        for b in self.blocks:
            if not b.around and not b.aside:
                sizes[b.article] = sizes.get(b.article, 0) + b.letters - b.linked
        named = {number: size for number, size in sizes.items() if number and size >= ARTICLE}
        if not named:
            return [b for b in self.blocks if not b.around] if tables else []
        least = SECOND * max(named.values())
        chosen = {number for number, size in named.items() if size >= least}
        return [b for b in self.blocks if b.article in chosen and not b.around]

    def has(self, character: str) -> bool:
        return any(character in b.text for b in self.blocks)


def read(markup: str) -> Page:
    """By lxml: html.parser takes quadratic time over marks that are never closed."""
    from lxml import etree

    reader = _Reader()
    parser = etree.HTMLParser(target=reader, huge_tree=True, remove_comments=True)
    with suppress(etree.LxmlError):  # what was read until then stays
        parser.feed(_NOT_XML.sub("", _XML_DECLARATION.sub("", markup, count=1)))
        parser.close()
    reader.flush()
    return Page(collapse_spaces(sanitise("".join(reader.title))), reader.blocks)


class _Reader:
    """What lxml tells of a page, in the order of the text."""

    def __init__(self) -> None:
        self.title: list[str] = []
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._linked = self._timed = 0
        self._open: list[tuple[str, bool]] = []  # block elements, and whether their class says junk
        self._inside = dict.fromkeys(("article", "main", "aside", "a", "time", "title", "junk"), 0)
        self._hidden = self._around = 0
        self._article = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _BLOCKS:
            self.flush()
            junk = bool(_JUNK.search(f"{attributes.get('class', '')} {attributes.get('id', '')}"))
            self._inside["junk"] += junk
            self._open.append((tag, junk))
        if tag in ("article", "main") and not (self._inside["article"] or (tag == "main" and self._inside["main"])):
            self._article += tag == "article" or not self._inside["main"]
        if tag in ("td", "th"):
            self._parts.append(" ")  # a row is a line
        self._enter(tag, 1)

    def end(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.flush()
            while self._open and tag in (name for name, _ in self._open):
                name, junk = self._open.pop()
                self._inside["junk"] -= junk
                if name == tag:
                    break
        self._enter(tag, -1)

    def _enter(self, tag: str, step: int) -> None:
        self._hidden = max(0, self._hidden + step * (tag in _HIDDEN))
        self._around = max(0, self._around + step * (tag in _AROUND))
        if tag in self._inside:
            self._inside[tag] = max(0, self._inside[tag] + step)

    def data(self, text: str) -> None:
        if self._hidden:
            return
        if self._inside["title"]:
            self.title.append(text)
            return
        letters = sum(map(str.isalnum, text))
        self._linked += letters * bool(self._inside["a"])
        self._timed += letters * bool(self._inside["time"])
        self._parts.append(text)

    def flush(self) -> None:
        """Closes the block that is open."""
        text = collapse_spaces(sanitise("".join(self._parts)))
        if text:
            self.blocks.append(
                Block(
                    text=text,
                    tag=self._open[-1][0] if self._open else "",
                    article=self._article if self._inside["article"] or self._inside["main"] else 0,
                    around=bool(self._around or self._inside["junk"]),
                    aside=bool(self._inside["aside"]),
                    letters=sum(map(str.isalnum, text)),
                    linked=self._linked,
                    timed=self._timed,
                )
            )
        self._parts, self._linked, self._timed = [], 0, 0

    def close(self) -> None:
        pass
