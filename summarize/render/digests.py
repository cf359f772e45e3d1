"""A digest as Markdown, for a terminal and as JSON: every sentence with the articles and originals it rests on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ..digest import CONTINUED, Digest, Story
from ..store import Run
from ..types import Claim, Json, ModelNote, Status, Summary, flags, says_the_same
from .outputs import ABOVE, MADE, escape, heading
from .phrases import DRAFT, gaps, not_checked, plural, reservations

Address = Callable[[str], str]  # where an article's page is, by its id; "" if there is none


def title(story: Story) -> str:
    return story.headline.text if story.headline else heading(story.lead)


def wording(story: Story, claim: Claim) -> str:
    """A sentence of the story, which is not said again where it is the title."""
    return ABOVE if says_the_same(claim.text, title(story).removesuffix(MADE)) else claim.text


def reserved(story: Story) -> str:
    """What is to be said of a story's headline."""
    if story.headline:
        return _said(story, story.headline)
    doubts = dict.fromkeys(name for s in story.lead.sentences if not s.paragraph for name in s.doubts)
    return "" if story.lead.made_title else reservations((), tuple(doubts))


def _said(story: Story, claim: Claim) -> str:
    """What is to be said of a claim."""
    unsure, human = "low confidence" * story.unsure(claim), "human" * story.human(claim)
    return "; ".join(filter(None, (human, reservations(claim.problems, claim.doubts), unsure)))


def facts(story: Story, d: Digest) -> list[str]:
    """What a story is made of, and what to mind."""
    sentences = [story.sentence(places[0]) for places in story.places]
    failed = sum(s.status is Status.FAILED for s in sentences)
    doubtful = sum(bool(s.doubts) for s in sentences)
    dates = sorted({s.result.date for s in story.sources if s.result.date})
    new = f": {len(story.fresh):,} of {plural(story.length, 'sentence')} new" if story.mixed else ""
    parts = [plural(len(story.sources), "article"), " to ".join(dict.fromkeys([*dates[:1], *dates[-1:]]))]
    parts += [f"goes on{since(d)}{new}"] * (story.state == CONTINUED)
    parts += [f"{failed:,} of {plural(len(sentences), 'sentence')} not translated"] * bool(failed)
    parts += [f"{plural(doubtful, 'sentence')} in doubt"] * bool(doubtful)
    named = (lambda r: f"{r.id}: ") if len(story.sources) > 1 else lambda r: ""
    parts += [f"{named(s.result)}{gap}" for s in story.sources for gap in gaps(s.result)]
    return [part for part in parts if part]


def opening(d: Digest) -> str:
    """Of what the digest is, and against what.

    >>> opening(Digest((), None, (), 0, ()))
    'nothing new'
    """
    runs = [_run(r) for r in d.runs]
    span = runs[0] if len(runs) == 1 else f"{len(runs)} runs, {runs[0]} to {runs[-1]}" if runs else ""
    new = "nothing new"
    if d.stories:
        several = sum(len(s.sources) > 1 for s in d.stories)
        told = f", {several:,} of them told more than once" if several else ""
        new = f"{plural(d.articles, 'article')} with something new, {_stories(len(d.stories))}{told}"
    parts = [span, new]
    parts += [f"{_stories(len(d.of(CONTINUED)))} going on{since(d)}"] * bool(d.of(CONTINUED))
    parts += [f"{plural(d.known, 'article')} with nothing new{since(d)}"] * bool(d.known)
    parts += [f"{plural(len(d.failures), 'input')} could not be used"] * bool(d.failures)
    parts += [f"known: {_run(d.before)}, and what was before"] * bool(d.before)
    return " · ".join(filter(None, parts))


def since(d: Digest) -> str:
    return f" since run {d.before.id}" if d.before else ""


def _stories(n: int) -> str:
    return f"{n:,} {'story' if n == 1 else 'stories'}"


def _run(run: Run | None) -> str:
    return f"run {run.id} of {time.strftime('%Y-%m-%d %H:%M', time.localtime(run.started_at))}" if run else ""


