"""Where translated paragraphs belong in a document: found by their text, never guessed.

Two texts are the same here if their letters and digits are (`key`): readers move white space, marks and quotation
marks. A paragraph is one block of the document, or several in a row (cells, lines of one paragraph).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, count
from typing import Any

from ...languages.language import language
from ...text import has_letters, sanitise
from ...types import TARGET, Result
from ..outputs import said

GROUP = 500  # blocks that one paragraph may be made of
RUNS = 200  # of a sentence in which names are looked for

Sentences = Sequence[tuple[str, str]]  # (source, translation), each with the white space after it


def key(text: str) -> str:
    """
    >>> key("„Größe“: 10⁶ m²\\n"), key(" … ")
    ('grösse106m2', '')
    """
    folded = unicodedata.normalize("NFKC", sanitise(text)).casefold()
    return folded if folded.isalnum() else "".join(filter(str.isalnum, folded))


@dataclass(frozen=True, slots=True, eq=False)
class Paragraph:
    """`number` is its place among what was read, titles included."""

    sentences: Sentences
    key: str
    number: int

    @property
    def text(self) -> str:
        return "".join(target for _, target in self.sentences).strip()


class Translations:
    """The paragraphs of the articles of one document, titles among them, by their text; the same text further down is
    the same paragraph again."""

    def __init__(self, results: Sequence[Result]):
        self.into = results[0].target if results else TARGET
        self.direction = language(self.into).direction
        self.paragraphs: list[Paragraph] = []
        self.titles: list[Paragraph] = []
        self._by_key: dict[str, list[Paragraph]] = {}
        read = count()
        self._placed: Counter[str] = Counter()
        for result in results:
            blocks: dict[int, list[tuple[str, str]]] = {}
            for s in result.sentences:
                blocks.setdefault(s.paragraph, []).append((s.source + s.separator, sanitise(said(s) + s.separator)))
            for number, sentences in blocks.items():
                made = Paragraph(sentences, key("".join(source for source, _ in sentences)), next(read))
                if made.key:
                    (self.paragraphs if number else self.titles).append(made)
                    self._by_key.setdefault(made.key, []).append(made)

    def find(self, text: str) -> Paragraph | None:
        """The paragraph of this text; that it is asked for does not place it."""
        return self._by_key.get(key(text), [None])[0]

    def _next(self, of: str) -> Paragraph:
        same = self._by_key[of]
        self._placed[of] += 1
        return same[min(self._placed[of], len(same)) - 1]

    def groups(self, keys: Sequence[str]) -> Iterator[tuple[list[int], Paragraph]]:
        """The blocks (their indices) that are paragraphs, given the key of each: one block, or as many in a row as make
        it. Where both may be meant, it is the paragraph whose turn it is."""
        filled = [i for i, of in enumerate(keys) if of]
        blocks, ordered = set(keys), sorted(self._by_key)
        at, turn = 0, 0
        while at < len(filled):
            together, best, end = "", None, at + 1
            for n in range(at, min(at + GROUP, len(filled))):
                together += keys[filled[n]]
                first = bisect_left(ordered, together)
                if first == len(ordered) or not ordered[first].startswith(together):
                    break
                if ordered[first] != together:
                    continue
                number = self._coming(together)
                if n > at and together in blocks and number != turn:
                    continue  # the block that says all of it is meant
                # what is its turn, or comes next; what went before or stands there already; of like ones the longest
                worth = (number is not None, number is not None and number >= turn, -(number or 0), n)
                if best is None or worth > best[0]:
                    best, end = (worth, together), n + 1
            if best:
                placed = self._next(best[1])
                turn = placed.number + 1
                yield filled[at:end], placed
            at = end

    def _coming(self, of: str) -> int | None:
        """The number of the first paragraph of this key that is not placed yet."""
        same, placed = self._by_key[of], self._placed[of]
        return same[placed].number if placed < len(same) else None

    @property
    def unplaced(self) -> list[Paragraph]:
        return [p for p in self.paragraphs if p.key not in self._placed]

    @property
    def placed(self) -> int:
        return len(self.paragraphs) - len(self.unplaced)


# --- one paragraph over several blocks --------------------------------------------------------------------------------


def shared_out(keys: Sequence[str], sentences: Sentences) -> tuple[list[Sentences], bool]:
    """The sentences of each block, and whether each sentence lies in one: one that does not goes where most of it is.

    >>> shared_out(["rhein", "derpegelsteigt"], [("Rhein Der Pegel steigt. ", "…")])
    ([[], [('Rhein Der Pegel steigt. ', '…')]], False)
    """
    shares: list[list[tuple[str, str]]] = [[] for _ in keys]
    ends = list(accumulate(map(len, keys)))
    start, whole = 0, True
    for source, target in sentences:
        end = start + len(key(source))
        first = min(bisect_right(ends, start), len(ends) - 1)
        last = min(bisect_left(ends, end), len(ends) - 1)
        parts = [min(end, ends[n]) - max(start, ends[n] - len(keys[n])) for n in range(first, last + 1)]
        if end == start and start:  # no letters in it
            shares[bisect_left(ends, start)].append((source, target))
        else:
            shares[first + parts.index(max(parts, default=0)) if parts else first].append((source, target))
            whole &= len(parts) < 2
        start = end
    return shares, whole and all(shares)


def uncounted(sentences: Sentences, number: str) -> Sentences:
    """
    >>> uncounted([("13. August 1961. ", "13. August 1961. "), ("Mauer.", "Wall.")], "13.")
    [('August 1961. ', 'August 1961. '), ('Mauer.', 'Wall.')]
    """
    if not number or not sentences:
        return sentences
    (source, target), *rest = sentences
    first = (source.removeprefix(number).lstrip(), target.removeprefix(number).lstrip())
    return [first, *rest] if any(first) else rest


def cells(texts: Sequence[str], translation: str) -> list[str] | None:
    """The translation of a row, cell by cell, where cells that stand in it as they are tell where the others end.

    >>> cells(["Köln", "8,10 Meter", "2026"], "Köln 8.10 metres 2026")
    ['Köln', '8.10 metres', '2026']
    >>> cells(["Ort", "Pegel"], "Place Level")
    """
    parts: list[str] = []
    at, open_cell = 0, False
    row = " ".join(texts)
    for text in [*map(str.strip, texts), None]:
        verbatim = text is not None and _verbatim(text, row, translation)
        if text is not None and not verbatim:
            if open_cell or not key(text):
                return None
            open_cell = True
            continue
        start = len(translation) if text is None else translation.find(text, at)
        if start < 0:
            return None
        between = translation[at:start].strip()
        if open_cell != bool(key(between)):
            return None
        parts += [between] * open_cell + ([text] if text is not None else [])
        at, open_cell = start + len(text or ""), False
    return parts


class Surface:
    """A document as blocks of text that can be replaced; `texts` is what its reader sees of each, `numbers` what stands
    before it as that of an item of a list: shown and counted by the document, no text of the block. Left are the blocks
    with letters that are no paragraph."""

    def __init__(self, texts: Sequence[str], numbers: Sequence[str], *, bilingual: bool):
        self.texts, self.keys = texts, [key(text) for text in texts]
        self.numbers = [number if of else "" for number, of in zip(numbers, self.keys, strict=True)]
        self.seen = [key(number) + of for number, of in zip(self.numbers, self.keys, strict=True)]
        self.bilingual = bilingual
        self.left = 0
        self.said = {"lang": TARGET, "dir": "ltr"}  # what marks a translation, as attributes of HTML

    def translate(self, translations: Translations) -> None:
        self.said = {"lang": translations.into, "dir": translations.direction}
        placed: set[int] = set()
        for group, paragraph in translations.groups(self.seen):
            placed.update(group)
            self._put(group, paragraph)
        self.left = sum(has_letters(text) and i not in placed for i, text in enumerate(self.texts))

    def _put(self, group: list[int], paragraph: Paragraph) -> None:
        """A row of a table that cannot be told apart by cells gets one of its own below."""
        shares, whole = shared_out([self.seen[i] for i in group], paragraph.sentences)
        rows = [] if whole or len(group) == 1 else [self.row(i) for i in group]
        if rows and rows[0] is not None and all(row is rows[0] for row in rows):
            parts = cells([self.texts[i] for i in group], paragraph.text)
            if not parts:
                return self.row_below(rows[0], paragraph.text)
            shares = [[(self.texts[i], part)] for i, part in zip(group, parts, strict=True)]
        for i, share in zip(group, shares, strict=True):
            if not self.bilingual:
                self.replace(i, uncounted(share, self.numbers[i]))
                continue
            below = "".join(target for _, target in share).strip()  # read by itself: a date in it needs its day
            if below not in ("", f"{self.numbers[i]} {self.texts[i]}".strip()):
                self.replace(i, share)

    def spread(self, i: int, texts: Sequence[str], sentences: Sentences) -> list[Piece]:
        """The pieces for the runs of block `i`; one for all where they cannot be told apart."""
        spans = ranges(texts, self.keys[i])
        if spans and sum(len(key(source)) for source, _ in sentences) == len(self.keys[i]):
            return pieces(texts, sentences, spans)
        return [Piece("".join(target for _, target in sentences).strip(), 0, len(texts) - 1)]

    def replace(self, i: int, sentences: Sentences) -> None:
        """Puts sentences in the place of block `i`, or below it."""
        raise NotImplementedError

    def row(self, i: int) -> Any:
        """The row of a table that block `i` is in, None if it is in none."""
        raise NotImplementedError

    def row_below(self, row: Any, translation: str) -> None:
        raise NotImplementedError


# --- one paragraph over the runs of text of a block -------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of translation for the runs first … last, of each of which it says so many letters (`weights`); with a
    `side`, before or after the run and outside of what formats it."""

    text: str
    first: int
    last: int
    side: str = ""
    weights: Sequence[int] = ()


