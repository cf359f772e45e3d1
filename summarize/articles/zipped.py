"""Documents that are zip archives: Word, OpenDocument and EPUB. Nothing is unpacked to the disk."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from ..errors import UnreadableArticle
from . import inline, visible
from .drafts import Draft, fields
from .formats import library
from .webpage import without_title

UNPACKED = 200_000_000  # bytes of all members together: more is a bomb, or no text
MEMBERS = 10_000
TITLE_PAGE = 40  # letters: a cover or a title page has fewer

_CELL = re.compile(r"(?<=<td>)<p>|(?<=<th>)<p>|</p>(?=</t[dh]>)")  # else each cell were a paragraph
_TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
_TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"


def parse_word(data: bytes) -> Iterator[Draft]:
    """The one article of a .docx, by mammoth: tracked changes as they are accepted, footnotes at the end."""
    with _opened(data) as archive:
        known = _metadata(_xml(archive, "docProps/core.xml"))
    mammoth = library("mammoth")
    try:
        markup = mammoth.convert_to_html(io.BytesIO(data)).value
        markup = _CELL.sub("", markup).replace("↑", "")
    except Exception as error:  # of broken XML it raises what its parser raises
        raise UnreadableArticle(f"a damaged Word file ({error})", "open it and save it again") from error
    blocks = visible.read(inline.spelled_out(markup)).blocks
    heading = blocks[0].text if blocks and blocks[0].tag == "h1" else ""
    made = fields({**known, "title": heading or known.get("title", "")})
    yield Draft(paragraphs=without_title([b.text for b in blocks], str(made["title"])), **made)


def parse_opendocument(data: bytes) -> Iterator[Draft]:
    """The one article of an .odt: headings, paragraphs and list items; a row of a table is a line."""
    with _opened(data) as archive:
        known = _metadata(_xml(archive, "meta.xml"))
        root = _xml(archive, "content.xml")
    if root is None:
        raise UnreadableArticle("an OpenDocument file without content", "open it and save it again")
    paragraphs, heading = [], ""
    for element in root.iter(f"{_TEXT}p", f"{_TEXT}h", f"{_TABLE}table-row"):
        if element.tag.endswith("table-row"):
            paragraphs.append(" ".join(filter(None, map(_spoken, element.iter(f"{_TEXT}p", f"{_TEXT}h")))))
        elif not any(a.tag.endswith(("}table-row", "}p", "}h", "}tracked-changes")) for a in element.iterancestors()):
            text = _spoken(element)
            heading = heading or (text if element.tag.endswith("}h") and not paragraphs else "")
            paragraphs.append(text)
    made = fields({**known, "title": heading or known.get("title", "")})
    yield Draft(paragraphs=without_title(paragraphs, str(made["title"])), **made)


def parse_book(data: bytes) -> Iterator[Draft]:
    """One article a chapter of an .epub, in reading order."""
    with _opened(data) as archive:
        container = _xml(archive, "META-INF/container.xml")
        place = next((r.get("full-path", "") for r in _all(container, "rootfile")), "")
        package = _xml(archive, place)
        if package is None:
            raise UnreadableArticle("an EPUB without a table of its parts", "open it in Calibre and save it again")
        known = _metadata(package)
        parts = {item.get("id"): unquote(item.get("href", "")) for item in _all(package, "item")}
        number = 0
        for reference in _all(package, "itemref"):
            inside = posixpath.join(posixpath.dirname(place), parts.get(reference.get("idref"), ""))
            markup = _member(archive, posixpath.normpath(inside)).decode("utf-8", "replace")
            blocks = [block for block in visible.read(inline.spelled_out(markup)).blocks if not block.around]
            if sum(block.letters for block in blocks) < TITLE_PAGE:
                continue
            number += 1
            heading = next((b.text for b in blocks[:3] if b.tag in visible.HEADINGS), "")
            made = fields({**known, "title": heading or known.get("title", "")})
            yield Draft(paragraphs=without_title([b.text for b in blocks], str(made["title"])), record=number, **made)


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise UnreadableArticle(
            f"a damaged archive ({error})", "fetch it again, or open it and save it again"
        ) from error
    members = archive.infolist()
    if len(members) > MEMBERS or sum(member.file_size for member in members) > UNPACKED:
        raise UnreadableArticle(f"it unpacks to more than {UNPACKED / 1e6:g} MB", "save the text itself as .txt")
    return archive


def _damaged(error: Exception) -> UnreadableArticle:
    return UnreadableArticle(f"a damaged archive ({error})", "fetch it again, or open it and save it again")


def _member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Empty if there is none."""
    try:
        return archive.read(name)
    except KeyError:
        return b""
    except RuntimeError as error:  # what zipfile raises for a password
        raise UnreadableArticle("encrypted", "save it without a password") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise UnreadableArticle(
            f"a damaged archive ({error})", "fetch it again, or open it and save it again"
        ) from error


def _xml(archive: zipfile.ZipFile, name: str) -> Any:
    """The root of an XML member, None if there is none or it is broken. Entities stay what they are."""
    from lxml import etree

    data = _member(archive, name) if name else b""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        return etree.fromstring(data, parser) if data else None
    except etree.LxmlError:
        return None


def _all(root: Any, name: str) -> Iterator[Any]:
    return iter(()) if root is None else root.iter(f"{{*}}{name}")


def _metadata(root: Any) -> dict[str, str]:
    """Title, author and language, as Dublin Core names them. Its date is that of the file, as a rule."""
    names = {"title": "title", "creator": "author", "language": "language"}
    found: dict[str, str] = {}
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str) and (name := names.get(element.tag.rpartition("}")[2])):
            found.setdefault(name, "".join(element.itertext()).strip())
    return found


def _spoken(element: Any) -> str:
    """The text of a paragraph; footnotes and comments in it come after it, tabs and line breaks are spaces."""
    text, after = [element.text or ""], []
    for child in element:
        name = child.tag.rpartition("}")[2] if isinstance(child.tag, str) else ""
        if name in ("note", "annotation"):
            after += [" ".join(filter(None, map(_spoken, child.iter(f"{_TEXT}p"))))]
        elif name in ("s", "tab", "line-break"):
            text.append(" ")
        elif name:
            text.append(_spoken(child))
        text.append(child.tail or "")
    return " ".join(" ".join(["".join(text), *after]).split())