def models(d: Digest) -> list[ModelNote]:
    """All that had a hand in it."""
    notes = (m for story in d.stories for m in (*(m for s in story.sources for m in s.result.models), *story.models))
    return list(dict.fromkeys(notes))


def unasked(d: Digest) -> list[str]:
    return list(dict.fromkeys(line for story in d.stories for s in story.sources for line in not_checked(s.result)))


# --- Markdown --------------------------------------------------------------------------------------------------------


def markdown(d: Digest, address: Address = lambda id: "") -> str:
    """`address` gives the pages of articles."""
    link = lambda id: f"[{escape(id)}](<{address(id)}>)" if address(id) else escape(id)
    lines = [f"# Digest of {time.strftime('%Y-%m-%d', time.localtime(d.runs[-1].started_at))}", ""]
    if d.draft:
        lines += [f"> **{DRAFT}**", ""]
    lines += [escape(opening(d)), ""]
    for n, story in enumerate(d.told, 1):
        lines += _told(n, story, d, link)
    if d.named:
        lines += ["## More", ""]
        lines += [f"* {_headline(s)} ({', '.join(link(one.result.id) for one in s.sources)})" for s in d.named] + [""]
    if d.failures:
        lines += ["## Inputs that could not be used", ""]
        lines += [f"* {escape(f['source'] or f['id'])} ({f['stage']}): {escape(f['message'])}" for f in d.failures]
        lines += [""]
    lines += ["## Made by", ""]
    lines += [f"* {m.role}: `{m.id}` ({m.quality}; signature {m.signature})" for m in models(d)]
    return "\n".join([*lines, *(f"* {line}" for line in unasked(d)), ""])


def _headline(story: Story) -> str:
    said = reserved(story)
    return escape(title(story)) + (f" **({escape(said)})**" if said else "")


def _told(n: int, story: Story, d: Digest, link: Callable[[str], str]) -> Iterator[str]:
    yield from (f"## {n}. {_headline(story)}", "", escape(" · ".join(facts(story, d))), "")
    claims = [*story.summary.claims, *(story.news.claims if story.news else ())]
    number = {place: k for k, place in enumerate(dict.fromkeys(i for c in claims for i in c.evidence), 1)}
    yield from _claims(story, story.summary, number)
    if story.news:
        yield from (f"Also new{since(d)}:", "")
        yield from _claims(story, story.news, number)
    for place, k in number.items():
        first = story.sentence(story.places[place][0])
        where = ", ".join(link(story.sources[s].result.id) for s, _ in story.places[place])
        yield f"{k}. {escape(first.source)} ({first.language}; {where})"
    yield from ("", "Articles: " + ", ".join(link(s.result.id) for s in story.sources), "")
    if story.earlier:
        yield "Before: " + ", ".join(f"{escape(e.title)} ({link(e.article)}, run {e.run})" for e in story.earlier)
        yield ""


def _claims(story: Story, summary: Summary, number: Mapping[int, int]) -> Iterator[str]:
    if summary.reason:
        yield f"**No summary: {escape(summary.reason)}**"
    for claim in summary.claims:
        marks = "".join(f" [{number[i]}]" for i in claim.evidence)
        said = _said(story, claim)
        new = "**New:** " * (summary is story.summary and story.new(claim))
        yield f"* {new}{escape(wording(story, claim))}{marks}" + (f" **({escape(said)})**" if said else "")
    yield ""


# --- terminal --------------------------------------------------------------------------------------------------------