def ranges(texts: Sequence[str], whole: str) -> list[tuple[int, int]] | None:
    """Which characters of the key `whole` each run of text is; a run that the reader left out (the mark of a footnote)
    is none. None if the runs are not this text."""
    found, at = [], 0
    for text in texts:
        of = key(text)
        length = len(of) if whole.startswith(of, at) else 0
        found.append((at, at + length))
        at += length
    return found if at == len(whole) else None


def pieces(texts: Sequence[str], sentences: Sentences, spans: Sequence[tuple[int, int]]) -> list[Piece]:
    """Each sentence for the runs that it stands in, in order. A run within a sentence whose words stand in the
    translation as they are (a name, a number) stays a run of its own."""
    taken = [i for i, (start, end) in enumerate(spans) if end > start]
    found: list[Piece] = []
    at, n, lead = 0, 0, ""
    for source, target in sentences:
        end = at + len(key(source))
        if end == at:  # a sentence without letters or digits goes with the one before it
            if found and not lead:
                found[-1] = replace(found[-1], text=found[-1].text + target)
            else:
                lead += target
            continue
        while n < len(taken) - 1 and spans[taken[n]][1] <= at:
            n += 1
        runs = []
        for i in taken[n:]:
            if spans[i][0] >= end:
                break
            runs.append(i)
        whole = {i for i in runs if at <= spans[i][0] and spans[i][1] <= end} if len(runs) <= RUNS else set()
        said, space = lead + target, ""
        if not texts[runs[-1]][-1:].isspace():  # what comes next here may be a mark: Rhein.³ Köln
            said, space = said.rstrip(), said[len(said.rstrip()) :]
        for piece in _anchored(texts, runs, whole, source, said):
            weights = [min(end, b) - max(at, a) for a, b in spans[piece.first : piece.last + 1]]
            found.append(replace(piece, weights=weights))
        at, lead = end, space
    return found


