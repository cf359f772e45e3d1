"""From the history to the stories of a digest, the newest and the largest first."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace

from ..compare import load
from ..compare.events import Lead, events, prominence
from ..compare.stories import Index
from ..config import Settings
from ..job.plan import EXTRACTIVE, Plan
from ..store import Store
from ..types import Result
from . import span, telling
from .story import Contribution, Digest, Earlier, Story, mark

HORIZON = 1000  # known articles that are looked at, those of the newest runs
LIMIT = 10  # stories that are told, if nobody says otherwise
Announce = Callable[[str], None]


def make(
    store: Store,
    settings: Settings,
    *,
    run: int | None = None,
    since: str = "",
    limit: int = LIMIT,
    announce: Announce = lambda message: None,
) -> Digest:
    """The digest of `run`, of all runs since `since` (24h, 2d, a date, a run's number), else of the newest run.

    The first `limit` stories are told, of the others there is the title. Sentences are chosen, never written; a
    summarizer of the settings that writes is asked for headlines, under the checks that a summary has. Raises
    UsageError, StoreError, ModelError.
    """
    runs = span.covered(store, run, since)
    made, failures = span.items(store, runs)
    known = store.last_before(runs[0].id)
    results = [load(store, item.result or "") for item in made.values()]
    coming = [r for r in results if r.id not in known or known[r.id][1] != r.version]
    versions = [load(store, known[r.id][0]) for r in coming if r.id in known]
    names = {r.id for r in coming}
    others = [(a, result, number) for a, (result, _, number) in known.items() if a not in names][:HORIZON]
    past = [(load(store, result), number) for _, result, number in others]
    told = {mark(s.source) for r in [*versions, *(r for r, _ in past)] for s in r.sentences}
    sources = [Contribution(r, made[r.id].run, _fresh(r, told), r.id in known) for r in coming]
    ranked = sorted(_stories(sources, past), key=lambda found: (found[0].size, found[1]), reverse=True)
    stories = [story for story, _ in ranked]
    before = next((r for r in store.with_articles(span.MOST, finished=False) if r.id < runs[0].id), None)
    for target in {story.lead.target for story in stories[:limit]}:
        numbers = [n for n, story in enumerate(stories[:limit]) if story.lead.target == target]
        plans = _plans(store, replace(settings, target=target, sentences=0), announce)
        for n, story in zip(numbers, telling.told([stories[n] for n in numbers], *plans), strict=True):
            stories[n] = story
    silent = len(results) - sum(len(s.sources) for s in stories)
    return Digest(tuple(runs), before, tuple(stories), silent, tuple(failures))


def _plans(store: Store, settings: Settings, announce: Announce) -> tuple[Plan, Plan | None]:
    """Who chooses the sentences, and who writes the headlines, if anybody does."""
    plan = lambda **more: Plan(replace(settings, **more), store, announce=announce)
    if settings.summarizer in ("auto", *EXTRACTIVE):
        return plan(kind="short"), None
    return plan(kind="short", summarizer="auto"), plan(kind="headline")


def _fresh(r: Result, told: Collection[str]) -> frozenset[int]:
    return frozenset(i for i, s in enumerate(r.sentences) if s.source and mark(s.source) not in told)


def _stories(sources: Sequence[Contribution], past: Sequence[tuple[Result, int]]) -> Iterator[tuple[Story, float]]:
    """The sources in stories, with the known articles that tell of the same, and how prominent what they tell of is;
    those of one target language together. A story without news is none."""
    for target in dict.fromkeys(s.result.target for s in sources):
        mine = [s for s in sources if s.result.target == target]
        known = [(r, run) for r, run in past if r.target == target]
        for group, prominent in _grouped([s.result for s in mine] + [r for r, _ in known]):
            own = sorted((mine[n] for n in group if n < len(mine)), key=lambda s: not s.fresh)
            earlier = (known[n - len(mine)] for n in group if n >= len(mine))
            story = telling.pooled(tuple(own), tuple(Earlier(r.id, r.title_en or r.id, run) for r, run in earlier))
            if story.fresh:
                yield story, prominent


def _grouped(results: Sequence[Result]) -> Iterator[tuple[list[int], float]]:
    """Numbers of results that tell of one event: near-duplicates, of which the longest stands for all, and those that
    are alike; and the prominence of each group."""
    copies = {group[0]: group for group in _copies(results)}
    first = sorted(copies)
    leads = [_lead(results[n]) for n in first]
    prominent = prominence(leads)
    for group in events(leads):
        yield [n for place in group for n in copies[first[place]]], max(prominent[place] for place in group)


def _copies(results: Sequence[Result]) -> Iterator[list[int]]:
    """Near-duplicates together, the longest first; the others alone."""
    index = Index()
    number = {r.id: n for n, r in enumerate(results)}
    for r in results:
        index.add(r.id, [s.source for s in r.sentences], r.date)
    groups = [[number[article] for article in story.articles] for story in index.stories()]
    for group in groups:
        yield sorted(group, key=lambda n: -len(results[n].sentences))
    yield from ([n] for n in sorted(set(range(len(results))).difference(*groups)))


def _lead(r: Result) -> Lead:
    return Lead.of(r.title_en, [s.target for s in r.sentences if s.paragraph and s.source], r.date)
