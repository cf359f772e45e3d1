"""The text of a part of a Word document, run by run: paragraphs as its reader sees them, and their replacement."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ...articles.counted import Number
from ...types import TARGET
from . import placing
from .markup import LINK
from .placing import Piece, Surface

_AFTER_LANGUAGE = ("eastAsianLayout", "specVanish", "oMath", "rPrChange")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def local(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def made(like: Any, name: str, **attributes: str) -> Any:
    space = like.tag.rpartition("}")[0]
    made = like.makeelement(f"{space}}}{name}")
    for key, value in attributes.items():
        made.set(f"{space}}}{key}", value)
    return made


class _Block:
    """The text of a paragraph, or of one line of it: elements <w:t> of the same <w:p>."""

    def __init__(self, paragraph: Any):
        self.paragraph = paragraph
        self.texts: list[Any] = []

    @property
    def text(self) -> str:
        return "".join(t.text or "" for t in self.texts)


def _blocks(root: Any) -> Iterator[_Block]:
    space = root.tag.rpartition("}")[0]
    for paragraph in root.iter(f"{space}}}p"):
        yield from _lines(paragraph, space)


def _lines(paragraph: Any, space: str) -> Iterator[_Block]:
    """What is deleted is no text; what lies in a text box in the paragraph is a paragraph of its own."""
    block = _Block(paragraph)
    waiting = list(reversed(paragraph))
    while waiting:
        element = waiting.pop()
        kind = local(element)
        if element.tag == f"{space}}}t":
            block.texts.append(element)
        elif kind == "br" and _attribute(element, "type") in ("", "textWrapping"):
            yield block
            block = _Block(paragraph)
        elif kind not in ("p", "del", "moveFrom", "pPr", "rPr"):
            waiting.extend(reversed(element))
    yield block


def _attribute(element: Any, name: str) -> str:
    return element.get(f"{element.tag.rpartition('}')[0]}}}{name}", "")


class Part(Surface):
    """The text of one part of the document. `numbers`: of its paragraphs in lists (see articles.counted)."""

    def __init__(self, root: Any, numbers: Mapping[Any, Number], *, bilingual: bool):
        self.blocks = list(_blocks(root))
        given = {paragraph: number.text for paragraph, number in numbers.items() if number.given}
        first = [given.pop(block.paragraph, "") for block in self.blocks]
        super().__init__([block.text for block in self.blocks], first, bilingual=bilingual)

    def replace(self, i: int, sentences: placing.Sentences) -> None:
        block = self.blocks[i]
        filled = [t for t in block.texts if placing.key(t.text or "")]
        if self.bilingual:
            _below(block, filled, "".join(target for _, target in sentences).strip(), self.said["lang"])
        else:
            _write(block, filled, self.spread(i, [t.text for t in filled], sentences), self.said["lang"])

    def row(self, i: int) -> Any:
        return _above(self.blocks[i].paragraph, "tr")

    def row_below(self, row: Any, translation: str) -> None:
        cells = [c for c in row if local(c) == "tc"]
        spans = [_attribute(g, "val") for c in cells for g in c.iterfind("{*}tcPr/{*}gridSpan")]
        width = len(cells) + sum(int(s) - 1 for s in spans if s.isdecimal())
        below, cell, properties = made(row, "tr"), made(row, "tc"), made(row, "tcPr")
        properties.append(made(row, "gridSpan", val=str(max(1, min(width, 63)))))
        cell.extend([properties, paragraph(row, translation, self.said["lang"])])
        below.append(cell)
        row.addnext(below)


# --- writing ---------------------------------------------------------------------------------------------------------


def _write(block: _Block, filled: Sequence[Any], made: Sequence[Piece], code: str) -> None:
    """Each piece goes to the run whose formatting covers most of what it says; a link that covers a part of it only
    follows it."""
    new: dict[Any, str] = {}
    aside: list[tuple[Any, str, str]] = []  # beside which run, which side, what
    links: list[tuple[Any, Any]] = []
    for piece in made:
        if piece.side:
            aside.append((filled[piece.first], piece.side, piece.text))
            continue
        covered = filled[piece.first : piece.last + 1]
        chosen = _formatting(covered, piece.weights or [1] * len(covered))
        new[chosen] = new.get(chosen, "") + piece.text
        links += [(link, chosen) for t in covered if (link := _above(t, "hyperlink")) is not None]
    runs = [(t, run) for t in block.texts if (run := _above(t, "r")) is not None]
    for t in block.texts:
        t.text = ""
    for t, text in new.items():
        _fill(t, text)
    for t, side, text in aside:
        _beside(t, side, text, block.paragraph, code)
    _relinked(links, new, block.paragraph)
    for t, run in runs:
        if t not in new and not t.text:
            _emptied(t, run)
    for run in {run: None for t, run in runs if t in new}:
        _spoken(run, code)
    _accepted(block.paragraph)
    for mark in list(block.paragraph.iterfind("{*}pPr/{*}bidi")):
        mark.getparent().remove(mark)


def _fill(t: Any, text: str) -> None:
    t.text = " ".join(re.split(r"\s", text))
    t.set(_SPACE, "preserve")


def _formatting(texts: Sequence[Any], weights: Sequence[int]) -> Any:
    """The first of the runs that are formatted as most of the text is; none in a link, unless all are."""
    plain = [t for t in texts if _above(t, "hyperlink") is None]
    inside = {_above(t, "hyperlink") for t in texts}
    candidates = texts if len(inside) == 1 or not plain else plain
    chosen = set(candidates)
    sizes: dict[bytes, int] = {}
    for t, weight in zip(texts, weights, strict=True):
        sizes[_look(t)] = sizes.get(_look(t), 0) + weight * (t in chosen)
    most = max(sizes, key=sizes.__getitem__)
    return next(t for t in candidates if _look(t) == most)


def _look(t: Any) -> bytes:
    """What formats a run, but for its language and marks of the spelling checker."""
    from lxml import etree

    run = _above(t, "r")
    properties = next((c for c in run if local(c) == "rPr"), None) if run is not None else None
    kept = [c for c in properties if local(c) not in ("lang", "noProof")] if properties is not None else []
    return b"".join(etree.tostring(c, with_tail=False) for c in kept)


def _above(element: Any, kind: str) -> Any:
    """The nearest element of this kind that it is in, within its paragraph (a row of a table: around it)."""
    for above in element.iterancestors():
        if local(above) == kind:
            return above
        if local(above) == "p" and kind != "tr":
            return None
    return None


def _top(element: Any, paragraph: Any) -> Any:
    return next(a for a in (element, *element.iterancestors()) if a.getparent() is paragraph)


def _run(t: Any, *content: Any, code: str) -> Any:
    """A new run that looks like the one of `t`, without what makes a link look like one."""
    run = made(t, "r")
    old = next((c for c in (_above(t, "r") if _above(t, "r") is not None else ()) if local(c) == "rPr"), None)
    if old is not None and _above(t, "hyperlink") is None:
        run.append(copy.deepcopy(old))
    run.extend(content)
    return _spoken(run, code)


def _text(like: Any, text: str) -> Any:
    t = made(like, "t")
    _fill(t, text)
    return t


def _beside(t: Any, side: str, text: str, paragraph: Any, code: str) -> None:
    top = _top(t, paragraph)
    run = _run(t, _text(t, text), code=code)
    top.addprevious(run) if side == "before" else top.addnext(run)


def _below(block: _Block, filled: Sequence[Any], translation: str, code: str) -> None:
    """A line with the translation under the text of a block."""
    look = _formatting(filled, [len(placing.key(t.text)) for t in filled])
    top = _top(filled[-1], block.paragraph)
    top.addnext(_run(look, made(look, "br"), _text(look, translation), code=code))


def _relinked(links: Sequence[tuple[Any, Any]], new: dict[Any, str], paragraph: Any) -> None:
    """Links that no piece went into follow the run that says what they were in."""
    last: dict[Any, Any] = {}
    for link, chosen in dict.fromkeys(links):
        texts = list(link.iter("{*}t"))
        if any(t in new for t in texts) or not texts:
            continue
        after = last.get(chosen, _top(chosen, paragraph))
        _fill(texts[0], f" {LINK} " if (new[chosen] or " ")[-1:].isspace() is False else f"{LINK} ")
        top = _top(link, paragraph)
        if top is not after:
            after.addnext(top)
        last[chosen] = top


def _emptied(t: Any, run: Any) -> None:
    """A run goes with its last text."""
    if t.getparent() is not None:
        t.getparent().remove(t)
    if all(local(child) == "rPr" for child in run) and run.getparent() is not None:
        run.getparent().remove(run)


def _spoken(run: Any, code: str) -> Any:
    """The run, its language the one with this code, for whoever checks its spelling."""
    properties = next((c for c in run if local(c) == "rPr"), None)
    if properties is None:
        properties = made(run, "rPr")
        run.insert(0, properties)
    for child in list(properties):
        if local(child) in ("lang", "rtl"):
            properties.remove(child)
    at = next((n for n, c in enumerate(properties) if local(c) in _AFTER_LANGUAGE), len(properties))
    properties.insert(at, made(run, "lang", val=f"{code}-US" if code == TARGET else code))
    return run


def _accepted(paragraph: Any) -> None:
    """Tracked changes in a translated paragraph, accepted: its text is that already."""
    for element in list(paragraph.iter("{*}del", "{*}moveFrom", "{*}ins", "{*}moveTo")):
        above = element.getparent()
        if above is None or local(above) in ("rPr", "trPr"):
            continue
        if local(element) in ("ins", "moveTo"):
            for child in list(element):
                element.addprevious(child)
        above.remove(element)


def paragraph(like: Any, text: str, code: str = TARGET, *, bold: bool = False) -> Any:
    paragraph, run = made(like, "p"), made(like, "r")
    if bold:
        run.append(made(like, "rPr"))
        run[0].append(made(like, "b"))
    run.append(_text(like, text))
    paragraph.append(_spoken(run, code))
    return paragraph
