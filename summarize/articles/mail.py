"""One e-mail (.eml) or a mailbox of them (.mbox), by the standard library."""

from __future__ import annotations

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import pairwise

from ..errors import UnreadableArticle
from ..text import sanitise
from . import inline, visible
from .decoding import decode
from .drafts import Draft, fields
from .plain import blocks_of, paragraphs_of

_ENVELOPE = re.compile(rb"^From \S+.*\d{4}\r?$", re.MULTILINE)
_QUOTED = re.compile(r"^(?:>[ \t]?)+", re.MULTILINE)


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a message: its HTML, which newsletters are written in, else its plain text. Attachments are
    not read."""
    yield _draft(data)


def parse_box(data: bytes) -> Iterator[Draft]:
    """One article a message."""
    starts = [match.start() for match in _ENVELOPE.finditer(data)]
    for number, (start, end) in enumerate(pairwise([*starts, len(data)]), 1):
        _, _, message = data[start:end].partition(b"\n")
        yield _draft(re.sub(rb"^>(>*From )", rb"\1", message, flags=re.MULTILINE), number)


def _draft(data: bytes, record: int = 0) -> Draft:
    try:
        return _read(data, record)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:  # the library's, on bad heads
        raise UnreadableArticle(
            f"a damaged e-mail ({error!r})", "open it in a mail program and save it again"
        ) from error


def _read(data: bytes, record: int) -> Draft:
    message = message_from_bytes(data, policy=policy.default)
    if not isinstance(message, EmailMessage) or not (message["from"] or message["subject"] or message["date"]):
        raise UnreadableArticle("no e-mail: it has neither sender, subject nor date", "name it .txt if it is text")
    head = {"title": message["subject"], "date": message["date"], "author": message["from"]}
    known = fields({name: str(value) for name, value in head.items() if value})
    return Draft(paragraphs=_paragraphs(message), record=record, **known)


def _paragraphs(message: EmailMessage) -> list[str]:
    body = message.get_body(preferencelist=("html", "plain"))
    if body is None:
        return []
    payload = body.get_payload(decode=True)
    text = decode(payload if isinstance(payload, bytes) else b"", body.get_content_charset("") or "")
    if body.get_content_subtype() == "html":
        return [block.text for block in visible.read(inline.spelled_out(text)).blocks]
    # quoted replies are paragraphs of their own
    apart = re.sub(r"(?m)(^>.*\n)(?=[^>\n])|(^[^>\n].*\n)(?=>)", r"\1\2\n", sanitise(text))
    return paragraphs_of(blocks_of(_QUOTED.sub("", apart)))
