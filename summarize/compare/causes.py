"""Why a result differs from an earlier one of the same article: told from sources and signatures, without inference.

    >>> paths({"decoding": {"beams": 4}, "model": "a"}, {"decoding": {"beams": 1}, "model": "a"})
    {'decoding.beams': (4, 1)}

A cause that cannot have had an effect is none: a translation model that gave every unchanged sentence the same
translation is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ..languages import detection
from ..types import Json, Result, Sentence, Status
from . import alignment

Changed = Mapping[str, tuple[Json, Json]]

# First part of a path in a signature -> what a reader calls it, in the order of telling.
NAMES = {
    "model": "model",
    "method": "model",
    "weights": "weights",
    "tokenizer": "tokenizer",
    "told": "weights",
    "embedding": "embedding model",
    "prompt": "prompt",
    "variables": "prompt",
    "prefix": "prompt",
    "glossary": "glossary",
    "decoding": "decoding",
    "quantization": "quantization",
    "engine": "engine",
    "engine_version": "engine version",
    "kind": "kind of summary",
    "sentences": "length of summary",
    "parameters": "settings of the summarizer",
    "prepost": "code of pre- and post-processing",
    "fitted": "code of splitting",
    "readings": "code of reading answers",
    "guard": "code of the checks",
    "ladder": "repair ladder",
    "chunk": "code of sentence splitting",
    "evidence": "code of evidence",
    "abstractive": "code around the model",
    "first": "first of two models",
    "then": "second of two models",
    "fallback": "fallback of the summarizer",
    "version": "code of the summarizer",
}
# What a change of the model brings along; telling it apart would only be noise.
IMPLIED = {"model", "method", "weights", "tokenizer", "parameters", "version", "source", "target", "embedding",
           "task", "chunk", "evidence", "abstractive", "fallback", "prepost", "prefix", "variables", "told",
           "readings"}  # fmt: skip
MOST = 6  # changes of one part that a line names: of a glossary there may be hundreds; the details have all
SETTINGS = {"kind": "kind of summary", "sentences": "length of summary", "unsupported": "unsupported sentences"}


@dataclass(frozen=True, slots=True)
class Cause:
    """`kind` is article, human, retry, unknown or a name in NAMES; `text` a line for readers, `details` its
    particulars: of an article and of people instead `sentences`, as word diffs: those of its source that are new,
    changed or gone, or translations that a person put right."""

    kind: str
    text: str
    details: tuple[str, ...] = ()
    sentences: tuple[tuple[alignment.Edit, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class News:
    """What is new in the source of an article since another version of it, in sentences (white space is none)."""

    added: tuple[str, ...] = ()
    changed: tuple[tuple[str, str], ...] = ()
    removed: tuple[str, ...] = ()
    moved: int = 0
    kept: int = 0  # sentences that stand in both versions, moved ones among them

    def __bool__(self) -> bool:
        return bool(self.added or self.changed or self.removed or self.moved)


def news(old: Result, new: Result) -> News:
    changes = alignment.sentences(*([s.source for s in r.sentences if s.source] for r in (old, new)))
    return News(
        tuple(c.new_text for c in changes if c.kind == alignment.ADDED),
        tuple((c.old_text, c.new_text) for c in changes if c.kind == alignment.CHANGED),
        tuple(c.old_text for c in changes if c.kind == alignment.REMOVED),
        sum(c.moved for c in changes),
        sum(c.kind == alignment.SAME for c in changes),
    )


def find(old: Result, new: Result, old_plan: Mapping, new_plan: Mapping) -> list[Cause]:
    """Every cause that the records show, the article's own first; `*_plan` as `Plan.describe` gives it."""
    found = [c for c in (source(old, new),) if c]
    if old.target != new.target:  # another text in everything
        now, then = map(detection.name, (new.target, old.target))
        return [*found, Cause("target", f"translated into {now}, not into {then}")]
    found += human(old, new)
    before, after = ({m.role: m for m in r.models} for r in (old, new))
    for role in dict.fromkeys([*before, *after]):
        if role in before and role in after and before[role].signature == after[role].signature:
            continue
        if role.startswith("translate:") and not retranslated(old, new, role):
            continue
        if role not in before or role not in after:
            continue  # a language that came or went with a sentence: the article says so
        changed = _signatures(role, old_plan, new_plan)
        found += _role(role, (before[role].id, after[role].id), changed, new.target)
    known = {c.kind for c in found}
    for name, words in SETTINGS.items():
        a, b = old_plan.get(name), new_plan.get(name)
        if a != b and words not in known:
            found.append(Cause(words, f"{words}: {_value(a)} → {_value(b)}"))
    return found or [_unexplained(old, new)]


