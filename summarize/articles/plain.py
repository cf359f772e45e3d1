"""Plain text: header lines, a date before the lead, a headline, paragraphs, hard-wrapped lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from ..languages.cutting import conjunctions
from ..text import has_letters, sanitise, split_escapes
from ..types import Reason
from .charset import decode
from .drafts import Draft, Seen, fields, iso_date, language_code

TITLE_LIMIT = 200  # characters; a longer first line is a lead
NARROWEST = 30  # characters of a line that text is wrapped at

_DATE_PREFIX = re.compile(r"\s*date:?\s+(\d{4}-\d{2}-\d{2})(?!\S)\s*", re.IGNORECASE | re.ASCII)
_HEADER_LINE = re.compile(r"\s*(date|title|lang|language|author|url)\s*:\s*(\S.*)", re.IGNORECASE)
_DATE_ALONE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}\S*)?", re.ASCII)
_BLANK_LINES = re.compile(r"\n\s*\n")
SENTENCE_END = re.compile(r"[.!?…:;,。！？][\"'”“»«’‘)\]]*\Z")
_HYPHEN = re.compile(r"[^\W\d_]+-\Z")
_FIRST_WORD = re.compile(r"[^\W\d_]+")
_INNER_END = re.compile(r"[^\W\d_]{3}[.!?][\"”“»]?\s+[„“»\"]?[^\W\d_]")
_BULLET = re.compile(r"[-*•–]\s|\d+[.)]\s")


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a text file."""
    raw = decode(data)
    whole = sanitise(raw)
    header, text = split_header(whole)
    day, text = split_date_prefix(text)
    known = fields(header)
    known["date"] = known["date"] or day
    title, blocks = known.pop("title"), blocks_of(text)
    head = Seen(whole[: len(whole) - len(text)], Reason.METADATA)
    seen = [head, *map(Seen, blocks), *map(Seen, split_escapes(raw)[1])]
    if not title and starts_with_title(blocks):
        title, *blocks = blocks
    yield Draft(paragraphs=paragraphs_of(blocks), seen=seen, title=title, **known)


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
    return len(first) <= TITLE_LIMIT and "\n" not in first and has_letters(first) and not SENTENCE_END.search(first)


def paragraphs_of(blocks: Sequence[str]) -> list[str]:
    """The lines of each block that were one before an editor wrapped them, joined; of other blocks one per line."""
    lines = [[line for raw in block.split("\n") if (line := raw.strip())] for block in blocks]
    widths = [_wrapped_at(block) for block in lines]
    usual = max(widths, default=0)
    whole = " ".join(blocks) if usual else ""
    return [
        paragraph
        for block, width in zip(lines, widths, strict=True)
        for paragraph in (_unwrapped(block, width or usual, whole, sure=bool(width)) if usual else block)
    ]


def _wrapped_at(lines: Sequence[str]) -> int:
    """The width at which the lines of a block were wrapped, 0 if they were not: most of them are full, since the next
    word would not have fitted, or end in a hyphen; and some go on in the middle of a word or with a small letter, or
    sentences end within the lines more often than with one."""
    breaks = list(pairwise(lines))
    width = max((len(line) for line in lines if " " in line), default=0)
    if not breaks or width < NARROWEST:
        return 0
    hyphens = sum(bool(_HYPHEN.search(a)) for a, _ in breaks)
    full = sum(_full(a, b, width) for a, b in breaks)
    going_on = sum(b[0].islower() and not SENTENCE_END.search(a[-4:]) for a, b in breaks)
    inside = sum(bool(_INNER_END.search(line)) for line in lines)
    at_ends = sum(bool(SENTENCE_END.search(a[-4:])) for a, _ in breaks)
    sure = 4 * (hyphens + going_on) >= len(breaks) or inside > at_ends
    return width if sure and 2 * (full + hyphens) > len(breaks) else 0


def _full(line: str, following: str, width: int) -> bool:
    return len(line) + 1 + len(following.split(maxsplit=1)[0]) > width and not _HYPHEN.search(line)


def _unwrapped(lines: Sequence[str], width: int, whole: str, sure: bool) -> list[str]:
    """The paragraphs of a block. In one that is surely wrapped a line that is not full ends a paragraph if it ends a
    sentence; in any other, every line that is not full does."""
    whole_lines = [lines[0]]
    for before, line in pairwise(lines):
        ends = not _full(before, line, width) and (not sure or SENTENCE_END.search(before[-4:]))
        if _BULLET.match(line) or ends:
            whole_lines.append(line)
        else:
            whole_lines[-1] = joined(whole_lines[-1], line, whole)
    return whole_lines


def joined(before: str, line: str, whole: str) -> str:
    """A word that was cut at the end of a line is whole again (Last-|wagen), one with a hyphen keeps it (SPD-|Fraktion,
    and what the text elsewhere writes with one), and a hyphen that stands for the rest of a word stays (Bus-|und)."""
    cut, rest = _HYPHEN.search(before), _FIRST_WORD.match(line)
    if not cut or not rest or rest[0] in conjunctions():
        return f"{before} {line}"
    if rest[0][0].islower() and cut[0] + rest[0] not in whole:
        return before[:-1] + line
    return before + line
