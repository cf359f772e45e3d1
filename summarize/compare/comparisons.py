"""Comparing what the history holds: runs, versions of an article, two articles."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import replace

from ..errors import StoreError, UsageError
from ..store import Item, Run, Store
from ..store.records import decode_result
from ..types import Result, Status
from . import alignment, causes, stories
from .alignment import ADDED, CHANGED, REMOVED
from .deltas import RENAMED, SUMMARY, TRANSLATION, UNCHANGED, Comparison, Delta, Side
from .naming import RUNS_HINT, newest


def run_of(store: Store, number: int) -> Run:
    newest = store.runs(1)
    found = store.runs(newest[0].id - number + 1) if newest and 0 < number <= newest[0].id else []
    for run in found:
        if run.id == number:
            return run
    raise UsageError(f"no run {number}", RUNS_HINT)


def models_of(plan: Mapping) -> dict[str, str]:
    """Role -> model of a run's plan."""
    return {role: model_name(parts) for role, parts in plan.get("signatures", {}).items()}


def model_name(parts: Mapping) -> str:
    """What a signature is called after; summarizers that choose sentences are extractive:METHOD.

    >>> model_name({"model": "extractive", "method": "lead"}), model_name({"model": "de-en"})
    ('extractive:lead', 'de-en')
    """
    return ":".join(str(parts[key]) for key in ("model", "method") if parts.get(key)) or "?"


def side(run: Run) -> Side:
    started = time.strftime("%Y-%m-%d %H:%M", time.localtime(run.started_at))
    about = [started, run.plan.get("kind"), *dict.fromkeys(models_of(run.plan).values())]
    return Side(f"run {run.id}", ", ".join(filter(None, about)))


def runs(store: Store, old: Run, new: Run, *, what: str = SUMMARY) -> Comparison:
    """Articles are matched by id, renamed ones by content; results with one name are the same and are not read."""
    found = Comparison(side(old), side(new), what)
    before, after = ({i.article: i for i in store.items(r.id)} for r in (old, new))
    was = store.renamed(old.id, new.id)
    before |= {id: before.pop(name) for id, name in was.items()}
    for id in dict.fromkeys([*after, *before]):
        a, b = before.get(id), after.get(id)
        ours, theirs = (i.result if i else None for i in (a, b))
        if ours == theirs:
            found.unchanged += ours is not None
        elif ours and theirs:
            take(found, load(store, ours), load(store, theirs), old.plan, new.plan, was.get(id, ""))
        elif theirs:
            found.deltas.append(_lone(load(store, theirs), ADDED, what, _failed(a)))
        elif ours:
            found.deltas.append(_lone(load(store, ours), REMOVED, what, _failed(b)))
    return _echoes(store, found, new) if found.of(ADDED) else found


def _failed(item: Item | None) -> str:
    return f"failed in run {item.run}: {item.failure.get('message', '')}" if item and item.failure else ""


def _echoes(store: Store, found: Comparison, new: Run) -> Comparison:
    """Says of each added article which other one of the run tells the same story."""
    index = index_of(store, new)
    notes = {e.article: e for story in index.stories() for e in story.echoes}
    deltas = []
    for d in found.deltas:
        if d.state == ADDED and not d.note and d.id in notes:
            d = replace(d, note=echo_words(notes[d.id]))
        deltas.append(d)
    found.deltas = deltas
    return found


def echo_words(e: stories.Echo) -> str:
    """
    >>> echo_words(stories.Echo("b", "a", 0.75, 2))
    'same story as a: 75 % shared, 2 sentences new'
    """
    fresh = "nothing new" if not e.fresh else f"{e.fresh:,} sentence{'s' * (e.fresh > 1)} new"
    return f"same story as {e.of}: {e.shared * 100:.0f} % shared, {fresh}"


def index_of(store: Store, run: Run) -> stories.Index:
    """The articles of a run, indexed by the sentences they share."""
    index = stories.Index()
    for item in store.items(run.id):
        if body := store.result(item.result) if item.result else None:
            result = json.loads(body)  # not decoded in full: only sentences and the date count
            index.add(item.article, [s["source"] for s in result["sentences"]], result["date"])
    return index


