"""What changed between two texts, as data: words within a sentence, sentences within a text.

    >>> words("The dog barks.", "The old dog sleeps.")
    [Edit('same', 'The '), Edit('added', 'old '), Edit('same', 'dog '), Edit('removed', 'barks'), Edit('added', 'sleeps'), Edit('same', '.')]
    >>> [(c.kind, c.old, c.new, c.moved) for c in sentences(["One.", "Two.", "Three."], ["Three.", "One.", "Two."])]
    [('same', 2, 0, True), ('same', 0, 1, False), ('same', 1, 2, False)]

Nothing is lost: spans that are not `added`, joined, are the old text, those that are not `removed` the new one.
"""  # noqa: E501

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

SAME, CHANGED, ADDED, REMOVED = "same", "changed", "added", "removed"

ALIKE = 0.5  # share of words in common from which two sentences count as versions of one
FREQUENT = 50  # a word in more sentences than this helps to find no counterpart
LARGEST = 4_000_000  # pairs of words to compare; beyond it the differing middle is one change
MOST_EQUAL = 150_000  # of them equal ones: a text that says one word over and over takes far longer than others

# A word with what joins it inside ("3.5", "don't"), or any other character alone; each with the space after it.
_UNIT = re.compile(r"([^\W_]+(?:['’.,:/-][^\W_]+)*|\S)(\s*)|(\s+)")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Edit:
    """A stretch of text that is same, added or removed."""

    kind: str
    text: str

    def __repr__(self) -> str:
        return f"Edit({self.kind!r}, {self.text!r})"


@dataclass(frozen=True, slots=True)
class Change:
    """What became of one sentence: same, changed, added or removed. `old` and `new` are its places in the two texts,
    None where it is missing; `moved` when others that stayed in order passed it."""

    kind: str
    old: int | None
    new: int | None
    spans: tuple[Edit, ...]
    moved: bool = False

    @property
    def old_text(self) -> str:
        return before(self.spans)

    @property
    def new_text(self) -> str:
        return after(self.spans)

    @property
    def still(self) -> bool:
        return self.kind == SAME and not self.moved


def before(spans: Sequence[Edit]) -> str:
    return "".join(s.text for s in spans if s.kind != ADDED)


def after(spans: Sequence[Edit]) -> str:
    return "".join(s.text for s in spans if s.kind != REMOVED)


def count_words(text: str) -> int:
    return sum(1 for _ in _WORD.finditer(text))


# -- words ------------------------------------------------------------------------------------------------------------


def words(old: str, new: str) -> list[Edit]:
    """The word diff; equal texts give one span that is `same` (none if they are empty)."""
    if old == new:
        return [Edit(SAME, old)] if old else []
    edits: list[tuple[str, str, bool]] = []  # old, new, whether they are one and the same
    a, b = _units(old), _units(new)
    for same, left, right in _blocks(a, b):
        if not same:
            edits.append(("".join(map("".join, left)), "".join(map("".join, right)), False))
            continue
        for (word, gap), (_, other) in zip(left, right, strict=True):
            edits.append((word, word, True))
            edits.append((gap, other, gap == other))
    return _spans(_readable(_joined(edits)))


Unit = tuple[str, str]  # a word, and the white space after it


def _units(text: str) -> list[Unit]:
    return [(m[1] or "", m[2] or m[3] or "") for m in _UNIT.finditer(text)]


def _blocks(a: list[Unit], b: list[Unit]) -> list[tuple[bool, list[Unit], list[Unit]]]:
    """Runs of units with equal words, and what differs between them. Ends in common are cut off first: edits are
    local, and matching is quadratic."""
    left, right = [word for word, _ in a], [word for word, _ in b]
    most = min(len(a), len(b))
    head = next((i for i in range(most) if left[i] != right[i]), most)
    tail = next((i for i in range(most - head) if left[-1 - i] != right[-1 - i]), most - head)
    middle_a, middle_b = left[head : len(left) - tail], right[head : len(right) - tail]
    count = Counter(middle_b)
    equal = sum(n * count[word] for word, n in Counter(middle_a).items())
    if len(middle_a) * len(middle_b) > LARGEST or equal > MOST_EQUAL:
        codes = [("replace", 0, len(middle_a), 0, len(middle_b))]
    else:
        codes = SequenceMatcher(None, middle_a, middle_b, autojunk=False).get_opcodes()
    blocks = [(True, a[:head], b[:head])]
    blocks += [(t == "equal", a[head + i : head + j], b[head + k : head + m]) for t, i, j, k, m in codes]
    return [*blocks, (True, a[len(a) - tail :], b[len(b) - tail :])]


