"""XLIFF 1.2 and 2.x, the exchange formats of documents in translation: 1.2 and 2.1 are written.

Every segment with a target is a unit: a `trans-unit` of 1.2, or each of its marked segments; a `segment` of 2.x. It is
finished unless the file says otherwise: `state` or `approved` in 1.2 (new, needs-…, a machine's suggestion), `state`
"initial" in 2.x. Kept are languages, texts with their inline codes (tags.py) and notes; XLIFF has no place for who
translated, and when.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any

from ..errors import UsageError
from .tags import XLIFF, XLIFF2, Dialect, Writing
from .unit import Unit, base
from .xml import child, children, elements, escaped, local, quoted, tag

NAMESPACES = {XLIFF: "urn:oasis:names:tc:xliff:document:1.2", XLIFF2: "urn:oasis:names:tc:xliff:document:2.0"}
SUGGESTED = ("mt-suggestion", "leveraged-mt", "fuzzy-match")


def read(path: Path, target: str) -> Iterator[Unit]:
    """The units of a file with a translation into `target`, one at a time. Raises UsageError."""
    languages, second = ("", ""), False
    for whole, element in elements(path, "xliff", ("xliff", "file"), ("trans-unit", "unit")):
        name = local(element)
        if name == "xliff":
            second = not (element.get("version") or "").startswith("1")
            languages = element.get("srcLang") or "", element.get("trgLang") or ""
        elif name == "file" and not second:
            languages = element.get("source-language") or "", element.get("target-language") or ""
        if whole and not all(languages):
            raise UsageError(f"{path}: it does not say from which language into which", "export it with both languages")
        if whole and base(languages[1]) == target and base(languages[0]) != target:
            yield from (_second if second else _first)(element, languages, path.name)


def _first(unit: Any, languages: tuple[str, str], origin: str) -> Iterator[Unit]:
    """Of XLIFF 1.2."""
    source, given, cut = (child(unit, name) for name in ("source", "target", "seg-source"))
    if source is None or given is None:
        return
    note = "\n".join("".join(n.itertext()) for n in children(unit, "note"))
    state, qualifier, approved = given.get("state") or "", given.get("state-qualifier"), unit.get("approved")
    draft = state == "new" or state.startswith("needs-") or qualifier in SUGGESTED or (approved == "no" and not state)
    parts = [(source, given)]
    if cut is not None and (marked := _marked(cut)):
        targets = _marked(given)
        parts = [(marked[mid], targets[mid]) for mid in marked if mid in targets] or parts
    for left, right in parts:
        (text, codes), (said, marks) = Dialect(XLIFF).take(left), Dialect(XLIFF).take(right)
        finished = not draft and bool(said.strip())
        if text.strip():
            yield Unit(text, said, *languages, codes, marks, note=note, origin=origin, finished=finished)


def _marked(element: Any) -> dict[str, Any]:
    """The segments within, by their number."""
    return {m.get("mid", ""): m for m in element.iter() if local(m) == "mrk" and m.get("mtype") == "seg"}


def _second(unit: Any, languages: tuple[str, str], origin: str) -> Iterator[Unit]:
    """Of XLIFF 2.x."""
    original, notes = child(unit, "originalData"), child(unit, "notes")
    data = {} if original is None else {d.get("id", ""): "".join(d.itertext()) for d in children(original, "data")}
    note = "" if notes is None else "\n".join("".join(n.itertext()) for n in children(notes, "note"))
    for segment in children(unit, "segment"):
        source, given = child(segment, "source"), child(segment, "target")
        if source is None or given is None:
            continue
        (text, codes), (said, marks) = (Dialect(XLIFF2, data).take(side) for side in (source, given))
        finished = segment.get("state") != "initial" and bool(said.strip())
        if text.strip():
            yield Unit(text, said, *languages, codes, marks, note=note, origin=origin, finished=finished)


# -- writing ----------------------------------------------------------------------------------------------------------


def written(units: Iterable[Unit], second: bool = False) -> Iterator[str]:
    """The text of a file, piece by piece; `second`: of XLIFF 2.1, which has one pair of languages. Raises UsageError
    for units of several there."""
    groups = groupby(enumerate(units, 1), key=lambda pair: (pair[1].source_language, pair[1].target_language))
    yield from _written_second(groups) if second else _written_first(groups)


def _written_first(groups: Iterable[tuple[tuple[str, str], Iterable[tuple[int, Unit]]]]) -> Iterator[str]:
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="1.2" xmlns="{NAMESPACES[XLIFF]}">\n'
    for (source, target), members in groups:
        about = [("original", "summarize"), ("source-language", source), ("target-language", target),
                 ("datatype", "plaintext"), ("xml:space", "preserve")]  # fmt: skip
        yield f"{tag('file', about, None)}<body>\n"
        for n, unit in members:
            yield _trans_unit(n, unit)
        yield "</body></file>\n"
    yield "</xliff>\n"


def _trans_unit(n: int, unit: Unit) -> str:
    writing = Writing(XLIFF)
    source = f"<source>{writing.xml(unit.source, unit.source_codes)}</source>"
    said = writing.xml(unit.target, unit.target_codes)
    state = [("state", "final")]
    if not unit.finished:
        suggested = [("state", "needs-review-translation"), ("state-qualifier", "mt-suggestion")]
        state = suggested if unit.target else [("state", "new")]
    note = f"<note>{escaped(unit.note)}</note>" if unit.note else ""
    about = [("id", str(n)), ("approved", "yes" if unit.finished else "no")]
    return tag("trans-unit", about, source + tag("target", state, said) + note) + "\n"


def _written_second(groups: Iterable[tuple[tuple[str, str], Iterable[tuple[int, Unit]]]]) -> Iterator[str]:
    pair, namespace = None, NAMESPACES[XLIFF2]
    for (source, target), members in groups:
        if pair:
            message = f"XLIFF 2 has one pair of languages, and there are {pair[0]} and {source}"
            raise UsageError(message, "name one: --lang de; or write TMX or XLIFF 1.2")
        pair = (source, target)
        yield f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff version="2.1" xmlns="{namespace}" '
        yield f'srcLang={quoted(source)} trgLang={quoted(target)}>\n<file id="f1" xml:space="preserve">\n'
        for n, unit in members:
            yield _unit(n, unit)
    if not pair:
        raise UsageError("there is nothing to write: XLIFF 2 has to name its languages", "write TMX")
    yield "</file>\n</xliff>\n"


def _unit(n: int, unit: Unit) -> str:
    writing = Writing(XLIFF2)
    sides = ("source", unit.source, unit.source_codes), ("target", unit.target, unit.target_codes)
    segment = "".join(f"<{name}>{writing.xml(*said)}</{name}>" for name, *said in sides if name == "source" or said[0])
    note = f"<notes><note>{escaped(unit.note)}</note></notes>" if unit.note else ""
    data = "".join(tag("data", [("id", id)], escaped(native)) for id, native in writing.data.items())
    data = f"<originalData>{data}</originalData>" if data else ""
    state = [("state", "final" if unit.finished else "initial")]
    return tag("unit", [("id", f"u{n}")], note + data + tag("segment", state, segment)) + "\n"