def versions(store: Store, article: str, *, what: str = SUMMARY) -> Comparison:
    """The newest result of an article (its id, or the end of it) and the last one from another source; if the source
    never changed, the last other result."""
    item = newest(store, article)
    run, result, id = item.run, item.result or "", item.article
    row = store.other_version(id, result)
    if row is None:
        hint = "edit the article or choose another model, and run again"
        raise UsageError(f"there is one version of {id} only", hint)
    return _two(store, row, (run, result), what)


def pair(store: Store, old: str, new: str, *, what: str = SUMMARY) -> Comparison:
    """The newest results of two articles."""
    a, b = ((i.run, i.result or "") for i in (newest(store, old), newest(store, new)))
    return _two(store, a, b, what)


def _two(store: Store, old: tuple[int, str], new: tuple[int, str], what: str) -> Comparison:
    a, b = load(store, old[1]), load(store, new[1])
    sides = [Side(f"{r.id} in run {n}", ", ".join(m.id for m in r.models)) for r, n in ((a, old[0]), (b, new[0]))]
    found = Comparison(*sides, what)
    take(found, a, b, run_of(store, old[0]).plan, run_of(store, new[0]).plan)
    return found


def load(store: Store, id: str) -> Result:
    """A result that history points at. Raises StoreError when it is damaged."""
    body = store.result(id)
    if body is None:
        raise StoreError(f"the result {id} is damaged", "`summarize cache verify --repair`, then run again")
    return decode_result(body)


def take(found: Comparison, old: Result, new: Result, old_plan: Mapping, new_plan: Mapping, was: str = "") -> None:
    """Compares two results; `was` is the name that a renamed article had before."""
    changes = tuple(alignment.sentences(sentences_of(old, found.what), sentences_of(new, found.what)))
    had, has = (title_of(r, found.what) for r in (old, new))
    known = old.title_en == new.title_en
    retitled = () if known or found.what == TRANSLATION else tuple(alignment.words(had, has))  # there it is a sentence
    title = (has and had) if known else has or had
    draft, people = old.draft or new.draft, human_of(new, found.what)
    delta = Delta(new.id, CHANGED, title, changes, retitled=retitled, draft=draft, human=people)
    same = all(c.still for c in changes) and not retitled
    if was:
        delta = replace(delta, state=RENAMED, note=f"the same article as {was} before", changes=() if same else changes)
    elif same:
        found.unchanged += 1
        if old.version != new.version:
            why = tuple(filter(None, [causes.source(old, new)]))
            note = f"the {found.what} is as it was"
            found.quiet.append(replace(delta, state=UNCHANGED, changes=(), causes=why, note=note))
        return
    why = () if same else tuple(causes.find(old, new, old_plan, new_plan))
    found.deltas.append(replace(delta, causes=why))


def _lone(r: Result, state: str, what: str, note: str) -> Delta:
    texts = sentences_of(r, what)
    changes = alignment.sentences([], texts) if state == ADDED else alignment.sentences(texts, [])
    people = human_of(r, what) if state == ADDED else frozenset()
    return Delta(r.id, state, title_of(r, what), tuple(changes), note=note, draft=r.draft, human=people)


def title_of(r: Result, what: str) -> str:
    """The title, unless it is among the sentences that are compared."""
    return "" if what == SUMMARY and any(map(r.titled_by, r.summary.claims)) else r.title_en


def sentences_of(r: Result, what: str) -> list[str]:
    if what == SUMMARY:
        return [c.text for c in r.summary.claims]
    return [s.target for s in r.sentences if s.source]


def human_of(r: Result, what: str) -> frozenset[int]:
    """Which of these are a person's words: translated by one, or of a summary quoted from such a translation."""
    if what == SUMMARY:
        said = {" ".join(s.target.split()) for s in r.sentences if s.status is Status.HUMAN}
        return frozenset(i for i, c in enumerate(r.summary.claims) if c.text in said)
    return frozenset(i for i, s in enumerate(s for s in r.sentences if s.source) if s.status is Status.HUMAN)