def retranslated(old: Result, new: Result, role: str) -> int:
    """How many sentences, equal in the source, have another translation by a model."""
    code = role.removeprefix("translate:")
    pairs = [(a, b) for a, b in _translations(old, new) if b.language == code]
    return sum(1 for a, b in pairs if a.target != b.target and Status.HUMAN not in (a.status, b.status))


def _translations(old: Result, new: Result) -> list[tuple[Sentence, Sentence]]:
    """The sentences that are equal in the source, before and after."""
    known = {(s.language, s.source): s for s in old.sentences if s.source}
    return [(known[place], s) for s in new.sentences if (place := (s.language, s.source)) in known]


def human(old: Result, new: Result) -> Iterator[Cause]:
    """What people did to translations in between: put them right, or took that back."""
    pairs = [(a, b) for a, b in dict.fromkeys(_translations(old, new)) if a.target != b.target]
    corrected = [(a, b) for a, b in pairs if b.status is Status.HUMAN]
    taken_back = [(a, b) for a, b in pairs if a.status is Status.HUMAN and b.status is not Status.HUMAN]
    for what, found in (("translated by a person", corrected), ("no longer by a person", taken_back)):
        if found:
            sentences = f"{len(found):,} sentence{'s' * (len(found) > 1)}"
            spans = tuple(tuple(alignment.words(a.target, b.target)) for a, b in found)
            yield Cause("human", f"{sentences} {what}", sentences=spans)


def source(old: Result, new: Result) -> Cause | None:
    """What changed in the article itself."""
    if old.version == new.version:
        return None
    head = "the article changed" if old.id == new.id else "another article"
    if found := news(old, new):
        return Cause("article", f"{head}: {count(found)}", sentences=_quoted(found))
    fields = [n for n in ("title", "date", "language") if getattr(old, n) != getattr(new, n)]
    fields += sorted(k for k in {*old.meta, *new.meta} if old.meta.get(k) != new.meta.get(k))
    what = ", ".join(fields) or "its paragraphs"
    return Cause("article", f"{head}: {what}")


def count(found: News) -> str:
    """
    >>> count(News(added=("a", "b"), changed=(("c", "d"),))), count(News(added=("a",), removed=("b",)))
    ('2 sentences new, 1 changed', 'another text altogether')
    """
    if found.added and not found.kept and not found.changed:
        return "another text altogether"  # one id for two articles: drops may have file names in common
    parts = [(len(found.added), "new"), (len(found.changed), "changed"), (len(found.removed), "gone")]
    named = [f"{n:,} {what}" for n, what in (*parts, (found.moved, "moved")) if n]
    if named:
        number, what = named[0].split(" ", 1)
        named[0] = f"{number} {'sentence' if number == '1' else 'sentences'} {what}"
    return ", ".join(named)


def _quoted(found: News) -> tuple[tuple[alignment.Edit, ...], ...]:
    pairs = [*(("", s) for s in found.added), *found.changed, *((s, "") for s in found.removed)]
    return tuple(tuple(alignment.words(old, new)) for old, new in pairs)


def _signatures(role: str, old_plan: Mapping, new_plan: Mapping) -> Changed:
    a, b = (plan.get("signatures", {}).get(role, {}) for plan in (old_plan, new_plan))
    changed = paths(a, b)
    return {p: v for p, v in changed.items() if not _repeats(p, changed)}


