"""Inline codes in TMX and XLIFF: from the XML of a segment to plain text and codes beside it, and back.

A file of the format that a code comes from gets it back as it was, attribute by attribute. In another format its place,
its kind, its partner and what it stands for are kept, not how it was described: `<g id="1">` of XLIFF 1.2 is written as
`<bpt i="1">` … `<ept i="1">` into TMX.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..errors import UsageError
from .unit import ALONE, CLOSE, OPEN, Code, pieces
from .xml import escaped, local, tag

TMX, XLIFF, XLIFF2 = "tmx", "xliff", "xliff2"

# By format: elements around text that belongs to the segment, and those that stand for a code, with their kinds. A
# half whose other half is in another segment (TMX's and XLIFF's `it`) stands alone.
AROUND = {TMX: ("hi",), XLIFF: ("g", "mrk"), XLIFF2: ("pc", "mrk")}
CODES = {
    TMX: {"bpt": OPEN, "ept": CLOSE, "ph": ALONE, "it": ALONE, "ut": ALONE},
    XLIFF: {"bpt": OPEN, "ept": CLOSE, "bx": OPEN, "ex": CLOSE, "ph": ALONE, "it": ALONE, "x": ALONE},
    XLIFF2: {"sc": OPEN, "ec": CLOSE, "sm": OPEN, "em": CLOSE, "ph": ALONE, "cp": ALONE},
}
NAMED = {TMX: ("i", "x"), XLIFF: ("rid", "id", "mid"), XLIFF2: ("startRef", "id")}  # what an id is called, first first
EMPTY = ("bx", "ex", "x", "sc", "ec", "sm", "em", "cp")  # nothing can stand in them
Attributes = tuple[tuple[str, str], ...]


@dataclass(slots=True)
class Dialect:
    """What a segment of one format says. `data`: of XLIFF 2, what the codes of a unit stand for, by name."""

    format: str
    data: Mapping[str, str] = field(default_factory=dict)
    text: list[str] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    length: int = 0

    def take(self, element: Any) -> tuple[str, tuple[Code, ...]]:
        """The plain text of a segment, and its codes. Raises UsageError for an entity in it."""
        self._within(element)
        return "".join(self.text), tuple(self.codes)

    def _within(self, element: Any) -> None:
        self._say(element.text)
        for inner in element:
            name = local(inner)
            if not name:
                raise UsageError("an entity in a segment is not read", "export the file without entities")
            if name in AROUND[self.format]:
                attributes = tuple(inner.attrib.items())
                nameless = f"{name}{len(self.codes)}"
                self._code(OPEN, name, attributes, self._data(attributes, "dataRefStart"), nameless)
                self._within(inner)
                self._code(CLOSE, name, attributes, self._data(attributes, "dataRefEnd"), nameless)
            elif name in CODES[self.format]:
                attributes = tuple(inner.attrib.items())
                native = "".join(inner.itertext()) or self._data(attributes, "dataRef")
                self._code(CODES[self.format][name], name, attributes, native)
            else:  # an element of somebody else's: its text is text
                self._within(inner)
            self._say(inner.tail)

    def _say(self, text: str | None) -> None:
        if text:
            self.text.append(text)
            self.length += len(text)

    def _code(self, kind: str, name: str, attributes: Attributes, native: str, nameless: str = "") -> None:
        known = dict(attributes)
        id = next((known[key] for key in NAMED[self.format] if key in known), nameless)
        self.codes.append(Code(self.length, kind, id, native, f"{self.format}:{name}", attributes))

    def _data(self, attributes: Attributes, key: str) -> str:
        return self.data.get(dict(attributes).get(key, ""), "")


@dataclass(slots=True)
class Writing:
    """Writes the segments of one unit in one format. `data` gathers, for XLIFF 2, what its codes stand for; `numbers`
    are those of codes from another format, the same in the source and in the target."""

    format: str
    data: dict[str, str] = field(default_factory=dict)
    numbers: dict[tuple[bool, str], str] = field(default_factory=dict)

    def xml(self, text: str, codes: Sequence[Code]) -> str:
        if not codes:
            return escaped(text)
        return "".join(
            escaped(p) if isinstance(p, str) else self._code(p, self._number(p)) for p in pieces(text, codes)
        )

    def _number(self, code: Code) -> str:
        """One number for an opening and its closing code; the id itself where it is a number."""
        name = (code.kind == ALONE, code.id or f" {len(self.numbers)}")
        if name not in self.numbers:
            taken = set(self.numbers.values())
            free = (str(n) for n in range(1, len(taken) + 2) if str(n) not in taken)
            own = code.id.isascii() and code.id.isdecimal() and code.id not in taken
            self.numbers[name] = code.id if own else next(free)
        return self.numbers[name]

    def _code(self, code: Code, number: str) -> str:
        format, _, name = code.form.partition(":")
        if format != self.format:
            return STRANGE[self.format](self, code, number)
        around = name in AROUND[format]
        if format == XLIFF2:
            attributes = dict(code.attributes)
            side = ("dataRefEnd" if code.kind == CLOSE else "dataRefStart") if around else "dataRef"
            if code.native and side in attributes:
                self.data[attributes[side]] = code.native
        if around:
            return f"</{name}>" if code.kind == CLOSE else tag(name, _plain(code), None)
        native = "" if format == XLIFF2 or name in EMPTY else escaped(code.native)
        return tag(name, _plain(code), native)

    def _tmx(self, code: Code, number: str) -> str:
        name, key = {OPEN: ("bpt", "i"), CLOSE: ("ept", "i"), ALONE: ("ph", "x")}[code.kind]
        return tag(name, [(key, number)], escaped(code.native))

    def _xliff(self, code: Code, number: str) -> str:
        return tag({OPEN: "bpt", CLOSE: "ept", ALONE: "ph"}[code.kind], [("id", number)], escaped(code.native))

    def _xliff2(self, code: Code, number: str) -> str:
        name, key = {OPEN: ("sc", "id"), CLOSE: ("ec", "startRef"), ALONE: ("ph", "id")}[code.kind]
        attributes = [(key, number)]
        if code.native:
            known = {native: ref for ref, native in self.data.items()}
            ref = known.get(code.native) or next(r for n in range(1, 10**9) if (r := f"d{n}") not in self.data)
            self.data[ref] = code.native
            attributes.append(("dataRef", ref))
        return tag(name, attributes)


STRANGE: Mapping[str, Callable[[Writing, Code, str], str]] = {
    TMX: Writing._tmx,
    XLIFF: Writing._xliff,
    XLIFF2: Writing._xliff2,
}


def _plain(code: Code) -> list[tuple[str, str]]:
    """Its attributes, without those of other namespaces, which the file that is written does not declare."""
    xml = "{http://www.w3.org/XML/1998/namespace}"
    named = [(key.replace(xml, "xml:"), value) for key, value in code.attributes]
    return [(key, value) for key, value in named if "{" not in key]
