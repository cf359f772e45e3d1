"""A Word document in another language: paragraphs, cells and footnotes translated, all else as it was."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Sequence

from ...articles import zipped
from ...articles.counted import in_word
from ...errors import UnreadableArticle
from .note import Note
from .package import Package
from .placing import Translations
from .runs import Part, local, paragraph

PARTS = ("footnotes", "endnotes", "header", "footer")
_FETCHING = re.compile(r"\s*(?:DDE|DDEAUTO|INCLUDEPICTURE|INCLUDETEXT|IMPORT|LINK)\b", re.IGNORECASE)
_KEPT = "about:blank"  # in place of what would be fetched on opening


def translated(data: bytes, translations: Translations, note: Note, *, bilingual: bool) -> bytes:
    """The document with its text translated. Raises UnreadableArticle."""
    package = Package(data)
    if any(n.lower().endswith("vbaproject.bin") for n in package.names):
        raise UnreadableArticle("it has macros", "open it and save it as .docx without macros")
    main = next(iter(_related(package, "_rels/.rels", "", ("officeDocument",))), "word/document.xml")
    folder, file = posixpath.split(main)
    others = _related(package, f"{folder}/_rels/{file}.rels".lstrip("/"), folder, PARTS)
    roots = {part: root for part in (main, *others) if (root := package.tree(part)) is not None}
    if main not in roots:
        raise UnreadableArticle("a Word file without text", "open it and save it again")
    numbers = in_word(roots[main], package.tree("word/numbering.xml"), package.tree("word/styles.xml"))
    for root in roots.values():
        story = Part(root, numbers, bilingual=bilingual)
        story.translate(translations)
        note.left += story.left
    note.require(translations)
    body = next(roots[main].iter("{*}body"), None)
    if body is None:
        raise UnreadableArticle("a Word file without text", "open it and save it again")
    for line in reversed(note.lines(translations)):
        body.insert(0, paragraph(body, line, bold=True))
    if rest := translations.unplaced:
        end = next((n for n, child in enumerate(body) if local(child) == "sectPr"), len(body))
        body.insert(end, paragraph(body, note.appended(len(rest)), bold=True))
        for n, lost in enumerate(rest, 1):
            body.insert(end + n, paragraph(body, lost.text, translations.into))
    for part, root in roots.items():
        package.put(part, root)
    _harmless(package)
    _described(package, translations)
    return package.bytes()


def _related(package: Package, relations: str, folder: str, kinds: Sequence[str]) -> list[str]:
    """The parts that a table of relations names, of the given kinds."""
    root = package.tree(relations)
    found = []
    for relation in root.iter("{*}Relationship") if root is not None else ():
        if relation.get("Type", "").rpartition("/")[2] in kinds and relation.get("TargetMode") != "External":
            found.append(posixpath.normpath(posixpath.join("/" + folder, relation.get("Target", ""))).lstrip("/"))
    return [part for part in dict.fromkeys(found) if part in package.names]


# --- the package -----------------------------------------------------------------------------------------------------


def _harmless(package: Package) -> None:
    """Nothing is fetched or started when the document is opened: links stay, other things outside of it are cut off."""
    for part in [n for n in package.names if n.endswith(".rels")]:
        root = package.tree(part)
        outside = (
            [r for r in root.iter("{*}Relationship") if r.get("TargetMode") == "External"] if root is not None else []
        )
        cut = [r for r in outside if r.get("Type", "").rpartition("/")[2] != "hyperlink"]
        for relation in cut:
            relation.set("Target", _KEPT)
        if cut:
            package.put(part, root)
    for part in [n for n in package.names if n.startswith("word/") and n.endswith(".xml")]:
        root = package.tree(part)
        if root is None:
            continue
        cut = 0
        for field in root.iter("{*}instrText", "{*}fldSimple"):
            space = field.tag.rpartition("}")[0]
            if _FETCHING.match(field.text or ""):
                field.text, cut = " ", cut + 1
            if _FETCHING.match(field.get(f"{space}}}instr", "")):
                field.set(f"{space}}}instr", " ")
                cut += 1
        if cut:
            package.put(part, root)


def _described(package: Package, translations: Translations) -> None:
    root = package.tree("docProps/core.xml")
    if root is None:
        return
    for element in root.iter(f"{zipped.DUBLIN}title", f"{zipped.DUBLIN}language"):
        if local(element) == "language":
            element.text = translations.into
        elif found := translations.find(element.text or ""):
            element.text = found.text
    package.put("docProps/core.xml", root)
