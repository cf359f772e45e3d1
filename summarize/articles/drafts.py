"""What a reader hands over, and the fields that text headers, front matter and JSON records have in common."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from email.utils import parsedate_to_datetime
from typing import NamedTuple

from ..errors import ArticleError
from ..languages.codes import ISO_639_1, two_letters
from ..languages.detection import named
from ..text import collapse_spaces, sanitise
from ..types import Reason

META_LIMIT = 1000  # characters of an author or url: more is no such thing

TITLE = ("title", "headline")
DATE = ("date", "published", "published_at", "date_published")
LANGUAGE = ("lang", "language")
ID = ("id", "uid", "guid")
META = ("author", "url")

_ISO_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})(?![\w-])|(\d{4}-\d{2}-\d{2})(?=T\d{2}:\d{2})", re.ASCII)


class Seen(NamedTuple):
    """A block of text as a viewer of the format shows it; `reason`: why it may be left out, where a reader knows."""

    text: str
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One article as a reader found it: not yet sanitised, without id of the drop and source.

    `seen` is all that a viewer of the source shows, in order, kept or not; `bound` is the share of it that may be
    missing without a warning. `record` is 0 for the only article of a file, else its place among the file's, from 1.
    """

    paragraphs: Sequence[str]
    seen: Sequence[Seen]
    title: str = ""
    date: str = ""
    language: str = ""
    id: str = ""
    meta: Mapping[str, str] = field(default_factory=dict)
    code: frozenset[str] = frozenset()  # paragraphs that are no language
    bound: float = 0.05
    record: int = 0
    line: int = 0  # of a record in a jsonl file, for messages
    digest: str = ""  # "sha256:…" of the record's own bytes; "" means that of the whole file


@dataclass(frozen=True, slots=True)
class BadRecord:
    """One record of a file that cannot be used; the others can."""

    record: int
    error: ArticleError


@dataclass(frozen=True, slots=True)
class Passed:
    """One record of a file that is no article, and was never meant as one: a picture among pages."""

    kind: str


def iso_date(value: object) -> str:
    """The day of an ISO 8601 or RFC 2822 date as YYYY-MM-DD, "" if it is none or no real day.

    >>> iso_date("2026-02-05T10:00:00Z"), iso_date("2026-02-30"), iso_date("Thu, 05 Feb 2026 10:00:00 GMT")
    ('2026-02-05', '', '2026-02-05')
    """
    if not isinstance(value, str) or len(value) > 100:
        return ""
    try:
        if match := _ISO_DATE.match(value.strip()):
            return date.fromisoformat(match[1] or match[2]).isoformat()
        return parsedate_to_datetime(value).date().isoformat()
    except (ValueError, TypeError, IndexError, OverflowError):
        return ""


def language_code(value: object) -> str:
    """ISO 639-1 code for "de", "de-AT", "deu", "German", or the language's own name; "" for what is no language."""
    if not isinstance(value, str):
        return ""
    name = value.strip().lower().replace("_", "-").partition("-")[0]
    code = two_letters(name)
    return code if code in ISO_639_1 else named(name)


def fields(mapping: Mapping[str, object]) -> dict[str, object]:
    """The metadata of a record as arguments of `Draft`: title, date, language, id and meta, as far as they are there.

    A date that is no ISO date is not lost: it stays in meta as the source has it.
    """
    raw_date = first_text(mapping, DATE)
    meta = {name: text for name in META if (text := first_text(mapping, (name,)))}
    day = iso_date(raw_date)
    if raw_date and not day:
        meta["date"] = raw_date
    return {
        "title": first_text(mapping, TITLE),
        "date": day,
        "language": language_code(first_text(mapping, LANGUAGE)),
        "id": first_text(mapping, ID),
        "meta": meta,
    }


def first_text(mapping: Mapping[str, object], names: Sequence[str]) -> str:
    """The first of `names` with a value that is text or a number, on one line; "" if there is none."""
    for name in names:
        value = mapping.get(name)
        if isinstance(value, int | float) and not isinstance(value, bool):
            value = format(value)
        if isinstance(value, str) and (text := collapse_spaces(sanitise(value))):
            return text if name in TITLE else text[:META_LIMIT]
    return ""