def blocks(d: Digest, where: Any) -> Iterator[Any]:
    """For the console `where`."""
    from rich.text import Text

    from .terminal import set_in

    line = lambda text, style="", first="": set_in(Text(text, style=style), where, first)
    warning = [Text(DRAFT, style="bold red")] * d.draft
    yield from warning
    yield line(opening(d), "dim")
    for n, story in enumerate(d.told, 1):
        yield Text()
        said = reserved(story)
        head = Text(title(story), style="bold").append(f" ({said})" if said else "", style="not bold yellow")
        yield set_in(head, where, f"{n}. ")
        yield line(" · ".join(facts(story, d)), "dim", "   ")
        for heading_, summary in (("", story.summary), (f"Also new{since(d)}:", story.news)):
            if summary and heading_:
                yield line(heading_, "cyan", "   ")
            if summary and summary.reason:
                yield line(f"no summary: {summary.reason}", "yellow", "   ")
            for claim in summary.claims if summary else ():
                yield set_in(_claim(story, claim, summary is story.summary), where, "   • ")
        if story.earlier:
            yield line(
                "before: " + "; ".join(f"{e.title} ({e.article}, run {e.run})" for e in story.earlier), "dim", "   "
            )
    if d.named:
        yield from (Text(), Text("More", style="bold"))
    for story in d.named:
        said = reserved(story)
        text = Text(title(story)).append(f" ({said})" if said else "", style="yellow")
        text.append(" " + ", ".join(s.result.id for s in story.sources), style="dim")
        yield set_in(text, where, "• ")
    for f in d.failures:
        yield line(f"{f['source'] or f['id']}: {f['message']}", "red", "failed  ")
    for note in unasked(d):
        yield line(note, "yellow")
    yield from [Text(), *warning] * bool(warning)


def _claim(story: Story, claim: Claim, told: bool) -> Any:
    from rich.text import Text

    said = _said(story, claim)
    text = Text("New: " if told and story.new(claim) else "", style="cyan").append(
        wording(story, claim), style="default"
    )
    text.append(f" ({said})" if said else "", style="yellow")
    places = [f"{story.sources[s].result.id} {i + 1}" for at in claim.evidence for s, i in story.places[at]]
    return text.append(f" [{', '.join(places)}]", style="dim")


# --- JSON ------------------------------------------------------------------------------------------------------------


def as_json(d: Digest) -> dict[str, Json]:
    return {
        "schema": "summarize/digest/1",
        "runs": [r.id for r in d.runs],
        "before": d.before.id if d.before else None,
        "draft": d.draft,
        "articles": d.articles,
        "known": d.known,
        "stories": [_story_json(story, d) for story in d.stories],
        "failures": [dict(f) for f in d.failures],
        "models": [asdict(m) for m in models(d)],
        "unasked": unasked(d),
    }


def _story_json(story: Story, d: Digest) -> dict[str, Json]:
    said = lambda claim: {
        **asdict(claim),
        "new": story.new(claim),
        "evidence": [_evidence(story, i) for i in claim.evidence],
    }
    claims = lambda summary: [said(claim) for claim in summary.claims] if summary else None
    sentences = [story.sentence(places[0]) for places in story.places]
    counts = {str(status): sum(s.status is status for s in sentences) for status in Status}
    return {
        "title": title(story),
        "headline": said(story.headline) if story.headline else None,
        "state": story.state,
        "draft": story.draft,
        "size": story.size,
        "sentences": story.length,
        "new": len(story.fresh),
        "ledger": counts,
        "summary": claims(story.summary),
        "reason": story.summary.reason if story.summary else "",
        "news": claims(story.news),
        "facts": facts(story, d),
        "articles": [
            {"id": s.result.id, "title": heading(s.result), "date": s.result.date, "language": s.result.language,
             "run": s.run, "new": len(s.fresh), "known_before": s.before} for s in story.sources
        ],
        "earlier": [asdict(e) for e in story.earlier],
    }  # fmt: skip


def _evidence(story: Story, place: int) -> dict[str, Json]:
    (source, at), *_ = story.places[place]
    s, result = story.sentence((source, at)), story.sources[source].result
    where = [{"article": story.sources[n].result.id, "sentence": i} for n, i in story.places[place]]
    return {"source": s.source, "target": s.target, "status": str(s.status), "flags": flags(s.faults, s.doubts),
            "confidence": result.confidence(s), "places": where}  # fmt: skip
