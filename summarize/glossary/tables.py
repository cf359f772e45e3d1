"""Glossary files: TSV and CSV tables here, TBX in tbx.py. A fault is told with its line; a run takes no faulty file.

One term a line: source, target, perhaps case (any, exact), perhaps part of speech. No target, or the source again,
means: do not translate. `#` begins a comment; a first line of language codes (`de`, `en`) says what is translated
into what.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import GlossaryError
from ..languages import inflection
from ..languages.codes import ISO_639_1
from ..languages.detection import name
from ..text import collapse_spaces, sanitise
from ..types import TARGET
from .tbx import Row, read_tbx
from .terms import CASES, Term

MOST_BYTES = 64 << 20
MOST_CHARACTERS = 200  # of a term
HEADERS = {"source", "target", "term", "translation", "case", "pos", "part of speech"}
PARTS = {
    **{part: part for part in inflection.PARTS},
    **{"n": inflection.NOUN, "propn": inflection.NAME, "proper noun": inflection.NAME},
    **{"adj": inflection.ADJECTIVE, "v": inflection.VERB},
}
Line = tuple[int, list[str]]  # its number, its cells
_LANGUAGE = re.compile(r"([a-z]{2})(?:[-_]\w+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong in a line of a glossary; `line` 0 is the file as a whole. `fatal`: a run refuses the file."""

    line: int
    message: str
    fatal: bool = True


def read(path: Path, target: str = TARGET) -> tuple[list[Term], list[Fault]]:
    """The terms of a file that are translated into `target` (ISO 639-1), and what is wrong in it: unparsable lines,
    conflicts, duplicates. Raises GlossaryError if it cannot be read at all."""
    text = _text(path)
    suffix = path.suffix.lower()
    database = suffix in (".tbx", ".xml") or text.lstrip().startswith("<?xml")
    rows, faults = [], []
    if database:
        rows, useless = read_tbx(text, str(path), target)
        faults = [Fault(line, message, fatal=False) for line, message in useless]
    else:
        lines, faults = _comma_separated(text) if suffix == ".csv" else _tab_separated(text)
        into, rows = _table(lines)
        if into not in ("", target):
            message = f"its terms are in {name(into)}, not in {name(target)}"
            rows, faults = [], [*faults, Fault(1, message, fatal=False)]
    terms = []
    for language, line, cells in rows:
        try:
            terms.append(_term(cells, language, line))
        except ValueError as error:
            faults.append(Fault(line, str(error), fatal=not database))
    clashes = _clashes(terms)
    if database:  # homonyms are no mistake there; which one is meant cannot be told, so none is asked for
        unclear = {(term.source, term.language) for term, fault in clashes if fault.fatal}
        terms = [t for t in terms if (t.source, t.language) not in unclear]
        clashes = [(t, replace(f, message=f.message + ": left out", fatal=False) if f.fatal else f) for t, f in clashes]
    return terms, sorted([*faults, *(fault for _, fault in clashes)], key=lambda f: f.line)


def load(paths: Sequence[str], target: str = TARGET) -> list[Term]:
    """The terms of all files that are translated into `target`. Raises GlossaryError at the first file with a fatal
    fault, and for a term to which two files give different targets."""
    terms: list[Term] = []
    for path in paths:
        found, faults = read(Path(path), target)
        if wrong := [f for f in faults if f.fatal]:
            more = f" (and {len(wrong) - 1} more)" if wrong[1:] else ""
            where = f"{path}, line {wrong[0].line}" if wrong[0].line else path
            raise GlossaryError(f"{where}: {wrong[0].message}{more}", f"summarize glossary check {path}")
        terms += found
    if wrong := [fault for _, fault in _clashes(terms) if fault.fatal]:
        raise GlossaryError(f"the glossaries contradict each other: {wrong[0].message}", "leave one of the two out")
    return terms