def _anchored(texts: Sequence[str], runs: Sequence[int], whole: set[int], source: str, target: str) -> Iterator[Piece]:
    """The translation of one sentence, cut where runs stand in it as they are."""
    if len(runs) < 2:
        yield Piece(target, runs[0], runs[0])
        return
    at, between = 0, []
    anchor = None
    for i in runs:
        text = texts[i].strip()
        start = target.find(text, at) if i in whole and _verbatim(text, source, target) else -1
        if start < 0:
            between.append(i)
            continue
        yield from _around(target[at:start], between, i, "before")
        yield Piece(text, i, i)
        at, between, anchor = start + len(text), [], i
    yield from _around(target[at:], between, anchor, "after")


def _around(text: str, between: Sequence[int], anchor: int | None, side: str) -> Iterator[Piece]:
    if between:
        yield Piece(text, between[0], between[-1])
    elif text and anchor is not None:
        yield Piece(text, anchor, anchor, side)


def _verbatim(text: str, source: str, target: str) -> bool:
    """Whether a name or a number stands once in a text and once in its translation. A word in small letters may be
    another word there: war, hat, die."""
    if not key(text) or (text == text.lower() and has_letters(text)):
        return False
    alone = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)")
    return len(alone.findall(source)) == 1 == len(alone.findall(target)) == target.count(text)
