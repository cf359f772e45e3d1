"""An EPUB in another language: its chapters and its table of contents translated, nothing in it that could run."""

from __future__ import annotations

import posixpath
import re
from html.entities import html5
from typing import Any
from urllib.parse import unquote

from ...articles import inline, zipped
from ...errors import UnreadableArticle
from . import markup, web
from .markup import Markup
from .note import Note
from .package import Package, parsed
from .placing import Translations

_ENTITY = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,31};)")
_XML = frozenset(("amp;", "lt;", "gt;", "quot;", "apos;"))
_DECLARATION = re.compile(r"\A\s*<\?xml[^>]*\?>")
_LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"
_CONTENTS = "application/x-dtbncx+xml"
_CHAPTER = "application/xhtml+xml"


def translated(data: bytes, translations: Translations, note: Note, *, bilingual: bool) -> bytes:
    """The book with its chapters translated. Raises UnreadableArticle."""
    package = Package(data)
    container = package.tree("META-INF/container.xml")
    place = next((r.get("full-path", "") for r in container.iter("{*}rootfile")), "") if container is not None else ""
    root = package.tree(place)
    if root is None:
        raise UnreadableArticle("an EPUB without a table of its parts", "open it in Calibre and save it again")
    items = {item.get("id"): item for item in root.iter("{*}item")}
    order = [items[r.get("idref")] for r in root.iter("{*}itemref") if r.get("idref") in items]
    rest = [item for item in items.values() if item not in order]
    chapters: dict[str, Any] = {}
    for item in [*order, *rest]:
        part = _part(item, place)
        if part not in package.names:
            continue
        if item.get("media-type") == _CONTENTS:
            package.put(part, _contents(package.tree(part), translations))
        elif item.get("media-type") == _CHAPTER:
            if properties := item.attrib.pop("properties", ""):
                kept = [p for p in properties.split() if p != "scripted"]
                item.attrib.update({"properties": " ".join(kept)} if kept else {})
            chapters[part] = _chapter(package.member(part), part, translations, note, bilingual)
    note.require(translations)
    read = [part for item in order if (part := _part(item, place)) in chapters]
    if not read:
        raise UnreadableArticle("an EPUB without chapters", "open it in Calibre and save it again")
    bodies = [next(chapters[part].iter("{*}body"), None) for part in (read[0], read[-1])]
    if bodies[0] is not None:
        web.noted(bodies[0], note.lines(translations))
    if bodies[1] is not None and translations.unplaced:
        web.appended(bodies[1], note, translations)
    for part, chapter in chapters.items():
        package.put(part, chapter)
    for element in root.iter(f"{zipped.DUBLIN}title", f"{zipped.DUBLIN}language"):
        if element.tag.endswith("}language"):
            element.text = translations.into
        elif found := translations.find(element.text or ""):
            element.text = found.text
    package.put(place, root)
    return package.bytes()


def _part(item: Any, place: str) -> str:
    return posixpath.normpath(posixpath.join(posixpath.dirname(place), unquote(item.get("href", ""))))


def _chapter(data: bytes, part: str, translations: Translations, note: Note, bilingual: bool) -> Any:
    text = _DECLARATION.sub("", _ENTITY.sub(_written_out, data.decode("utf-8-sig", "replace")))
    root = parsed(text.encode(), part)
    spelled = inline.spelled_out(text, apart=True)
    page = Markup(root, root if spelled == text else _again(spelled, root, part), bilingual=bilingual)
    page.translate(translations)
    note.left += page.left
    for title in root.iter("{*}title"):
        if markup.name(title.getparent()) == "head":
            title.text = web.titled(title.text or "", translations)
    web.cleaned(root, xml=True)
    if not bilingual:
        for attribute in {_LANGUAGE, *root.attrib} & {_LANGUAGE, "lang"}:
            root.set(attribute, translations.into)
        root.attrib.pop("dir", None)
        if translations.direction == "rtl":
            root.set("dir", "rtl")
    return root


def _again(spelled: str, root: Any, part: str) -> Any:
    try:
        return parsed(spelled.encode(), part)
    except UnreadableArticle:  # an element that was spelled out only in part
        return root


def _written_out(entity: Any) -> str:
    return entity[0] if entity[1] in _XML else html5.get(entity[1], entity[0])


def _contents(root: Any, translations: Translations) -> Any:
    """The table of contents of an EPUB 2: labels that are titles."""
    for label in root.iter("{*}text"):
        if found := translations.find(label.text or ""):
            label.text = found.text
    return root
