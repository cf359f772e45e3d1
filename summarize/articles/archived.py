"""A page saved by a browser as one file (.mhtml, .mht): its HTML part is read as any web page is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import Message

from ..errors import UnreadableArticle
from ..types import Reason
from . import visible, webpage
from .charset import decode
from .drafts import Draft, Seen


def parse(data: bytes) -> Iterator[Draft]:
    """The articles of the page itself; its frames, scripts and pictures are not read. Where nothing says which page is
    meant it is the first, and the others are missing.

    Raises UnreadableArticle if no part is HTML.
    """
    message = message_from_bytes(data, policy=policy.compat32)
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise UnreadableArticle("no saved page: none of its parts is HTML", "save the page again, as HTML")
    where = message.get("Snapshot-Content-Location") or message.get("Content-Location")
    page = next((part for part in pages if where and part.get("Content-Location") == where), pages[0])
    others = [part for part in pages if part is not page]
    reason = Reason.BOILERPLATE if where else None
    frames = [Seen(b.text, reason) for part in others for b in visible.seen(_markup(part))]
    for draft in webpage.parse(_markup(page).encode()):
        yield replace(draft, seen=[*draft.seen, *frames])


def _markup(part: Message) -> str:
    found = part.get_payload(decode=True)
    return decode(found if isinstance(found, bytes) else b"", part.get_content_charset("") or "")
