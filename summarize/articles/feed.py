"""RSS and Atom in all their versions, by feedparser; every entry of a feed is an article."""

from __future__ import annotations

import io
from collections.abc import Iterator

from ..errors import UnreadableArticle
from . import visible, webpage
from .drafts import Draft, Passed, fields
from .formats import library
from .plain import blocks_of


def parse(data: bytes) -> Iterator[Draft | Passed]:
    """One article an entry: its full content, else its summary, with id, link, date and author. An entry in which
    nothing is to be seen is Passed.

    Raises UnreadableArticle for XML that is no feed.
    """
    refused = UnreadableArticle("XML, but neither RSS nor Atom", "convert it to .html, .txt or .jsonl first")
    try:
        found = library("feedparser").parse(io.BytesIO(data))  # a stream: text or a name it would open itself
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:  # on what is far from a feed
        raise refused from error
    if not found.get("version") and not found.entries:
        raise refused
    spoken = found.feed.get("language", "")
    for number, entry in enumerate(found.entries, 1):
        contents = [part.get("value") or "" for part in entry.get("content") or []]
        summary = entry.get("summary") or ""
        markup = max(contents, key=len, default="") or summary
        paragraphs = blocks_of(webpage.visible_text(markup))
        known = {name: entry.get(name) or "" for name in ("title", "id", "author")}
        known |= {"url": entry.get("link", ""), "date": entry.get("published") or entry.get("updated") or ""}
        known["title"] = webpage.visible_text(known["title"])
        made = fields({**known, "language": entry.get("language") or spoken})
        shown = [entry.get("title") or "", *dict.fromkeys([markup, *contents, summary])]
        seen = [block for part in shown for block in visible.seen(part)]
        if not seen:
            yield Passed("entry without text")
            continue
        yield Draft(webpage.without_title(paragraphs, str(made["title"])), seen, record=number, **made)
