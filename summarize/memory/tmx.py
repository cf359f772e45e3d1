"""TMX, the exchange format of translation memories: 1.4b is written; 1.1 to 1.4 are read, at every level.

A unit may have several languages: each that is not the target makes a unit with it, whichever of them was the original.
Kept are the languages, the texts with their inline codes (tags.py), who translated, when, and the notes; properties,
contexts and counters of other programs are not.
"""

from __future__ import annotations

import calendar
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from .tags import TMX, Dialect, Writing
from .unit import ALONE, CLOSE, OPEN, Code, Unit, base
from .xml import XML_LANG, child, children, elements, escaped, quoted, tag

DATE = "%Y%m%dT%H%M%SZ"
_SPELLED = re.compile(r"<(/?)([a-z]+)(\d+)(/?)>")
MACHINES = ("mt!", "machine translation")  # authors by which tools mark what no person translated


def read(path: Path, target: str) -> Iterator[Unit]:
    """The units of a file with a translation into `target`, one at a time. Raises UsageError."""
    spelled = False  # OmegaT's own file, in which codes are spelled out in the text: <b0>
    for whole, element in elements(path, "tmx", ("header",), ("tu",)):
        if not whole:
            spelled = element.get("creationtool") == "OmegaT"
            continue
        for unit in _units(element, target, path.name):
            yield unspelled(unit) if spelled else unit


def _units(tu: Any, target: str, origin: str) -> Iterator[Unit]:
    note = "\n".join("".join(n.itertext()).strip() for n in children(tu, "note"))
    found = []
    for tuv in children(tu, "tuv"):
        seg, language = child(tuv, "seg"), tuv.get(XML_LANG) or tuv.get("lang") or ""
        if seg is not None and language:
            found.append((tuv, language, *Dialect(TMX).take(seg)))
    given = [one for one in found if base(one[1]) == target]
    for _, language, text, codes in found:
        if base(language) == target or not text.strip():
            continue
        for tuv, into, said, marks in given:
            about = lambda name, tuv=tuv: tuv.get(name) or tu.get(name) or ""
            author = about("changeid") or about("creationid")
            when = _seconds(about("changedate") or about("creationdate"))
            finished = bool(said.strip()) and author.casefold() not in MACHINES
            yield Unit(text, said, language, into, codes, marks, author, when, note, origin, finished)


def unspelled(unit: Unit) -> Unit:
    """The unit with the codes beside its text that OmegaT spells out in it; the one that says them in XML has none."""
    if unit.source_codes or unit.target_codes:
        return unit
    (source, left), (target, right) = map(_beside, (unit.source, unit.target))
    return replace(unit, source=source, target=target, source_codes=left, target_codes=right)


def _beside(text: str) -> tuple[str, tuple[Code, ...]]:
    """
    >>> _beside("Der <b0>Pegel</b0>.")[0]
    'Der Pegel.'
    """
    codes: list[Code] = []
    gone = 0
    for match in _SPELLED.finditer(text):
        kind = CLOSE if match[1] else ALONE if match[4] else OPEN
        codes.append(Code(match.start() - gone, kind, match[3], match[0]))
        gone += len(match[0])
    return _SPELLED.sub("", text), tuple(codes)


def _seconds(date: str) -> int:
    """
    >>> _seconds("20261126T010432Z"), _seconds("yesterday")
    (1795655072, 0)
    """
    try:
        return calendar.timegm(time.strptime(date, DATE))
    except ValueError:
        return 0


def head(version: str) -> str:
    about = [("creationtool", "summarize"), ("creationtoolversion", version), ("segtype", "sentence"),
             ("o-tmf", "summarize"), ("adminlang", "en"), ("srclang", "*all*"), ("datatype", "plaintext")]  # fmt: skip
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<tmx version="1.4">\n{tag("header", about)}\n<body>\n'


def written(units: Iterable[Unit], version: str) -> Iterator[str]:
    """The text of a file, piece by piece."""
    yield head(version)
    for unit in units:
        yield _tu(unit)
    yield "</body>\n</tmx>\n"


def _tu(unit: Unit) -> str:
    about = [("srclang", unit.source_language)]
    about += [("changedate", time.strftime(DATE, time.gmtime(unit.changed)))] if unit.changed else []
    about += [("changeid", unit.author)] if unit.author else []
    note = f"<note>{escaped(unit.note)}</note>" if unit.note else ""
    writing = Writing(TMX)
    sides = ((unit.source_language, unit.source, unit.source_codes),
             (unit.target_language, unit.target, unit.target_codes))  # fmt: skip
    tuvs = [f"<tuv xml:lang={quoted(code)}><seg>{writing.xml(*said)}</seg></tuv>" for code, *said in sides]
    return tag("tu", about, f"{note}{''.join(tuvs)}") + "\n"