def _repeats(path: str, changed: Changed) -> bool:
    """A rung of the ladder (and a summarizer's parts) repeat what is above them; with a glossary comes its code."""
    parts = path.split(".")
    if path == "glossary.code":
        return any(other.startswith("glossary.term.") for other in changed)
    return parts[0] == "ladder" and ".".join(parts[2:]) in changed


def _role(role: str, ids: tuple[str, str], changed: Changed, target: str) -> Iterator[Cause]:
    """The causes in one signature; `ids` name the model before and after."""
    task, _, code = role.partition(":")
    who = f"{code}-{target} translation" if task == "translate" else "summarizer"
    if ids[0] != ids[1]:
        yield Cause("model", f"{who}: {ids[0]} → {ids[1]}", tuple(_detail(p, changed) for p in changed))
        changed = {p: v for p, v in changed.items() if p.split(".")[0] not in IMPLIED and None not in v}
    elif not changed:
        yield Cause("signature", f"{who}: its signature changed, and is not here in full to tell in what")
    if "kind" in changed:
        changed = {p: v for p, v in changed.items() if p != "sentences"}  # the length follows the kind
    groups: dict[str, list[str]] = {}
    for path in changed:
        first = path.split(".")[0]
        groups.setdefault(NAMES.get(first, first), []).append(path)
    order = list(dict.fromkeys(NAMES.values()))
    for name in sorted(groups, key=lambda n: order.index(n) if n in order else len(order)):
        words = ", ".join(_short(p, changed) for p in groups[name][:MOST])
        words += f" and {len(groups[name]) - MOST} more" if groups[name][MOST:] else ""
        text = f"{name}: {words}" if name in SETTINGS.values() else f"{who}, {name}: {words}"
        yield Cause(name, text, tuple(_detail(p, changed) for p in groups[name]))


def _short(path: str, changed: Changed) -> str:
    """The detail under a heading: without what the heading says."""
    _, dot, rest = path.partition(".")
    label = rest if dot and not rest.isdecimal() else ""
    words = _detail(path, changed).split(": ", 1)[1]
    return f"{label} {words}" if label else words


def _detail(path: str, changed: Changed) -> str:
    a, b = changed[path]
    return f"{path}: {_value(a)} → {_value(b)}"


def _value(value: Json) -> str:
    """Short enough for a line: hashes by their first digits."""
    text = "none" if value is None or value == "" else str(value)
    hexadecimal = len(text) >= 32 and all(c in "0123456789abcdef" for c in text)
    return text[:12] if hexadecimal else text if len(text) <= 60 else text[:59] + "…"


def _unexplained(old: Result, new: Result) -> Cause:
    """Signatures and source are equal: only a second try under them, or an older version of the program, is left."""
    short = [any(s.status in ("repaired", "failed") for s in r.sentences) for r in (old, new)]
    if any(short):
        return Cause("retry", "tried again: sentences that had been repaired or had failed came out otherwise")
    return Cause("unknown", "nothing that the records hold: cut or put together by another version of summarize")


# -- signatures -------------------------------------------------------------------------------------------------------


def paths(old: Json, new: Json) -> dict[str, tuple[Json, Json]]:
    """Dotted paths at which two JSON values differ, with both values (None where there is none). Lists of pairs with a
    name in front, such as the rungs of a ladder, count as objects."""
    a, b = dict(_leaves(old)), dict(_leaves(new))
    return {p: (a.get(p), b.get(p)) for p in dict.fromkeys([*a, *b]) if a.get(p) != b.get(p)}


def _leaves(value: Json, path: str = "") -> Iterator[tuple[str, Json]]:
    named = _named(value)
    if named is None:
        yield path, value
        return
    for key, inner in named.items():
        yield from _leaves(inner, f"{path}.{key}" if path else str(key))


def _named(value: Json) -> Mapping[str, Json] | None:
    if isinstance(value, Mapping):
        return value
    if isinstance(value, (list, tuple)) and value:
        if all(isinstance(v, (list, tuple)) and len(v) == 2 and isinstance(v[0], str) for v in value):
            return {v[0]: v[1] for v in value}
        return {str(i): v for i, v in enumerate(value)}
    return None
