"""Numbers of the lists of Word and OpenDocument, which are no text in their files: element of a paragraph -> number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
_LEVELS = 10


@dataclass(frozen=True, slots=True)
class Number:
    """`given`: the author must have thought of it, as in `ordinals`; else it only counts."""

    text: str
    given: bool


@dataclass(frozen=True, slots=True)
class _Level:
    start: int
    form: str  # "%1." with the numbers of levels; "" if it shows none in digits


# --- Word ------------------------------------------------------------------------------------------------------------


def in_word(root: Any, numbering: Any, styles: Any) -> dict[Any, Number]:
    """Of the paragraphs of a part of a .docx, by its root and those of numbering.xml and styles.xml (None for none)."""
    if root is None or numbering is None:
        return {}
    abstract = {a.get(f"{WORD}abstractNumId"): _word_levels(a) for a in numbering.iter(f"{WORD}abstractNum")}
    kinds: dict[str, tuple[str, dict[int, _Level], dict[int, int]]] = {}
    for num in numbering.iter(f"{WORD}num"):
        over = {_number(o, "ilvl"): s for o in num.iter(f"{WORD}lvlOverride") if (s := _start(o, "startOverride"))}
        of = _value(num, "abstractNumId")
        kinds[num.get(f"{WORD}numId", "")] = of, {**abstract.get(of, {}), **_word_levels(num)}, over
    by_style = _word_styles(styles)
    placed = []
    for paragraph in root.iter(f"{WORD}p"):
        id, depth = _word_place(paragraph.find(f"{WORD}pPr"), by_style)
        if id in kinds:
            placed.append((paragraph, id, depth))
    many, counts, met = Counter(id for _, id, _ in placed), {}, set()
    found = {}
    for paragraph, id, depth in placed:
        of, levels, over = kinds[id]
        count = counts.setdefault(of, [None] * _LEVELS)
        if depth in over and (id, depth) not in met:
            count[depth] = None
        met.add((id, depth))
        start = over.get(depth, levels[depth].start) if depth in levels else 1
        count[depth] = start if count[depth] is None else count[depth] + 1
        count[depth + 1 :] = [None] * (_LEVELS - depth - 1)
        if text := _written(levels, count, depth):
            found[paragraph] = Number(text, start != 1 or many[id] == 1)
    return found


def _word_levels(element: Any) -> dict[int, _Level]:
    levels = {}
    for level in element.iter(f"{WORD}lvl"):
        form = _value(level, "lvlText") if _value(level, "numFmt") == "decimal" else ""
        start = _start(level, "start")
        levels[_number(level, "ilvl")] = _Level(1 if start is None else start, form)
    return levels


def _word_styles(styles: Any) -> dict[str, tuple[Any, str]]:
    """Properties of paragraphs, and the style that they build on, by style."""
    if styles is None:
        return {}
    return {s.get(f"{WORD}styleId"): (s.find(f"{WORD}pPr"), _value(s, "basedOn")) for s in styles.iter(f"{WORD}style")}


def _word_place(properties: Any, styles: dict[str, tuple[Any, str]]) -> tuple[str, int]:
    """(id, level) of the numbers of a paragraph, its own or those of its style."""
    style = "" if properties is None else _value(properties, "pStyle")
    for _ in range(_LEVELS):
        own = None if properties is None else properties.find(f"{WORD}numPr")
        if own is not None:
            depth = _value(own, "ilvl")
            return _value(own, "numId"), min(int(depth), _LEVELS - 2) if depth.isdecimal() else 0
        if style not in styles:
            break
        properties, style = styles[style]
    return "", 0


def _value(element: Any, name: str) -> str:
    found = element.find(f"{WORD}{name}")
    return "" if found is None else found.get(f"{WORD}val", "")


def _number(element: Any, name: str) -> int:
    value = element.get(f"{WORD}{name}", "0")
    return min(int(value), _LEVELS - 2) if value.isdecimal() else 0


def _start(element: Any, name: str) -> int | None:
    value = _value(element, name)
    return int(value) if value.isdecimal() and len(value) < _LEVELS else None


def _written(levels: dict[int, _Level], count: list[int | None], depth: int) -> str:
    text = levels[depth].form if depth in levels else ""
    for n in range(depth + 1):
        if f"%{n + 1}" in text:
            if not (n in levels and levels[n].form):
                return ""
            text = text.replace(f"%{n + 1}", str(levels[n].start if count[n] is None else count[n]))
    return text.strip() if any(map(str.isdecimal, text)) else ""


# --- OpenDocument ----------------------------------------------------------------------------------------------------


def in_opendocument(root: Any, *styles: Any) -> dict[Any, Number]:
    """Of the paragraphs of an .odt, given the roots that define its styles."""
    levels = {}
    for style in (s for r in styles if r is not None for s in r.iter(f"{TEXT}list-style")):
        for level in style.iter(f"{TEXT}list-level-style-number"):
            start = level.get(f"{TEXT}start-value", "1")
            form = level.get(f"{STYLE}num-prefix", "") + "%1" + level.get(f"{STYLE}num-suffix", "")
            if level.get(f"{STYLE}num-format") == "1" and start.isdecimal():
                levels[style.get(f"{STYLE}name"), level.get(f"{TEXT}level", "1")] = _Level(int(start), form)
    last: dict[tuple[str, str], int] = {}
    found: list[tuple[Any, str, bool, tuple[str, str]]] = []
    for items in root.iter(f"{TEXT}list"):
        above = list(items.iterancestors(f"{TEXT}list"))
        names = (one.get(f"{TEXT}style-name") for one in (items, *above))
        kind = next(filter(None, names), ""), str(len(above) + 1)
        if kind not in levels:
            continue
        goes_on = items.get(f"{TEXT}continue-numbering") == "true" or items.get(f"{TEXT}continue-list")
        count = last.get(kind) if goes_on else None
        for item in items.iterfind(f"{TEXT}list-item"):
            own = item.get(f"{TEXT}start-value", "")
            start = int(own) if own.isdecimal() and len(own) < _LEVELS else levels[kind].start
            count = start if count is None or own else count + 1
            last[kind] = count
            if (paragraph := next(_paragraphs(item), None)) is not None:
                text = levels[kind].form.replace("%1", str(count))
                found.append((paragraph, text, start != 1, kind))
    many = Counter(kind for *_, kind in found)
    return {paragraph: Number(text, given or many[kind] == 1) for paragraph, text, given, kind in found}


def _paragraphs(item: Any) -> Iterator[Any]:
    return (e for e in item if e.tag in (f"{TEXT}p", f"{TEXT}h"))
