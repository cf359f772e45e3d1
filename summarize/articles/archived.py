"""A page saved by a browser as one file (.mhtml, .mht): its HTML part is read as any web page is."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import Message

from ..errors import UnreadableArticle
from . import webpage
from .decoding import decode
from .drafts import Draft


def parse(data: bytes) -> Iterator[Draft]:
    """The articles of the page itself; its frames, scripts and pictures are not read.

    Raises UnreadableArticle if no part is HTML.
    """
    message = message_from_bytes(data, policy=policy.compat32)
    pages = [part for part in message.walk() if part.get_content_type() in ("text/html", "application/xhtml+xml")]
    if not pages:
        raise UnreadableArticle("no saved page: none of its parts is HTML", "save the page again, as HTML")
    where = message.get("Snapshot-Content-Location") or message.get("Content-Location")
    page = next((part for part in pages if where and part.get("Content-Location") == where), pages[0])
    yield from webpage.parse(decode(_payload(page), page.get_content_charset("") or "").encode())


def _payload(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
