"""What a story says: the sentences of all its articles as one text, and its summary by the mechanism that serves
articles, so that it is held against translation and original in the same way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..compare.events import LEAD
from ..job.plan import Plan
from ..job.summaries import document, link
from ..types import Claim, Outcome, Result, Sentence, Summary
from .story import Contribution, Earlier, Place, Story, mark


def pooled(sources: tuple[Contribution, ...], earlier: tuple[Earlier, ...] = ()) -> Story:
    """A story of these articles that is not summarized yet. A sentence that stands in several of them is one, with
    several places; the titles of all but the first are left out."""
    places: dict[tuple[str, str], list[Place]] = {}
    for number, source in enumerate(sources):
        for i, s in enumerate(source.result.sentences):
            if s.source and (s.paragraph or not number):
                places.setdefault((s.language, mark(s.source)), []).append((number, i))
    story = Story(sources, earlier, tuple(map(tuple, places.values())))
    return replace(story, fresh=tuple(i for i, places in enumerate(story.places) if _new(story, places)))


def _new(story: Story, places: Sequence[Place]) -> bool:
    """Whether no earlier run had the sentence. A title alone is no news."""
    return all(i in story.sources[n].fresh for n, i in places) and any(story.sentence(p).paragraph for p in places)


def told(stories: Sequence[Story], plan: Plan, writing: Plan | None = None) -> list[Story]:
    """The stories with their summaries by `plan`, those that are mixed with what else is new in them, and all with a
    headline by `writing`, if that is given."""
    texts = [sentences(story) for story in stories]
    chosen = [_first(story) for story in stories]
    whole = _summaries(texts, chosen, plan)
    mixed = [n for n, story in enumerate(stories) if story.mixed]
    news = dict(zip(mixed, _summaries([texts[n] for n in mixed], [stories[n].fresh for n in mixed], plan), strict=True))
    made = []
    for n, (story, summary) in enumerate(zip(stories, whole, strict=True)):
        said = {claim.text for claim in summary.claims}
        more = tuple(claim for claim in news[n].claims if claim.text not in said) if n in news else ()
        also = replace(news[n], claims=more) if more else None
        made.append(replace(story, summary=summary, news=also, models=(plan.summarizer_note,)))
    if writing:
        for n, summary in enumerate(_summaries(texts, chosen, writing)):
            if headline := _headline(summary):
                made[n] = replace(made[n], headline=headline, models=(*made[n].models, writing.summarizer_note))
    return made


def _first(story: Story) -> Sequence[int]:
    """The places that a summary is made of: all of one article; of several the leads, in which they are alike."""
    if len(story.sources) == 1:
        return range(len(story.places))
    lead = {(n, i) for n, s in enumerate(story.sources) for i in _body(s.result)[:LEAD]}
    return [i for i, places in enumerate(story.places) if places[0] in lead or not story.sentence(places[0]).paragraph]


def _body(r: Result) -> list[int]:
    return [i for i, s in enumerate(r.sentences) if s.source and s.paragraph]


def sentences(story: Story) -> list[Sentence]:
    """One sentence a place, as of one article: paragraphs counted through, the title of the first source as title."""
    found, starts, start = [], {}, 0
    for number, source in enumerate(story.sources):
        starts[number] = start
        start += max((s.paragraph for s in source.result.sentences), default=0)
    for (number, i), *_ in story.places:
        s = story.sources[number].result.sentences[i]
        found.append(replace(s, paragraph=s.paragraph and starts[number] + s.paragraph))
    return found


def _summaries(texts: Sequence[list[Sentence]], chosen: Sequence[Sequence[int]], plan: Plan) -> list[Summary]:
    """Of each text a summary of the `chosen` sentences, linked to all."""
    outputs = plan.summarizer().run(
        [document([t[i] for i in c], plan.unsure) for t, c in zip(texts, chosen, strict=True)]
    )
    return [link(text, output, plan) for text, output in zip(texts, outputs, strict=True)]


def _headline(summary: Summary) -> Claim | None:
    """What the model wrote, unless it failed the checks, and a sentence of the text stands in for it."""
    return summary.claims[0] if summary.claims and summary.outcome is Outcome.OK else None
