"""Word (.docx), by mammoth; what it leaves out is found in the XML itself."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import UnreadableArticle
from ..types import Reason
from . import inline, visible
from .counted import WORD as _WORD
from .counted import Number, in_word
from .drafts import Draft, Seen, fields
from .formats import library
from .webpage import without_title
from .zipped import member, metadata, opened, xml

_CELL = re.compile(r"(?<=<td>)<p>|(?<=<th>)<p>|</p>(?=</t[dh]>)")  # else each cell were a paragraph
_TEXT = frozenset({f"{_WORD}t", f"{_WORD}tab", f"{_WORD}br", f"{_WORD}noBreakHyphen"})
_BODY = "word/document.xml"
_PART = re.compile(r"word/(document|footnotes|endnotes|comments|header|footer)\d*\.xml")


def parse(data: bytes) -> Iterator[Draft]:
    """The one article of a .docx, by mammoth: tracked changes as they are accepted, footnotes at the end."""
    with opened(data) as archive:
        known = metadata(xml(archive, "docProps/core.xml"))
        parts = {name: xml(archive, name) for name in archive.namelist() if _PART.fullmatch(name)}
        body = parts.get(_BODY)
        numbers = in_word(body, xml(archive, "word/numbering.xml"), xml(archive, "word/styles.xml"))
        seen = [block for name, root in parts.items() if root is not None for block in _seen(name, root, numbers)]
        data = _with_numbers(archive, body, numbers) or data
    mammoth = library("mammoth")
    try:
        markup = mammoth.convert_to_html(io.BytesIO(data)).value
        markup = _CELL.sub("", markup).replace("↑", "").replace("<ol>", "<ul>").replace("</ol>", "</ul>")
    except Exception as error:  # of broken XML it raises what its parser raises
        raise UnreadableArticle(f"a damaged Word file ({error})", "open it and save it again") from error
    blocks = visible.read(inline.spelled_out(markup)).blocks
    heading = blocks[0].text if blocks and blocks[0].tag == "h1" else ""
    made = fields({**known, "title": heading or known.get("title", "")})
    yield Draft(paragraphs=without_title([b.text for b in blocks], str(made["title"])), seen=seen, **made)


def _with_numbers(archive: zipfile.ZipFile, body: Any, numbers: Mapping[Any, Number]) -> bytes:
    """The file with the numbers in its text that its author gave; empty if there are none."""
    given = [(paragraph, number) for paragraph, number in numbers.items() if number.given]
    if not given:
        return b""
    from lxml import etree

    for paragraph, number in given:
        run = etree.Element(f"{_WORD}r")
        etree.SubElement(run, f"{_WORD}t").text = f"{number.text} "
        paragraph.insert(paragraph.find(f"{_WORD}pPr") is not None, run)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in dict.fromkeys(archive.namelist()):
            new.writestr(name, etree.tostring(body) if name == _BODY else member(archive, name))
    return out.getvalue()


def _seen(name: str, root: Any, numbers: Mapping[Any, Number]) -> Iterator[Seen]:
    """Every run of text in the XML that is not struck out, by paragraphs; raised ones apart, lest a number grow."""
    reason = Reason.BOILERPLATE if name.startswith(("word/header", "word/footer")) else None
    said: list[str] = []
    for element in root.iter(f"{_WORD}p", f"{_WORD}r"):
        run = element.tag.endswith("}r")
        align = element.find(f"{_WORD}rPr/{_WORD}vertAlign") if run else None
        raised = "" if align is None else align.get(f"{_WORD}val", "")[:3]
        if said and (raised or not run):
            yield Seen("".join(said), reason)
            said = []
        if number := numbers.get(element):
            yield Seen(number.text, None if number.given else Reason.MARKUP)
        if run and not _is_inside(element, "moveFrom", "Fallback"):
            text = "".join((e.text or "") if e.tag == f"{_WORD}t" else " " for e in element if e.tag in _TEXT)
            if raised in ("sup", "sub"):
                yield inline.raised(text, raised)
            else:
                said.append(text)
    yield Seen("".join(said), reason)


def _is_inside(element: Any, *names: str) -> bool:
    return any(a.tag.endswith(f"}}{name}") for a in element.iterancestors() for name in names)
