"""Plain text: header lines, a date before the lead, a headline, paragraphs, hard-wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ..text import has_letters, sanitise
from .decoding import decode
from .drafts import Draft, fields, iso_date, language_code

TITLE_LIMIT = 200  # characters; a longer first line is a lead
WRAP_WIDTHS = range(50, 101)  # lengths of the lines that editors and mail programs break text into

_DATE_PREFIX = re.compile(r"\s*date:?\s+(\d{4}-\d{2}-\d{2})(?!\S)\s*", re.IGNORECASE | re.ASCII)
_HEADER_LINE = re.compile(r"\s*(date|title|lang|language|author|url)\s*:\s*(\S.*)", re.IGNORECASE)
_DATE_ALONE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?", re.ASCII)
_BLANK_LINES = re.compile(r"\n\s*\n")
_SENTENCE_END = re.compile(r"[.!?…:;,。！？][\"'”“»«’‘)\]]*\Z")
_BULLET = re.compile(r"[-*•–]\s|\d+[.)]\s")


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a text file."""
    text = sanitise(decode(data))
    header, text = split_header(text)
    day, text = split_date_prefix(text)
    known = fields(header)
    known["date"] = known["date"] or day
    title, blocks = known.pop("title"), blocks_of(text)
    if not title and starts_with_title(blocks):
        title, *blocks = blocks
    yield Draft(paragraphs=paragraphs_of(blocks), title=title, **known)


def split_header(text: str) -> tuple[dict[str, str], str]:
    """The `key: value` lines at the very top, and the text after them.

    Prose can look like one ("Author: a life"). So a date must be a real one, a language known and a url a url, and a
    block of nothing but `title:` and `author:` must be set off by a blank line.
    """
    header: dict[str, str] = {}
    proven, start = False, len(text) - len(text.lstrip())
    while start < len(text):
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        match = _HEADER_LINE.fullmatch(text, start, min(end, start + 4 * TITLE_LIMIT))
        if not match or match.end() != end or not _holds(key := match[1].lower(), value := match[2].strip()):
            break
        header.setdefault(key, value)
        proven = proven or key not in ("title", "author")
        start = end + 1
    rest = text[start:]
    if header and (proven or (rest.split("\n", 1)[0].isspace() or rest.startswith("\n"))):
        return header, rest
    return {}, text


def _holds(key: str, value: str) -> bool:
    match key:
        case "date":
            return bool(_DATE_ALONE.fullmatch(value) and iso_date(value))
        case "lang" | "language":
            return " " not in value and bool(language_code(value))
        case "url":
            return value.startswith(("http://", "https://")) and " " not in value
    return len(value) <= TITLE_LIMIT


def split_date_prefix(text: str) -> tuple[str, str]:
    """A date before the lead, on its line, and the text without it.

    >>> split_date_prefix(" date 2026-02-05 Seit Herbst 2021 war")
    ('2026-02-05', 'Seit Herbst 2021 war')
    """
    match = _DATE_PREFIX.match(text)
    if match and (day := iso_date(match[1])):
        return day, text[match.end() :]
    return "", text


def blocks_of(text: str) -> list[str]:
    """The parts of `text` between blank lines, stripped, none empty."""
    return [block for part in _BLANK_LINES.split(text) if (block := part.strip())]


def starts_with_title(blocks: Sequence[str]) -> bool:
    """True if the first block reads as a headline: one short line, no end of a sentence, and text after it."""
    if len(blocks) < 2:
        return False
    first = blocks[0]
    return len(first) <= TITLE_LIMIT and "\n" not in first and has_letters(first) and not _SENTENCE_END.search(first)


def paragraphs_of(blocks: Sequence[str]) -> list[str]:
    """One paragraph per block where the lines are evidently hard-wrapped, else one per line."""
    lines = [[line for raw in block.split("\n") if (line := raw.strip())] for block in blocks]
    if _hard_wrapped(lines):
        return [" ".join(block) for block in lines]
    return [line for block in lines for line in block]


def _hard_wrapped(blocks: Sequence[Sequence[str]]) -> bool:
    """True if most lines that another one of their block follows are of editor width and stop amid a sentence."""
    broken = [line for block in blocks for line in block[:-1]]
    wrapped = sum(
        len(line) in WRAP_WIDTHS and not _SENTENCE_END.search(line[-4:]) and not _BULLET.match(line) for line in broken
    )
    return wrapped * 2 > len(broken)