def _joined(edits: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """Neighbours of a kind made one."""
    found: list[tuple[str, str, bool]] = []
    for old, new, same in edits:
        if not old and not new:
            continue
        if found and found[-1][2] == same:
            old, new = found[-1][0] + old, found[-1][1] + new
            found.pop()
        found.append((old, new, same))
    return found


def _readable(edits: list[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    """A comma or a space between two changed words changes with them; white space at the ends of a change does not."""
    inner = range(1, len(edits) - 1)
    bridged = [(o, n, same and not (i in inner and not _WORD.search(o))) for i, (o, n, same) in enumerate(edits)]
    trimmed = []
    for old, new, same in _joined(bridged):
        if same or not old.strip() or not new.strip():
            trimmed.append((old, new, same))
            continue
        lead = _common(old, new)
        trail = _common(old[lead:][::-1], new[lead:][::-1])
        trimmed.append((old[:lead], new[:lead], True))
        trimmed.append((old[lead : len(old) - trail], new[lead : len(new) - trail], False))
        trimmed.append((old[len(old) - trail :], new[len(new) - trail :], True))
    return _joined(trimmed)


def _common(a: str, b: str) -> int:
    """How many characters of white space both begin with."""
    return next(
        (i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y or not x.isspace()), min(map(len, (a, b)))
    )


def _spans(edits: list[tuple[str, str, bool]]) -> list[Edit]:
    found = []
    for old, new, same in edits:
        kinds = [(SAME, old)] if same else [(REMOVED, old), (ADDED, new)]
        found += [Edit(kind, text) for kind, text in kinds if text]
    return found


# -- sentences --------------------------------------------------------------------------------------------------------


def sentences(old: Sequence[str], new: Sequence[str]) -> list[Change]:
    """Aligns two texts: equal sentences first, then those with at least half of their words in common. In the order of
    the new text; what was removed stands where it stood."""
    pairs = _exact(old, new)
    pairs |= _similar(old, new, pairs)
    steady = _in_order(pairs)
    counterpart = {n: o for o, n in pairs.items()}
    gone = iter([i for i in range(len(old)) if i not in pairs])
    waiting = next(gone, None)
    found: list[Change] = []
    for n, text in enumerate(new):
        o = counterpart.get(n)
        if o is None:
            found.append(Change(ADDED, None, n, _whole(ADDED, text)))
            continue
        while waiting is not None and o in steady and waiting < o:
            found.append(Change(REMOVED, waiting, None, _whole(REMOVED, old[waiting])))
            waiting = next(gone, None)
        kind = SAME if old[o] == text else CHANGED
        found.append(Change(kind, o, n, tuple(words(old[o], text)), o not in steady))
    rest = [waiting, *gone] if waiting is not None else []
    return found + [Change(REMOVED, i, None, _whole(REMOVED, old[i])) for i in rest]


def _whole(kind: str, text: str) -> tuple[Edit, ...]:
    return (Edit(kind, text),) if text else ()


def _exact(old: Sequence[str], new: Sequence[str]) -> dict[int, int]:
    """Old place -> new place of equal sentences; the first of several goes to the first."""
    places: dict[str, list[int]] = defaultdict(list)
    for n in reversed(range(len(new))):
        places[new[n]].append(n)
    return {o: places[text].pop() for o, text in enumerate(old) if places.get(text)}


def _similar(old: Sequence[str], new: Sequence[str], taken: dict[int, int]) -> dict[int, int]:
    """Pairs of the others, the most alike first. Compared are those that share rarer words (an index keeps it near
    linear for long texts), and the one that follows the counterpart of the sentence before."""
    used = set(taken.values())
    bags = {n: _bag(text) for n, text in enumerate(new) if n not in used}
    index: dict[str, list[int]] = defaultdict(list)
    for n, bag in bags.items():
        for word in bag:
            index[word].append(n)
    scored = []
    for o, text in enumerate(old):
        if o in taken:
            continue
        bag = _bag(text)
        shared = Counter(n for word in bag if len(index.get(word, ())) <= FREQUENT for n in index.get(word, ()))
        follower = taken.get(o - 1, -1) + 1
        for n in {n for n, _ in shared.most_common(5)} | ({follower} & bags.keys()):
            if not bag and not bags[n]:
                continue
            alike = 2 * (bag & bags[n]).total() / (bag.total() + bags[n].total())
            if alike >= ALIKE:
                scored.append((-alike, abs(o - n), o, n))
    found: dict[int, int] = {}
    for _, _, o, n in sorted(scored):
        if o not in found and n not in used:
            found[o] = n
            used.add(n)
    return found


def _bag(text: str) -> Counter[str]:
    return Counter(word.casefold() for word in _WORD.findall(text))


def _in_order(pairs: dict[int, int]) -> set[int]:
    """The old places of a longest run of pairs that kept their order (patience sorting); the others have moved."""
    tops: list[int] = []  # new place that ends the best run of each length
    ends: list[int] = []  # its old place
    previous: dict[int, int | None] = {}
    for o in sorted(pairs):
        length = bisect_left(tops, pairs[o])
        previous[o] = ends[length - 1] if length else None
        tops[length : length + 1] = [pairs[o]]
        ends[length : length + 1] = [o]
    run: set[int] = set()
    at = ends[-1] if ends else None
    while at is not None:
        run.add(at)
        at = previous[at]
    return run
