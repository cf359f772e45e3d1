"""Books (.epub): each chapter is read as a page is."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from urllib.parse import unquote

from ..errors import UnreadableArticle
from ..types import Reason
from . import inline, visible
from .drafts import Draft, Seen, fields
from .webpage import without_title
from .zipped import elements, member, metadata, opened, xml

TITLE_PAGE = 40  # letters: a cover or a title page has fewer


def parse(data: bytes) -> Iterator[Draft]:
    """One article a chapter of an .epub, in reading order."""
    with opened(data) as archive:
        container = xml(archive, "META-INF/container.xml")
        place = next((r.get("full-path", "") for r in elements(container, "rootfile")), "")
        package = xml(archive, place)
        if package is None:
            raise UnreadableArticle("an EPUB without a table of its parts", "open it in Calibre and save it again")
        known = metadata(package)
        parts = {item.get("id"): unquote(item.get("href", "")) for item in elements(package, "item")}
        number, seen = 0, []
        for reference in elements(package, "itemref"):
            inside = posixpath.join(posixpath.dirname(place), parts.get(reference.get("idref"), ""))
            markup = member(archive, posixpath.normpath(inside)).decode("utf-8", "replace")
            blocks = [block for block in visible.read(inline.spelled_out(markup)).blocks if not block.around]
            if sum(block.letters for block in blocks) < TITLE_PAGE:
                seen += [Seen(block.text, Reason.BOILERPLATE) for block in visible.read(markup).blocks]
                continue
            seen += visible.seen(markup)
            number += 1
            heading = next((b.text for b in blocks[:3] if b.tag in visible.HEADINGS), "")
            made = fields({**known, "title": heading or known.get("title", "")})
            yield Draft(without_title([b.text for b in blocks], str(made["title"])), seen, record=number, **made)
            seen = []
