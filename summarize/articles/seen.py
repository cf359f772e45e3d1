"""What could be seen of a source, held against what was handed over of it: nothing that a reader drops goes unsaid.

A reader gives, beside its paragraphs, the blocks of text that a viewer of its format would show (`Draft.seen`), made
without regard to what it keeps. What of them is in no paragraph is found here, by difference, for all readers alike.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import accumulate, chain, groupby, pairwise

from ..text import collapse_spaces, sanitise, split_escapes
from ..types import LeftOut, Reading, Reason
from .drafts import Seen

GRAM = 12  # letters that tell where in the text one stands; fewer may stand anywhere
TRIED = 8  # places, either way, at which a stretch is looked for that the text has many times
LIMIT = 100_000  # characters of left-out text in a row that are kept with an article; all of it is counted

_RAISED = "⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉"
_LEVEL = str.maketrans(_RAISED, "01234567890123456789")
_TOKEN = re.compile(rf"[{_RAISED}]+|\d+|[^\W\d_{_RAISED}]+")
_DIGITS = re.compile(rf"[{_RAISED}]+|\d+")
_MARKS = re.compile(r"[\W_]+")
_ASCII_MARKS = bytes(n for n in range(128) if not chr(n).isalnum())
_OTHER_LETTERS = re.compile(r"[^\W\x00-\x7f]")
_GIVEN = frozenset({Reason.METADATA, Reason.NOTE, Reason.MARKUP})  # what a reader surely leaves out


def reading(seen: Sequence[Seen], title: str, paragraphs: Sequence[str], bound: float = 0.0) -> Reading:
    """What of `seen` is missing in title and paragraphs, and the runs of digits that are not as they were.

    Takes time in proportion to the text. A title that cannot be seen comes from data about the text: it is not counted.
    Words with bytes in them that no encoding fits are left out by as many letters.
    """
    account = replace(_account(seen, title, paragraphs), bound=bound)
    if broken := [w for text in (title, *paragraphs) if "\ufffd" in text for w in text.split() if "\ufffd" in w]:
        words = (LeftOut(word, Reason.OTHER, word.count("\ufffd")) for word in broken)
        return replace(account, left_out=(*account.left_out, *_merged(words)))
    return account


def _account(seen: Sequence[Seen], title: str, paragraphs: Sequence[str]) -> Reading:
    if whole := _whole(seen, title, paragraphs):
        return whole
    parts = [part for block in seen for part in _without_escapes(block)]
    keys = [_key(part.text) for part in parts]
    headline = _key(title)
    again = [_key(paragraph) for paragraph in paragraphs].count(headline)  # each is one of the lines that stand so
    handed = [title, *paragraphs] if _stands_alone(headline, parts, again) else paragraphs
    text = _Text(handed)
    left: list[LeftOut] = []
    torn: Counter[str] = Counter()  # digits missing in the midst of a block that is there
    apart = [(part, key, text.place) for part, key in zip(parts, keys, strict=True) if not text.takes(part, key)]
    for part, key, place in apart:
        missing = [(part.text, False)] if part.reason in _GIVEN else text.missing(part.text, key, place)
        for piece, goes_on in missing:
            left.append(LeftOut(collapse_spaces(piece), part.reason or Reason.OTHER, len(_key(piece))))
            torn.update(_digits(piece) if goes_on and not part.reason else ())
    was, gone = (Counter(chain.from_iterable(_digits(one.text) for one in ones)) for ones in (parts, left))
    now = Counter(chain.from_iterable(map(_digits, handed)))
    formed = Counter({run: n for run, n in now.items() if run not in was})
    changed = was - now - gone if formed else Counter()
    return Reading(
        letters=sum(map(len, keys)) - sum(one.letters for one in left),
        left_out=tuple(_merged(text.judged(one) for one in left)),
        lost=tuple(sorted((changed + torn).elements())),
        formed=tuple(sorted(formed.elements())),
    )


def _whole(seen: Sequence[Seen], title: str, paragraphs: Sequence[str]) -> Reading | None:
    """The account of a text in which nothing is missing but data at its head, as in most: no close look is needed."""
    head = next((n for n, block in enumerate(seen) if block.reason is not Reason.METADATA), len(seen))
    text = " ".join(" ".join(block.text for block in seen[head:]).split())
    body = " ".join(" ".join(paragraphs).split())
    if text not in (body, f"{title} {body}"):
        return None
    left = [LeftOut(collapse_spaces(block.text), Reason.METADATA, len(_key(block.text))) for block in seen[:head]]
    return Reading(_letters(text), tuple(_merged(one for one in left if one.letters)))


def _stands_alone(title: str, parts: Sequence[Seen], again: int) -> bool:
    """Whether there is a line, or several in a row, of just these letters, more often than `again`."""
    lines = [_key(line) for part in parts for line in part.text.split("\n")] if title else []
    borders, whole, at = set(accumulate(map(len, lines), initial=0)), "".join(lines), -1
    for _ in range(TRIED if title else 0):
        at = whole.find(title, at + 1)
        if at < 0:
            return False
        if {at, at + len(title)} <= borders:
            if not again:
                return True
            again -= 1
    return False


class _Text:
    """What was handed over, as one string of letters and digits, each stretch of which is taken once."""

    def __init__(self, handed: Sequence[str]):
        self._handed = handed
        self._keys = [_key(text) for text in handed]
        self._whole = "".join(self._keys)
        self._taken = bytearray(len(self._whole))
        self._ends = set(accumulate(map(len, self._keys), initial=0))
        # where the next block may stand: after the last, or where the last jump was from; a title may stand anywhere
        self.place = 0, len(self._keys[0]) if self._keys else 0

    def takes(self, block: Seen, key: str) -> bool:
        """Whether the block is there as a whole: next, as nearly all are, or elsewhere."""
        if not key:
            return True
        for at in self.place:
            end = at + len(key)
            there = self._whole.startswith(key, at) and self._free(at, end) == end
            if there and (len(key) >= GRAM or end in self._ends or key[0] in _RAISED or end in self._starts):
                self._take(at, end)
                return True
        for at in () if block.reason in _GIVEN else self._near(key):
            end = at + len(key)
            if self._whole.startswith(key, at) and self._free(at, end) == end:
                self._take(at, end)
                return True
        return False

    def missing(self, block: str, key: str, place: tuple[int, int]) -> list[tuple[str, bool]]:
        """The pieces of a block that are not there: (piece, whether the text goes on as if it had never been). Where
        less than half of a block is there, that is chance, and all of it is missing."""
        tokens = list(_TOKEN.finditer(block))
        places = [0, *accumulate(len(_key(token[0])) for token in tokens)]
        self.place = place
        found: list[tuple[int, int, int, int]] = []  # tokens from and to, place from and to
        i = 0
        while i < len(tokens):
            if stretch := self._find(key, places, i):
                many, at, end = stretch
                found.append((i, i + many, at, end))
                i += many
            else:
                i += 1
        if 2 * sum(end - at for _, _, at, end in found) < len(key):
            for _, _, at, end in found:
                self._taken[at:end] = bytes(end - at)
            return [(block, False)]
        pieces = []
        for (_, i, _, end), (j, _, at, _) in pairwise([(0, 0, 0, -1), *found, (len(tokens), 0, -1, 0)]):
            if i < j:
                goes_on = at == end or (end < 0 and at in self._ends) or (at < 0 and end in self._ends)
                pieces.append((block[tokens[i].start() : tokens[j - 1].end()], goes_on))
        return pieces

    def judged(self, one: LeftOut) -> LeftOut:
        """With its reason: what the text has all the same, elsewhere, loses nothing."""
        if one.reason is not Reason.OTHER:
            return one
        key = _key(one.text)
        there = any(self._whole.startswith(key, at) for at in self._near(key))
        return replace(one, reason=Reason.REPEATED) if there else one

    def _find(self, key: str, places: Sequence[int], i: int) -> tuple[int, int, int] | None:
        """How many of the block's tokens from the i-th on stand together in the text, from where to where; these are
        taken. Few letters are enough next to what was taken last."""
        for at in self.place:
            many, end = self._common(key, places, i, at)
            if many and (end - at >= GRAM or end in self._starts):
                return many, *self._take(at, end)
        for at in self._near(key[places[i] : places[i] + GRAM]) if len(key) - places[i] >= GRAM else ():
            many, end = self._common(key, places, i, at)
            if many:
                return many, *self._take(at, end)
        return None

    def _near(self, key: str) -> Sequence[int]:
        """Places where a key may stand that begins so, or a short one of a paragraph, the nearest first."""
        if len(key) < GRAM:
            return self._short.get(key, ())
        found = self._grams.get(key[:GRAM], ())
        first = bisect_left(found, self.place[0])
        return [*found[first : first + TRIED], *found[max(0, first - TRIED) : first]]

    def _common(self, key: str, places: Sequence[int], i: int, at: int) -> tuple[int, int]:
        """How many whole tokens from the i-th on the text has at `at` and are not taken, and where there they end."""
        length, step, grows = 0, GRAM, True
        while step and (part := key[places[i] + length : places[i] + length + step]):
            if self._whole.startswith(part, at + length):
                length += len(part)
                step *= 1 + grows
            else:
                step, grows = min(step, len(part)) // 2, False
        length = self._free(at, at + length) - at
        many = bisect_right(places, places[i] + length) - 1 - i
        return many, at + places[i + many] - places[i]

    def _free(self, at: int, end: int) -> int:
        """Up to where nothing between `at` and `end` is taken."""
        taken = self._taken.find(1, at, end)
        return end if taken < 0 else taken

    def _take(self, at: int, end: int) -> tuple[int, int]:
        self._taken[at:end] = b"\1" * (end - at)
        self.place = end, self.place[1] if at == self.place[0] else self.place[0]
        return at, end

    @cached_property
    def _starts(self) -> frozenset[int]:
        """Where tokens begin, or the text ends."""
        lengths = (len(_key(token)) for text in self._handed for token in _TOKEN.findall(text))
        return frozenset(accumulate(lengths, initial=0))

    @cached_property
    def _grams(self) -> dict[str, list[int]]:
        """Where the text has GRAM letters from the start of a token on."""
        found: dict[str, list[int]] = defaultdict(list)
        for at in sorted(self._starts):
            found[self._whole[at : at + GRAM]].append(at)
        return found

    @cached_property
    def _short(self) -> dict[str, list[int]]:
        """Where paragraphs stand that have fewer letters."""
        found: dict[str, list[int]] = defaultdict(list)
        for key, at in zip(self._keys, accumulate(map(len, self._keys), initial=0), strict=False):
            if len(key) < GRAM:
                found[key].append(at)
        return found


def _key(text: str) -> str:
    """Letters and digits alone, whatever their case."""
    return _MARKS.sub("", text).casefold()


def _letters(text: str) -> int:
    ascii = text.encode("ascii", "ignore").translate(None, _ASCII_MARKS)
    return len(ascii) if text.isascii() else len(ascii) + len(_OTHER_LETTERS.findall(text))


def _digits(text: str) -> list[str]:
    found = _DIGITS.findall(text)
    return found if text.isascii() else [run.translate(_LEVEL) for run in found]


def _without_escapes(block: Seen) -> list[Seen]:
    """The block as it is shown, and what a terminal takes for orders."""
    text, escapes = split_escapes(block.text)
    return [Seen(sanitise(text), block.reason), *(Seen(sanitise(e[1:]), Reason.MARKUP) for e in escapes)]


def _merged(left: Iterable[LeftOut]) -> Iterator[LeftOut]:
    """Neighbours that are left out for one reason are one."""
    for reason, group in groupby(left, key=lambda one: one.reason):
        ones = list(group)
        text = "\n".join(one.text for one in ones)
        shown = text if len(text) <= LIMIT else text[:LIMIT] + "…"
        yield LeftOut(shown, reason, sum(one.letters for one in ones))
