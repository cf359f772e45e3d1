"""What a browser would show of a page: its blocks of text in order, each with where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field

from ..text import collapse_spaces, sanitise
from ..types import Reason
from . import inline, ordinals
from .drafts import Seen

_BLOCK_TAGS = """
    address article aside blockquote body br dd div dl dt figcaption figure footer form h1 h2 h3 h4 h5 h6 header hr
    li main nav ol p pre section table tr ul
"""
BLOCKS = frozenset(_BLOCK_TAGS.split())
HIDDEN = frozenset({"script", "style", "template", "noscript", "svg"})
_SPARE = frozenset({"template", "noscript"})  # of these, what scripts may show, or what is there in their place
_CONCEALED = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)\b", re.IGNORECASE)
_AROUND = frozenset({"nav", "footer", "form", "button", "select"})  # never part of an article
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_PROSE = frozenset({"p", "li", "blockquote", "dd", "tr", "pre"})
_SENTENCE = re.compile(r"^[^\W_]\S*\s+\S.*[^\W_]{2}[.!?]$", re.DOTALL)
_RAISED = frozenset({"sup", "sub", ordinals.COUNTED})
_REFERENCE = re.compile(r"\b(?:noteref|footnote-ref|footnote-back|doc-backlink)\b")
_XML_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_JUNK = re.compile(r"share|social|teaser|related|newsletter|comment|breadcrumb|promo|advert|paywall|cookie", re.I)

LEAST = 25  # letters of a paragraph that is no label
ARTICLE = 200  # letters of an article that is no teaser
SECOND = 0.4  # of the letters of the longest: an article beside it that is no teaser
LINKED = 0.3  # share of letters in links: more is navigation


@dataclass(slots=True)
class Block:
    """`tag` is the innermost block element; `letters` of which `linked` are in links and `timed` in <time>; `article`
    is the number of the outermost <article> (or <main>) that it stands in, 0 for none; `raised` is sup or sub for a
    part of a block that stands so, or COUNTED for the number of a list."""

    text: str
    tag: str
    article: int
    around: bool
    aside: bool
    letters: int
    linked: int
    timed: int
    raised: str = ""

    @property
    def reason(self) -> Reason | None:
        """Why it may be left out of an article, None for no reason that shows."""
        if self.linked > LINKED * self.letters:
            return Reason.NAVIGATION
        if self.around:
            return Reason.BOILERPLATE
        return Reason.CAPTION if self.tag == "figcaption" else None

    @property
    def counts(self) -> bool:
        """Whether it is surely meant to be read: a heading, a time of its own, a row of a table, a
        sentence, a whole paragraph or caption."""
        if self.around or self.linked > LINKED * self.letters:
            return False
        if self.tag in HEADINGS or (self.timed and self.timed == self.letters):
            return not self.aside
        if self.tag == "tr" or (self.tag in _PROSE and _SENTENCE.search(self.text)):
            return not self.aside
        return self.letters >= LEAST and (self.tag in _PROSE or self.tag == "figcaption")


@dataclass(slots=True)
class Page:
    """`hidden`: texts that are in it, and that a browser does not show; `conceals`: whether attributes hide some."""

    title: str
    blocks: list[Block] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    conceals: bool = False

    def content(self, tables: bool) -> list[Block]:
        """The blocks of its article, or of its articles where several are of like length, without what stands around
        it; of all the page where it is bare or, if `tables` asks for it, lays out its article in a table. None where
        it has no such element."""
        named = self._articles()
        if not named and self.bare:
            return self.blocks
        if not named:
            return [b for b in self.blocks if not b.around] if tables else []
        least = SECOND * max(named.values())
        chosen = {number for number, size in named.items() if size >= least}
        return [b for b in self.blocks if b.article in chosen and not b.around]

    @property
    def bare(self) -> bool:
        """Whether nothing stands around its text, as in a document that an editor saved as a page."""
        return not any(b.around or b.aside or b.article or b.reason is Reason.NAVIGATION for b in self.blocks)

    def _articles(self) -> dict[int, int]:
        """Letters of those that are no teasers, by number."""
        sizes: dict[int, int] = {}
        for b in self.blocks:
            if not b.around and not b.aside:
                sizes[b.article] = sizes.get(b.article, 0) + b.letters - b.linked
        return {number: size for number, size in sizes.items() if number and size >= ARTICLE}

    @property
    def seen(self) -> list[Seen]:
        """Outside of its articles, where it names these, is what goes around them."""
        inside = self._articles()
        return [
            inline.raised(b.text, b.raised)
            if b.raised
            else Seen(b.text, b.reason or (Reason.BOILERPLATE if inside and b.article not in inside else None))
            for b in self.blocks
        ]

    def has(self, character: str) -> bool:
        return any(character in b.text for b in self.blocks)


def seen(markup: str) -> list[Seen]:
    """All that a browser shows of `markup`; what is above or below the line stands apart, lest a number grow by it."""
    return read(ordinals.shown(markup), apart=True).seen


def read(markup: str, apart: bool = False) -> Page:
    """By lxml: html.parser takes quadratic time over marks that are never closed. `apart` as in `seen`."""
    from lxml import etree

    markup = NOT_XML.sub("", _XML_DECLARATION.sub("", markup, count=1))
    for conceals in (True, False):
        reader = _Reader(apart, conceals)
        parser = etree.HTMLParser(target=reader, huge_tree=True, remove_comments=True)
        with suppress(etree.LxmlError):  # what was read until then stays
            parser.feed(markup)
            parser.close()
        reader.flush()
        if reader.concealed <= sum(b.letters for b in reader.blocks):
            break  # else scripts show it
    return Page(collapse_spaces(sanitise("".join(reader.title))), reader.blocks, reader.hidden, reader.concealed > 0)


def conceals(attributes: Mapping[str, str]) -> bool:
    """Whether an element with these is not shown."""
    return "hidden" in attributes or bool(_CONCEALED.search(attributes.get("style", "")))


class _Reader:
    """What lxml tells of a page, in the order of the text."""

    def __init__(self, apart: bool, conceals: bool) -> None:
        """`conceals`: whether to believe the attributes that say so."""
        self._apart = apart
        self._conceals = conceals
        self.hidden: list[str] = []
        self.concealed = 0  # letters of these, where an attribute hides them
        self._depth = 0
        self._away: tuple[int, bool] | None = None  # depth of the element that is not shown, and is it an attribute
        self._secret: list[str] = []
        self._raised: list[str] = []  # open elements above or below the line
        self.title: list[str] = []
        self.blocks: list[Block] = []
        self._parts: list[str] = []
        self._linked = self._timed = 0
        self._open: list[tuple[str, bool]] = []  # block elements, and whether their class says junk
        self._inside = dict.fromkeys(("article", "main", "aside", "a", "time", "title", "junk"), 0)
        self._hidden = self._around = 0
        self._article = 0

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        self._depth += 1
        says = self._conceals and conceals(attributes)
        if not self._away and (says or tag in _SPARE):
            self._away = self._depth, tag not in _SPARE
        if self._away:
            self._hidden += tag in HIDDEN - _SPARE
            self._secret.append(" " * (tag in BLOCKS))
            return
        if tag in BLOCKS:
            self.flush()
            self._raised.clear()
            junk = bool(_JUNK.search(f"{attributes.get('class', '')} {attributes.get('id', '')}"))
            self._inside["junk"] += junk
            self._open.append((tag, junk))
        if self._apart and (tag in _RAISED or (tag == "a" and _REFERENCE.search(" ".join(attributes.values())))):
            self.flush()
            self._raised.append(tag)
        if tag in ("article", "main") and not (self._inside["article"] or (tag == "main" and self._inside["main"])):
            self._article += tag == "article" or not self._inside["main"]
        if tag in ("td", "th"):
            self._parts.append(" ")  # a row is a line
        self._enter(tag, 1)

    def end(self, tag: str) -> None:
        self._depth -= 1
        if self._away:
            self._hidden -= tag in HIDDEN - _SPARE
            if self._depth < self._away[0]:
                self.hidden.append(collapse_spaces(sanitise("".join(self._secret))))
                self.concealed += sum(map(str.isalnum, self.hidden[-1])) * self._away[1]
                self._away, self._secret = None, []
            return
        if self._raised[-1:] == [tag]:
            self.flush()
            self._raised.pop()
        if tag in BLOCKS:
            self.flush()
            self._raised.clear()
            while self._open and tag in (name for name, _ in self._open):
                name, junk = self._open.pop()
                self._inside["junk"] -= junk
                if name == tag:
                    break
        self._enter(tag, -1)

    def _enter(self, tag: str, step: int) -> None:
        self._hidden = max(0, self._hidden + step * (tag in HIDDEN))
        self._around = max(0, self._around + step * (tag in _AROUND))
        if tag in self._inside:
            self._inside[tag] = max(0, self._inside[tag] + step)

    def data(self, text: str) -> None:
        if self._hidden:
            return
        if self._away:
            self._secret.append(text)
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
                    raised=self._raised[-1] if self._raised else "",
                )
            )
        self._parts, self._linked, self._timed = [], 0, 0

    def close(self) -> None:
        pass
