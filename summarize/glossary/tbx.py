"""TBX, the XML of terminology databases: TBX-Basic v3 (conceptEntry, langSec) in both styles, v2 and martif (termEntry,
langSet). Of an entry the terms in the language that is asked for are the targets of the terms of every other language.

The file is not trusted: entities of its own and references to other files are refused, nothing is fetched, depth and
size are bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from ..errors import GlossaryError
from ..text import collapse_spaces, sanitise

DEEPEST = 100
ENTRIES, LANGUAGES, TERMS = ("termEntry", "conceptEntry"), ("langSet", "langSec"), ("tig", "ntig", "termSec")
# A term that must not be used: as a source it may still be met in a text, as a target it is none.
OUTDATED = ("deprecatedTerm-admn-sts", "supersededTerm-admn-sts")
PREFERRED = "preferredTerm-admn-sts"
PARTS = {"noun": "noun", "verb": "verb", "adjective": "adjective", "adverb": "other", "other": "other",
         "properNoun": "name", "proper noun": "name"}  # fmt: skip


@dataclass(slots=True)
class _Entry:
    """One term of one language in an entry, as far as it was read."""

    language: str
    line: int
    text: str = ""
    notes: dict[str, str] = field(default_factory=dict)


class _Reader:
    """Gathers the entries of a document: what `read_tbx` makes rows of."""

    def __init__(self, name: str):
        self.name = name
        self.concepts: list[list[_Entry]] = []
        self.path: list[str] = []
        self.language = ""
        self.text: list[str] = []
        self.note = ""
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.text.append
        self.parser.EntityDeclHandler = self.refuse
        self.parser.ExternalEntityRefHandler = self.refuse
        self.parser.SkippedEntityHandler = self.refuse

    def refuse(self, *_: object) -> None:
        line = self.parser.CurrentLineNumber
        hint = "export it without entities: every term as plain text"
        raise GlossaryError(f"{self.name}, line {line}: entities in a glossary are not read", hint)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        self.path.append(name)
        if len(self.path) > DEEPEST:
            raise GlossaryError(f"{self.name}: nested too deep for TBX", "export the glossary anew")
        if name in ENTRIES:
            self.concepts.append([])
        elif name in LANGUAGES:
            self.language = attributes.get("xml:lang", "").replace("_", "-").partition("-")[0].lower()
        elif name in TERMS and self.concepts:
            self.concepts[-1].append(_Entry(self.language, self.parser.CurrentLineNumber))
        self.note = attributes.get("type", name)
        if "term" not in self.path[:-1]:  # what is marked up within a term belongs to it
            self.text.clear()

    def end(self, tag: str) -> None:
        name = self.path.pop()
        if "term" in self.path:
            return
        inside = self.concepts and self.concepts[-1] and any(place in TERMS for place in self.path)
        text = collapse_spaces(sanitise("".join(self.text)))
        if inside and name == "term":
            self.concepts[-1][-1].text = text
        elif inside and text:
            self.concepts[-1][-1].notes[self.note] = text
        self.text.clear()


Row = tuple[str, int, list[str]]


def read_tbx(text: str, name: str, target: str) -> tuple[list[Row], list[tuple[int, str]]]:
    """Rows (source language, line, cells as in a table), and the lines of entries that say nothing to a translator,
    with the reason. Several targets of a term stand in its cell, parted by line ends, the preferred one first. Raises
    GlossaryError if it is no TBX."""
    reader = _Reader(name)
    try:
        reader.parser.Parse(text.encode(), True)
    except expat.ExpatError as error:
        raise GlossaryError(f"{name}, line {error.lineno}: not well-formed XML: {error}", "export it anew") from None
    if not reader.concepts:
        raise GlossaryError(
            f"{name}: no termEntry and no conceptEntry in it: this is not TBX", "give a TSV, CSV or TBX file"
        )
    rows: list[Row] = []
    faults: list[tuple[int, str]] = []
    for entries in reader.concepts:
        targets = [e for e in entries if e.language == target and e.text and _status(e) not in OUTDATED]
        targets.sort(key=lambda e: _status(e) != PREFERRED)
        sources = [e for e in entries if e.language not in (target, "") and e.text]
        if entries and not (targets and sources):
            faults.append((entries[0].line, f"an entry that lacks a term in {target} or in another language"))
            continue
        rows += _rows(sources, targets)
    return rows, faults


def _rows(sources: list[_Entry], targets: list[_Entry]) -> Iterator[Row]:
    for entry in sources:
        part = PARTS.get(entry.notes.get("partOfSpeech", ""), "")
        yield entry.language, entry.line, [entry.text, "\n".join(t.text for t in targets), "", part]


def _status(entry: _Entry) -> str:
    return entry.notes.get("administrativeStatus") or entry.notes.get("normativeAuthorization") or ""
