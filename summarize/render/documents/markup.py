"""Translations put into the text of a tree of HTML or XHTML, block by block as `articles.visible` sees them.

A block is the text between two ends of block elements: its positions are (element, "text") and (element, "tail").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ...articles import ordinals, visible
from ...errors import UnreadableArticle
from . import placing
from .placing import Piece, Surface

DEPTH = 250  # elements in one another; libxml2 gives up at 256, browsers at 512
BOUNDARIES = visible.BLOCKS | {"td", "th", "caption", "head", "html", "option"}
HIDDEN = visible.HIDDEN | {"title"}
SAID = "background:#e8f1fc; color:#000"  # of a translation under its original
LINK = "[link]"  # stands for one whose words are not to be found in the translation

Slot = tuple[Any, str]


def name(element: Any) -> str:
    return element.tag.rpartition("}")[2].lower() if isinstance(element.tag, str) else ""


def blocks(root: Any) -> list[list[Slot]]:
    """Every position of visible text between each two ends of blocks, empty ones too, so that two trees that differ
    in nothing but inline elements have equally many. Raises UnreadableArticle for a tree that is too deep."""
    from lxml import etree

    found: list[list[Slot]] = [[]]
    depth = hidden = 0
    for event, element in etree.iterwalk(root, events=("start", "end")):
        tag = name(element)
        if tag in BOUNDARIES:
            found.append([])
        if event == "start":
            depth += 1
            hidden += tag in HIDDEN
            if depth > DEPTH:
                raise UnreadableArticle(f"elements in one another, more than {DEPTH} deep", "save the text as .txt")
        else:
            depth -= 1
            hidden -= tag in HIDDEN
        if not hidden and (event == "start" or element is not root):
            found[-1].append((element, "text" if event == "start" else "tail"))
    return found


def text_of(slot: Slot) -> str:
    return getattr(*slot) or ""


def joined(block: Iterable[Slot], number: bool = False) -> str:
    """The text of a block, or the number that stands before it."""
    counted = lambda slot: slot[1] == "text" and name(slot[0]) == ordinals.COUNTED
    return "".join(text_of(slot) for slot in block if counted(slot) == number)


class Markup(Surface):
    """One tree on its way to another language. `spelled` is the same tree as the reader saw it, with inline elements
    written out (see articles.inline) and the numbers of lists apart."""

    def __init__(self, root: Any, spelled: Any, *, bilingual: bool = False):
        self.blocks, seen = blocks(root), blocks(spelled)
        if len(seen) != len(self.blocks):
            raise UnreadableArticle("its blocks cannot be told apart", "the translation is in the .md file")
        numbers = [joined(block, number=True).strip() for block in seen]
        super().__init__([joined(block) for block in seen], numbers, bilingual=bilingual)

    def replace(self, i: int, sentences: placing.Sentences) -> None:
        filled = self._filled(i)
        if self.bilingual:
            self._below(filled, "".join(target for _, target in sentences).strip())
            return
        texts = [text_of(slot) for slot in filled]
        spans = placing.ranges(texts, self.keys[i]) or [(0, 1)] * len(texts)
        marks = [slot for slot in self.blocks[i] if text_of(slot).strip() and not placing.key(text_of(slot))]
        cleared = [slot for slot, (start, end) in zip(filled, spans, strict=True) if end > start]
        cleared += [slot for slot in marks if not any(name(a) in ("a", "sup") for a in _up(_holder(slot)))]
        self._write(i, self.spread(i, texts, sentences), cleared)

    def row(self, i: int) -> Any:
        return next((a for a in _up(_holder(self._filled(i)[0])) if name(a) == "tr"), None)

    def _filled(self, i: int) -> list[Slot]:
        return [slot for slot in self.blocks[i] if placing.key(text_of(slot))]

    # --- writing -----------------------------------------------------------------------------------------------------

    def _write(self, i: int, pieces: Sequence[Piece], cleared: Sequence[Slot]) -> None:
        """Takes the text of the `cleared` positions away and puts the pieces where they belong."""
        filled, order = self._filled(i), {slot: n for n, slot in enumerate(self.blocks[i])}
        base = _common([_holder(slot) for slot in filled])
        new: dict[Slot, str] = {}
        last = -1
        for piece in pieces:
            place = _place(piece, filled, base, order, last)
            last = order[place]
            new[place] = new.get(place, "") + piece.text
        for slot in cleared:
            setattr(*slot, "")
        for slot, text in new.items():
            setattr(*slot, text_of(slot) + text)
        _tidied([_holder(slot) for slot in (*cleared, *new)], base)

    def _below(self, filled: Sequence[Slot], translation: str) -> None:
        """A line with the translation under the text of a block."""
        base = _common([_holder(slot) for slot in filled])
        element, where = filled[-1]
        line = made(base, "span", translation)
        line.attrib.update({**self.said, "style": SAID})
        broken = made(base, "br")
        if element is base:
            base.insert(0, broken)
        else:
            branch = element if _holder(filled[-1]) is base and where == "tail" else _branch(element, base)
            tail, branch.tail = branch.tail, None
            branch.addnext(broken)
            branch.tail = tail
        broken.addnext(line)

    def row_below(self, row: Any, translation: str) -> None:
        cells = [cell for cell in row if name(cell) in ("td", "th")]
        width = sum(int(span) if (span := cell.get("colspan", "1")).isdecimal() else 1 for cell in cells)
        below = made(row, "tr")
        cell = made(row, "td", translation)
        cell.set("colspan", str(max(1, min(width, 1000))))
        cell.set("lang", self.said["lang"])
        below.append(cell)
        tail, row.tail = row.tail, None
        row.addnext(below)
        below.tail = tail


def made(like: Any, tag: str, text: str = "") -> Any:
    """A new element in the namespace of another one."""
    space = like.tag.rpartition("}")[0]
    element = like.makeelement(f"{space}}}{tag}" if space else tag)
    element.text = text or None
    return element


def _holder(slot: Slot) -> Any:
    element, where = slot
    return element if where == "text" else element.getparent()


def _up(element: Any) -> list[Any]:
    return [element, *element.iterancestors()]


def _common(elements: Sequence[Any]) -> Any:
    """The innermost element that all of them are in, or are."""
    shared = _up(elements[0])
    for element in elements[1:]:
        if element is not elements[0]:
            above = set(_up(element))
            shared = [a for a in shared if a in above]
    return shared[0]


def _branch(element: Any, base: Any) -> Any:
    """The child of `base` that `element` is, or is in."""
    return next(a for a in _up(element) if a.getparent() is base)


def _before(branch: Any) -> Slot:
    previous = branch.getprevious()
    return (branch.getparent(), "text") if previous is None else (previous, "tail")


def _place(piece: Piece, filled: Sequence[Slot], base: Any, order: dict[Slot, int], last: int) -> Slot:
    """The position for a piece: outside of what formats only a part of it, and not before what came before it."""
    slot = filled[piece.first]
    holder = _holder(slot)
    common = base if piece.side else _common([_holder(s) for s in filled[piece.first : piece.last + 1]])
    if holder is common:
        wanted = [slot]
    else:
        branch = _branch(holder, common)
        wanted = [(branch, "tail")] if piece.side == "after" else [_before(branch), (branch, "tail")]
    return next((s for s in (*wanted, slot) if order.get(s, -1) >= last), filled[piece.last])


def _tidied(holders: Iterable[Any], base: Any) -> None:
    """Inline elements that lost their words go, but for links and what something refers to; a quotation has its marks
    in the translation."""
    for element in dict.fromkeys(holders):
        while element is not base and (above := element.getparent()) is not None:
            empty = not (element.text or "").strip() and not len(element)
            if empty and name(element) == "a" and element.get("href"):
                element.text = LINK
                _apart(element)
            elif name(element) == "q" or (empty and not element.get("id") and not element.get("name")):
                _unwrapped(element)
            element = above


def _apart(element: Any) -> None:
    """White space around what was put between words."""
    holder, where = _before(element)
    before = getattr(holder, where) or ""
    if before and not before[-1].isspace():
        setattr(holder, where, before + " ")
    if (element.tail or "x")[0].isalnum() and (element.tail or element.getnext() is not None):
        element.tail = " " + (element.tail or "")


def _unwrapped(element: Any) -> None:
    """Takes the element away and leaves what is in it."""
    above = element.getparent()
    at = above.index(element)
    holder, where = _before(element)
    inner = list(element)
    text, tail = element.text or "", element.tail or ""
    element.tail = None
    above.remove(element)
    setattr(holder, where, (getattr(holder, where) or "") + text)
    for n, child in enumerate(inner):
        above.insert(at + n, child)
    if inner:
        inner[-1].tail = (inner[-1].tail or "") + tail
    else:
        setattr(holder, where, (getattr(holder, where) or "") + tail)
