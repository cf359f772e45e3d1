"""JSON: one article a line (.jsonl, .ndjson), or one object or a list of objects (.json)."""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO

from ..errors import ArticleError, UnreadableArticle
from ..keys import hash_bytes
from ..text import sanitise
from ..types import Reason
from . import visible, webpage
from .charset import decode, refuse_binary
from .drafts import DATE, ID, LANGUAGE, META, TITLE, BadRecord, Draft, Seen, fields
from .plain import blocks_of, paragraphs_of

DATA = frozenset((*DATE, *LANGUAGE, *ID, *META))
TEXT = ("text", "body", "content", "article", "content_html", "content_text")

# What shows where JSON is broken; who knows the name of the file puts it in the place of FILE.
CHECK = "python -m json.tool FILE"
CHECK_LINES = "python -m json.tool --json-lines FILE"

_BLOCKS = re.compile(r"</?(?:p|div|h\d|li|ul|ol|blockquote|table|tr|figure|section)\b[^<>]*>|<br\s*/?>", re.IGNORECASE)
_MARKUP = re.compile(
    r"</?(?:a|abbr|b|cite|em|i|mark|q|s|small|span|strong|sub|sup|u|img)\b[^<>]*>|&(?:#?\w{2,31});", re.IGNORECASE
)
_SHAPE = 'write one object with "text" (and perhaps "id", "title", "date", "lang") for each article'


def parse(data: bytes) -> Iterator[Draft | BadRecord]:
    """The articles of a .json file: an object is one, a list holds one in each element.

    Raises UnreadableArticle if the file is no JSON, or neither of those.
    """
    value = _load(decode(data), CHECK)
    if isinstance(value, dict) and "jsonfeed.org" in str(value.get("version")) and isinstance(value.get("items"), list):
        value = value["items"]
    if isinstance(value, dict):
        yield draft(value)
    elif isinstance(value, list):
        for number, element in enumerate(value, 1):
            try:
                yield replace(draft(element), record=number)
            except ArticleError as error:
                yield BadRecord(number, type(error)(f"record {number}: {error.message}", error.hint))
    else:
        raise UnreadableArticle(f"JSON, but a {type(value).__name__} and no article", _SHAPE)


def parse_lines(stream: BinaryIO, limit: int) -> Iterator[Draft | BadRecord]:
    """The articles of a .jsonl stream, one line in memory at a time; a line may have `limit` bytes.

    Blank lines are skipped and do not count as records. A bad line is a BadRecord that names the line's number. Raises
    UnsupportedFormat if the stream is binary, UnreadableArticle if it is UTF-16.
    """
    record = 0
    for number, line, whole in _lines(stream, limit):
        if line.isspace() or line == b"\xef\xbb\xbf":
            continue
        record += 1
        if record == 1:
            _refuse_other_than_utf8(line)
        try:
            if not whole:
                raise UnreadableArticle(f"longer than {limit / 1e6:g} MB", "split the article into several records")
            yield replace(draft(_load(decode(line), CHECK_LINES)), record=record, line=number, digest=hash_bytes(line))
        except ArticleError as error:
            yield BadRecord(record, type(error)(f"line {number}: {error.message}", error.hint))


def _refuse_other_than_utf8(start: bytes) -> None:
    refuse_binary(start)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or b"\0" in start[:4]:
        raise UnreadableArticle("UTF-16, where JSON lines are UTF-8", "convert it: iconv -f UTF-16 -t UTF-8 FILE > NEW")


def _lines(stream: BinaryIO, limit: int) -> Iterator[tuple[int, bytes, bool]]:
    """(number from 1, line, True) or, for a line over `limit`, (number, its start, False)."""
    number = 0
    while line := stream.readline(limit + 2):
        number += 1
        whole = len(line) <= limit + 1
        yield number, line.rstrip(b"\r\n") or b"\n", whole
        while line and not line.endswith(b"\n") and not whole:
            line = stream.readline(limit + 2)


def _load(text: str, check: str) -> object:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise UnreadableArticle(f"not JSON: {error}", f"check it with: {check}") from error
    except (ValueError, RecursionError) as error:  # a number of 5,000 digits, a thousand nested lists
        raise UnreadableArticle("JSON beyond what can be read (a huge number, or deep nesting)", _SHAPE) from error


def draft(value: object) -> Draft:
    """One record: an object with one of the fields TEXT."""
    if not isinstance(value, Mapping):
        raise UnreadableArticle(f"a JSON {type(value).__name__} instead of an object", _SHAPE)
    seen = list(_seen(value))
    value = {name: _plain(inner) for name, inner in value.items()}
    found = next((value[name] for name in TEXT if value.get(name)), None)
    if found is None and not any(name in value for name in TEXT):
        raise UnreadableArticle(f"the record has none of the fields {', '.join(TEXT)}", _SHAPE)
    return Draft(paragraphs=_paragraphs(found or ""), seen=seen, **fields(value))


def _paragraphs(found: object) -> list[str]:
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list) or not all(isinstance(part, str) for part in found):
        raise UnreadableArticle("the text of the record is neither a string nor a list of strings", _SHAPE)
    return [p for part in found for p in paragraphs_of(blocks_of(sanitise(part)))]


def _seen(record: Mapping) -> Iterator[Seen]:
    """All prose of a record, whatever its fields are called, and however deep they are."""
    waiting: list[tuple[str, object]] = [("", record)]
    while waiting:
        name, value = waiting.pop()
        if isinstance(value, Mapping):
            waiting += [(name if inner == "rendered" else inner, value[inner]) for inner in reversed(value)]
        elif isinstance(value, list):
            waiting += [(name, part) for part in reversed(value)]
        elif name in TITLE and isinstance(value, int | float):
            yield Seen(format(value))
        elif isinstance(value, str) and (name in (*TEXT, *TITLE) or " " in value):
            blocks = visible.seen(value) if _marked_up(value) else map(Seen, blocks_of(value))
            yield from (Seen(text, Reason.METADATA if name in DATA else reason) for text, reason in blocks)


def _marked_up(text: str) -> bool:
    return bool(_BLOCKS.search(text) or _MARKUP.search(text))


def _plain(value: object) -> object:
    """Text without markup. WordPress hands out {"rendered": text} in the place of text."""
    if isinstance(value, Mapping) and isinstance(value.get("rendered"), str):
        value = value["rendered"]
    if isinstance(value, list):
        return [_plain(part) for part in value]
    if not isinstance(value, str):
        return value
    if not _marked_up(value):
        return value
    if _BLOCKS.search(value):
        return webpage.visible_text(value)
    # without blocks the line ends are the author's
    lines = value.split("\n")
    return "\n".join(webpage.visible_text(line).strip() if _MARKUP.search(line) else line for line in lines)