def _text(path: Path) -> str:
    hint = "--glossary takes a TSV, CSV or TBX file"
    try:
        if path.is_file() and path.stat().st_size > MOST_BYTES:
            raise GlossaryError(f"the glossary {path} is larger than {MOST_BYTES >> 20} MB", "leave terms out")
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise GlossaryError(f"the glossary {path} is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise GlossaryError(f"the glossary {path} cannot be read: {error.strerror}", hint) from None


def _table(lines: Sequence[Line]) -> tuple[str, list[Row]]:
    """Into which language the terms are, as far as a first line says it, and the rows below it."""
    language, into, first = "", "", True
    rows: list[Row] = []
    for line, cells in lines:
        cells = [collapse_spaces(sanitise(cell)) for cell in cells]
        if not any(cells) or cells[0].startswith("#"):
            continue
        pair = _pair(cells) if first else None
        titles = first and len(cells) > 1 and {c.casefold() for c in cells if c} <= HEADERS
        first = False
        if pair:
            language, into = pair
        elif not titles:
            rows.append((language, line, cells))
    return into, rows


def _tab_separated(text: str) -> tuple[list[Line], list[Fault]]:
    """The rows. Words without a tab after them may be a term and its translation with spaces in between as well as a
    name that is kept: that is a fault, not a guess."""
    lines, faults = [], []
    for n, line in enumerate(text.splitlines(), 1):
        cells = line.split("\t")
        if len(cells) == 1 and " " in collapse_spaces(line) and not line.lstrip().startswith("#"):
            shown = collapse_spaces(sanitise(line))[:MOST_CHARACTERS]
            faults.append(Fault(n, f"no tab in {shown!r}: put one between term and translation, or after a kept term"))
        else:
            lines.append((n, cells))
    return lines, faults


def _comma_separated(text: str) -> tuple[list[Line], list[Fault]]:
    """The rows, each under the line in which it begins. A quote that is not closed would take the lines after it for
    one cell: nothing is read from there on, and that is a fault."""
    head = text.split("\n", 1)[0]
    reader = csv.reader(text.splitlines(keepends=True), delimiter=";" if ";" in head else ",", strict=True)
    lines: list[Line] = []
    begin = 1
    try:
        for cells in reader:
            lines.append((begin, cells))
            begin = reader.line_num + 1
    except csv.Error as error:
        return lines, [Fault(begin, f"no CSV from here on, is a quote not closed? ({error})")]
    return lines, []


def _pair(cells: Sequence[str]) -> tuple[str, str] | None:
    """The languages from which and into which, if the first two cells are their codes."""
    codes = [m[1].lower() for cell in cells[:2] if (m := _LANGUAGE.fullmatch(cell))]
    known = len(codes) == 2 and codes[0] != codes[1] and ISO_639_1.issuperset(codes)
    return (codes[0], codes[1]) if known else None


def _term(cells: Sequence[str], language: str, line: int) -> Term:
    """Raises ValueError, which says what is wrong."""
    if len(cells) > 4 and any(cells[4:]):
        raise ValueError(f"{len(cells)} columns; there are source, target, case and part of speech")
    source, target, case, part = (*cells[:4], *[""] * (4 - len(cells)))[:4]
    bare = source.strip("*")
    targets = [t for t in target.split("\n") if t] or [bare]
    if not any(c.isalnum() for c in bare):
        raise ValueError(f"{source!r} is no term")
    if max(map(len, (source, *targets))) > MOST_CHARACTERS:
        raise ValueError(f"a term of more than {MOST_CHARACTERS} characters")
    if case.lower() not in ("", *CASES):
        raise ValueError(f"the third column is the case, any or exact, not {case!r}")
    if part and part.lower() not in PARTS:
        raise ValueError(f"the fourth column is the part of speech, one of {', '.join(inflection.PARTS)}, not {part!r}")
    return Term(source, targets[0], case.lower(), PARTS.get(part.lower(), ""), tuple(targets[1:]), language, line)


def _clashes(terms: Sequence[Term]) -> list[tuple[Term, Fault]]:
    """Terms that are there twice for one source language: a conflict if they ask for different things, else only a
    duplicate. A term without a language is for every one."""
    found = []
    known: dict[str, list[Term]] = {}
    for term in terms:
        others = known.setdefault(term.source, [])
        rivals = [o for o in others if o.language == term.language or "" in (o.language, term.language)]
        unlike = next((o for o in rivals if _asked(o) != _asked(term)), None)
        if unlike:
            message = f"{term.source!r} is {_told(term)} here and {_told(unlike)} in line {unlike.line}"
            found.append((term, Fault(term.line, message)))
            continue
        if rivals:
            message = f"{term.source!r} is there already, in line {rivals[0].line}"
            found.append((term, Fault(term.line, message, fatal=False)))
        if all(o.language != term.language for o in rivals):
            others.append(term)
    return found


def _asked(term: Term) -> tuple[str, str, str]:
    return term.target, term.case, term.part


def _told(term: Term) -> str:
    return " ".join(filter(None, (repr(term.target), term.case, term.part)))
