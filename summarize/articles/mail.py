"""One e-mail (.eml) or a mailbox of them (.mbox), by the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import chain, pairwise
from typing import Any

from ..errors import ArticleError, UnreadableArticle
from ..text import sanitise
from . import inline, visible
from .charset import decode
from .drafts import BadRecord, Draft, Seen, fields
from .plain import blocks_of, paragraphs_of

_ENVELOPE = re.compile(rb"^From \S{1,200}[^\n]{0,100}\d{4}\r?$", re.MULTILINE)  # without bounds it takes quadratic time
_BREAKS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    RecursionError,
    OverflowError,
)  # the library, on bad heads
_HEAD = {"title": "subject", "date": "date", "author": "from"}
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a message: its HTML, which newsletters are written in, else its plain text. Attachments are
    not read."""
    yield _draft(data)


def parse_box(data: bytes) -> Iterator[Draft | BadRecord]:
    """One article a message; a bad one costs itself alone."""
    starts = [match.start() for match in _ENVELOPE.finditer(data)]
    for number, (start, end) in enumerate(pairwise([*starts, len(data)]), 1):
        _, _, message = data[start:end].partition(b"\n")
        try:
            yield _draft(re.sub(rb"^>(>*From )", rb"\1", message, flags=re.MULTILINE), number)
        except ArticleError as error:
            yield BadRecord(number, type(error)(f"message {number}: {error.message}", error.hint))


def _draft(data: bytes, record: int = 0) -> Draft:
    try:
        return _read(data, record)
    except _BREAKS as error:
        raise UnreadableArticle(
            f"a damaged e-mail ({error!r})", "open it in a mail program and save it again"
        ) from error


def _read(data: bytes, record: int) -> Draft:
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not any(name in message for name in ("from", "subject", "date")):
        raise UnreadableArticle("no e-mail: it has neither sender, subject nor date", "name it .txt if it is text")
    known = fields({name: _said(message, field) for name, field in _HEAD.items()})
    return Draft(paragraphs=_paragraphs(message), seen=list(_seen(message)), record=record, **known)


def _said(message: EmailMessage, field: str) -> str:
    """A field of the head, "" for none and for one that cannot be read, as a date in the year 99999999999."""
    try:
        return str(message[field] or "")
    except _BREAKS:
        return ""


def _paragraphs(message: EmailMessage) -> list[str]:
    body = message.get_body(preferencelist=("html", "plain"))
    if body is None:
        return []
    if body.get_content_subtype() == "html":
        return [block.text for block in visible.read(inline.spelled_out(_text(body))).blocks]
    # quoted replies are paragraphs of their own
    apart = re.sub(r"(?m)(^>.*\n)(?=[^>\n])|(^[^>\n].*\n)(?=>)", r"\1\2\n", sanitise(_text(body)))
    return paragraphs_of(blocks_of(_QUOTED.sub("", apart)))


def _seen(part: Any) -> Iterator[Seen]:
    """What a mail program shows: all text that is no attachment, and of several versions of it the last."""
    if part.get_content_disposition() == "attachment":
        return
    if part.is_multipart():
        inside = [found for inner in part.iter_parts() if (found := list(_seen(inner)))]
        yield from chain(*(inside[-1:] if part.get_content_subtype() == "alternative" else inside))
    elif part.get_content_type() == "text/html":
        yield from visible.seen(_text(part))
    elif part.get_content_type() == "text/plain":
        yield from map(Seen, blocks_of(_text(part)))


def _text(part: Any) -> str:
    payload = part.get_payload(decode=True)
    return decode(payload if isinstance(payload, bytes) else b"", part.get_content_charset("") or "")
