"""OpenDocument text (.odt), by its XML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from html import escape, unescape
from typing import Any

from ..errors import UnreadableArticle
from ..types import Reason
from . import inline
from .counted import STYLE as _STYLE
from .counted import TEXT as _TEXT
from .counted import Number, in_opendocument
from .drafts import Draft, Seen, fields
from .webpage import without_title
from .zipped import metadata, opened, xml

_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_STYLE_NAME = f"{_TEXT}style-name"
_GAPS = frozenset({"s", "tab", "line-break"})


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of an .odt: headings, paragraphs and list items; a row of a table is a line."""
    with opened(data) as archive:
        known = metadata(xml(archive, "meta.xml"))
        root, styles = xml(archive, "content.xml"), xml(archive, "styles.xml")
    if root is None:
        raise UnreadableArticle("an OpenDocument file without content", "open it and save it again")
    raised, numbers = _raised(root) | _raised(styles), in_opendocument(root, styles, root)
    paragraphs, heading = [], ""
    for element in root.iter(f"{_TEXT}p", f"{_TEXT}h", f"{_TABLE}table-row"):
        if element.tag.endswith("table-row"):
            cells = (_line(_spoken(cell, raised)) for cell in element.iter(f"{_TEXT}p", f"{_TEXT}h"))
            paragraphs.append(" ".join(filter(None, cells)))
        elif not any(a.tag.endswith(("}table-row", "}p", "}h", "}tracked-changes")) for a in element.iterancestors()):
            number = numbers.get(element)
            before = f"{number.text} " if number and number.given else ""
            text = before + _line(_spoken(element, raised))
            heading = heading or (text if element.tag.endswith("}h") and not paragraphs else "")
            paragraphs.append(text)
    made = fields({**known, "title": heading or known.get("title", "")})
    seen = list(_seen(root, raised, numbers))
    yield Draft(paragraphs=without_title(paragraphs, str(made["title"])), seen=seen, **made)


def _seen(root: Any, raised: Mapping[str, str], numbers: Mapping[Any, Number]) -> Iterator[Seen]:
    """Every text node of a paragraph; raised ones apart, lest a number grow."""
    from lxml import etree

    said: list[str] = []
    depth = 0
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        name, starts = element.tag.rpartition("}")[2] if isinstance(element.tag, str) else "", event == "start"
        if starts and name == "tracked-changes":  # what was struck out
            walk.skip_subtree()
        kind = "sup" if name == "note-citation" else raised.get(element.get(_STYLE_NAME, ""), "")
        if name in ("p", "h") or kind:
            text = "".join(said)
            yield inline.raised(text, kind) if kind and not starts else Seen(text)
            said = []
        if starts and (number := numbers.get(element)):
            yield Seen(number.text, None if number.given else Reason.MARKUP)
        depth += (1 if starts else -1) * (name in ("p", "h"))
        if depth and starts and name not in ("creator", "date") and name:
            said.append((element.text or "") if name not in _GAPS else " ")
        elif depth and not starts:
            said.append(element.tail or "")


def _raised(root: Any) -> dict[str, str]:
    """Names of styles above or below the line, and what HTML calls these."""
    if root is None:
        return {}
    found = {}
    for properties in root.iter(f"{_STYLE}text-properties"):
        kind = properties.get(f"{_STYLE}text-position", "")
        if kind and not kind.startswith("0%") and (name := properties.getparent().get(f"{_STYLE}name")):
            found[name] = "sub" if kind.startswith(("sub", "-")) else "sup"
    return found


def _line(markup: str) -> str:
    return " ".join(unescape(inline.spelled_out(markup)).split())


def _spoken(element: Any, raised: Mapping[str, str]) -> str:
    """A paragraph as HTML; footnotes and comments in it come after it, tabs and line breaks are spaces."""
    text, after = [escape(element.text or "")], []
    for child in element:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in ("note", "annotation"):
            after += [_spoken(part, raised) for part in child.iter(f"{_TEXT}p")]
        elif name in _GAPS:
            text.append(" ")
        elif name:
            said, kind = _spoken(child, raised), raised.get(child.get(_STYLE_NAME, ""))
            text.append(f"<{kind}>{said}</{kind}>" if kind else said)
        text.append(escape(child.tail or ""))
    return " ".join(["".join(text), *after])
