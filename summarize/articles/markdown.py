"""Markdown reduced to plain text by markdown-it: words stay, marks go, code stays as it is."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from .. import frontmatter
from ..text import collapse_spaces, sanitise, split_escapes
from ..types import Reason
from . import plain
from .charset import decode
from .drafts import Draft, Seen, fields
from .webpage import without_title

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

NESTING = 100  # levels of quotes and lists; what lies deeper the parser would leave out

_ADDRESS = r"""\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:\s+(?:"[^"\n]*"|'[^'\n]*'))?\)"""
_TAG = re.compile(r"<!--(?:[^-<]|-(?!->)|<(?!!--))*-->|</?[A-Za-z][^<>]*>")
# the address behind a link, a picture, a definition, a fence, the mark of a footnote or task
_MARK = re.compile(
    rf"{_TAG.pattern}|!\[[^\[\]\n]*\](?:{_ADDRESS}|\[[^\[\]\n]*\])?|(?<=\]){_ADDRESS}|(?<=\])\[[^\[\]\n]*\]"
    r"|^ {0,3}\[(?!\^)[^\[\]\n]+\]:[^\n]*|^ {0,3}(?:```|~~~)[^\n]*|\[\^[^\[\]\s]+\]:?|\[[xX]\](?= )",
    re.MULTILINE,
)
_TASK = re.compile(r"^\[[ xX]\] ")


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a markdown file. Its title is that of the front matter, else the first `# ` heading."""
    raw = decode(data)
    text = sanitise(raw)
    front, body = frontmatter.split(text)
    known = fields({key.lower(): value for key, value in front.items()})
    tokens = _parser().parse(body)
    if any(token.level >= NESTING - 1 for token in tokens):
        yield from plain.parse(data)
        return
    paragraphs: list[str] = []
    code: set[str] = set()
    for level, block in _blocks(tokens):
        if level == 1 and not known["title"]:
            known["title"] = block
        elif block:
            paragraphs.append(block)
            code |= {block} if level is None else set()
    seen = [
        Seen(text[: len(text) - len(body)], Reason.METADATA),
        *_seen(body, tokens),
        *map(Seen, split_escapes(raw)[1]),
    ]
    yield Draft(without_title(paragraphs, str(known["title"])), seen, code=frozenset(code), **known)


def _seen(body: str, tokens: Sequence[Token]) -> Iterator[Seen]:
    """The text itself, block by block, and after each what of it is a mark that no renderer shows; code as it is."""
    last = 0
    for start, end in [*_code(body, tokens), (len(body), len(body))]:
        for block in plain.blocks_of(body[last:start]):
            yield Seen(unescape(_MARK.sub("", block)))
            yield from (Seen(match[0], Reason.MARKUP) for match in _MARK.finditer(block))
        yield from map(Seen, plain.blocks_of(body[start:end]))
        last = end


def _code(body: str, tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """Where code stands in the text, in order."""
    lines = [0, *accumulate(len(line) + 1 for line in body.split("\n"))]
    at = 0
    for token in tokens:
        start, end = (lines[min(n, len(lines) - 1)] for n in token.map or (0, 0))
        if token.type == "fence":
            last = body.rfind("\n", start, end - 1) + 1
            closed = body[last:end].strip(" \t>\n").startswith(token.markup)
            start, end = body.find("\n", start) + 1 or end, last if closed else end
        if token.type in ("fence", "code_block") and at <= start < end:
            yield start, min(end, len(body))
            at = end
        at = max(at, start)
        for child in (token.children or ()) if token.type == "inline" else ():
            said = r"[\s>]+".join(map(re.escape, child.content.split()))  # it may go over the end of a line
            if child.type == "code_inline" and (match := re.compile(rf"(?<=`)[\s>]*{said}").search(body, at, end)):
                yield match.span()
                at = match.end()


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt
    from mdit_py_plugins.footnote import footnote_plugin

    parser = MarkdownIt("commonmark", {"maxNesting": NESTING}).enable(["table", "strikethrough"]).use(footnote_plugin)
    parser.inline.ruler.before("emphasis", "star_in_word", _star_in_word)
    return parser


def _star_in_word(state: Any, silent: bool) -> bool:
    """A star between two letters or digits is text: Lehrer*innen, 5*3."""
    text, at = state.src, state.pos
    if text[at] != "*" or not (0 < at < state.posMax - 1 and text[at - 1].isalnum() and text[at + 1].isalnum()):
        return False
    if not silent:
        state.pending += "*"
    state.pos += 1
    return True


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[int | None, str]]:
    """(heading level, 0, or None for code; plain text) of each heading, paragraph, list item, table row, code block."""
    level, number = 0, ""
    row: list[str] | None = None
    for token in tokens:
        if token.type == "heading_open":
            level = int(token.tag[1])
        elif token.type == "list_item_open":
            number = f"{token.info}{token.markup} " if token.info else ""  # a renderer shows it: 13. August
        elif token.type == "tr_open":
            row = []
        elif token.type == "tr_close":
            yield 0, " ".join(filter(None, row or ()))
            row = None
        elif token.type == "inline" and row is not None:
            row.append(_plain(token.children or ()))
        elif token.type == "inline":
            yield level, number + _TASK.sub("", _plain(token.children or ()), count=1)
            level, number = 0, ""
        elif token.type in ("fence", "code_block"):
            yield None, token.content.strip("\n")
        elif token.type == "html_block":
            for part in re.split(r"\n\s*\n", _TAG.sub("", token.content)):
                yield 0, collapse_spaces(unescape(part))


def _plain(tokens: Sequence[Token]) -> str:
    """Inline marks, tags and pictures taken away."""
    parts = []
    for token in tokens:
        if token.type in ("softbreak", "hardbreak") or (token.type == "html_inline" and token.content[:3] == "<br"):
            parts.append("\n")
        elif token.type in ("text", "code_inline", "text_special"):
            parts.append(token.content)
    return collapse_spaces("".join(parts))
