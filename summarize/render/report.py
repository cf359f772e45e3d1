"""A run as one self-contained HTML page: articles to search and to read, what changed since an earlier run, and where
everything comes from.

Each article is written once, in its list item: headline and summary, its text inside <noscript> (which a browser with
scripts does not even parse), and the whole result as JSON, which the script reads when the article is opened.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import groupby

from .. import compare
from ..compare import alignment, causes
from ..compare.causes import Cause
from ..compare.stories import Index
from ..digest import Digest
from ..errors import UsageError
from ..languages.detection import NAMES
from ..store import Item, Run, Store
from ..types import Json, Result, Sentence, Status, flags
from . import digests, explain, html, phrases
from .outputs import ABOVE, heading


@dataclass(frozen=True, slots=True)
class Changed:
    """What a reader sees differ between two results of one article; empty where nothing does."""

    number: int
    title: str
    summary: tuple[alignment.Change, ...]
    sentences: tuple[tuple[str, tuple[alignment.Edit, ...]], ...]  # (original, its translation before and after)
    causes: tuple[Cause, ...]


@dataclass(slots=True)
class ReportPage:
    """The page and what it holds. `new` are (number, title) of articles, `gone` ids of articles, of the earlier run."""

    run: Run
    earlier: Run | None
    failures: list[Mapping]
    gone: list[str] = field(default_factory=list)
    articles: int = 0
    draft: bool = False
    unsupported: int = 0
    doubtful: int = 0
    statuses: dict[str, int] = field(default_factory=lambda: dict.fromkeys(map(str, Status), 0))
    models: dict[tuple[str, str, str, str], None] = field(default_factory=dict)
    new: list[tuple[int, str]] = field(default_factory=list)
    changed: list[Changed] = field(default_factory=list)
    page: str = ""

    def facts(self) -> dict[str, Json]:
        """For programs: counts, without the page."""
        return {
            "run": self.run.id,
            "against": self.earlier.id if self.earlier else None,
            "articles": self.articles,
            "failures": len(self.failures),
            "draft": self.draft,
            "sentences": self.statuses,
            "doubtful": self.doubtful,
            "unsupported": self.unsupported,
            "changed": len(self.changed),
            "new": len(self.new),
            "gone": len(self.gone),
        }


def make(
    store: Store, run: int | None = None, against: int | None = None, tell: Callable[[int], Digest] | None = None
) -> ReportPage:
    """The report of run `run` (the newest that has articles), with what changed since run `against` (the newest
    earlier one over the same inputs, else over any of the same articles), and the stories that `tell` makes of the
    run. Raises UsageError, StoreError."""
    chosen = compare.run_of(store, run) if run is not None else _newest(store)
    items = store.items(chosen.id)
    earlier = compare.run_of(store, against) if against is not None else _earlier(store, chosen, items)
    if earlier and earlier.id == chosen.id:
        raise UsageError(
            f"run {chosen.id} against itself", "give --against an earlier run; `summarize runs` lists them"
        )
    known = {i.article: i for i in store.items(earlier.id)} if earlier else {}
    known |= {id: known.pop(name) for id, name in (store.renamed(earlier.id, chosen.id) if earlier else {}).items()}
    report = ReportPage(chosen, earlier, [i.failure for i in items if i.failure])
    here = {i.article for i in items if i.result}
    report.gone = [id for id, item in known.items() if item.result and id not in here]
    _write(report, _pairs(store, items, known), tell(chosen.id) if tell else None)
    return report


def _newest(store: Store) -> Run:
    if found := store.with_articles(1, finished=False):
        return found[0]
    raise UsageError("there is no run to report on", "start with: summarize run PATHS...")


def _earlier(store: Store, run: Run, items: list[Item]) -> Run | None:
    here = {i.article for i in items if i.result}
    before = [r for r in store.with_articles() if r.id < run.id][:50]
    same = [r for r in before if r.inputs == run.inputs]
    sharing = (r for r in [*same, *before] if any(i.article in here for i in store.items(r.id) if i.result))
    return next(sharing, None)


def _pairs(store: Store, items: list[Item], known: Mapping[str, Item]) -> Iterator[tuple[Result, Result | None]]:
    """Every result, with that of the earlier run: the same object when nothing changed, None when there is none."""
    for item in items:
        if not item.result:
            continue
        result = compare.load(store, item.result)
        before = known.get(item.article)
        if before is None or not before.result:
            yield result, None
        else:
            yield result, result if before.result == item.result else compare.load(store, before.result)


# --- the page --------------------------------------------------------------------------------------------------------


def _write(report: ReportPage, pairs: Iterator[tuple[Result, Result | None]], digest: Digest | None) -> None:
    """Renders article by article, since the head of the page tells what all of them add up to."""
    environment = html.environment()
    environment.filters.update(
        headline=digests.title, reserved=digests.reserved, facts=digests.facts, opening=digests.opening,
        wording=digests.wording,
    )  # fmt: skip
    template = environment.get_template("item.html")
    index, numbers = Index(), {}
    items = []
    for n, (r, before) in enumerate(pairs, 1):
        numbers[r.id] = n
        echo = index.add(r.id, [s.source for s in r.sentences if s.source])
        _count(report, n, r)
        marks = [*_marks(r), *["echo"] * bool(echo), *_news(report, n, r, before)] or ["clean"]
        story = (numbers[echo.of], compare.echo_words(echo)) if echo else None
        titled = next((i for i, c in enumerate(r.summary.claims) if r.titled_by(c)), None)
        more = {"earlier": report.earlier, "story": story, "sure": _sure(r), "titled": titled}
        item = template.render(n=n, r=r, marks=marks, paragraphs=_paragraphs(r), doubtful=doubtful(r), **more)
        items.append(html.markup(item))
    style, early, script = (html.asset(name) for name in ("style.css", "early.js", "script.js"))
    report.page = environment.get_template("page.html").render(
        csp=html.policy(style, early, script), style=html.markup(style), early=html.markup(early),
        script=html.markup(script), report=report, run=report.run, earlier=report.earlier, items=items,
        digest=digest, numbers=numbers, models=_models(report), words=html.embedded(_phrases(report.earlier)),
    )  # fmt: skip


def _count(report: ReportPage, n: int, r: Result) -> None:
    report.articles = n
    report.draft |= r.draft
    report.models.update({(m.role, m.id, m.quality, m.signature): None for m in r.models})
    report.doubtful += doubtful(r)
    report.unsupported += sum(bool(c.problems) for c in r.summary.claims)
    for status, count in r.ledger.items():
        report.statuses[status] += count


def _marks(r: Result) -> list[str]:
    """What the list can be filtered by."""
    marks = [status for status in ("failed", "repaired", "human", "copied") if r.ledger[status]]
    marks += ["doubt"] * bool(doubtful(r))
    marks += ["gaps"] * bool(r.reading and r.reading.in_doubt)
    marks += ["unsupported"] * any(c.problems for c in r.summary.claims)
    marks += ["fallback"] * (r.summary.rung == "extractive")
    noted = dict.fromkeys(flag for s in r.sentences for flag in flags(s.faults, s.doubts))
    return marks + [f"flag:{flag}" for flag in noted]


def doubtful(r: Result) -> int:
    """Sentences whose translation stands although a check found fault with it: a doubt."""
    return sum(bool(s.doubts) for s in r.sentences)


def _sure(r: Result) -> dict[str, Json]:
    """Confidence of the article, and of how many of its sentences it is low."""
    levels = [level for level in map(r.confidence, r.sentences) if level]
    return {"level": phrases.confidence(r), "low": levels.count("low"), "of": len(levels)}


def _news(report: ReportPage, n: int, r: Result, before: Result | None) -> list[str]:
    """The mark of an article that differs from the earlier run; notes the difference."""
    if report.earlier is None or before is r:
        return []
    if before is None:
        report.new.append((n, heading(r)))
        return ["new"]
    if change := _change(n, before, r, report.earlier, report.run):
        report.changed.append(change)
        return ["changed"]
    return []


def _change(n: int, before: Result, after: Result, old: Run, new: Run) -> Changed | None:
    """None when a reader would see no difference: models may differ and write the same."""
    summary = tuple(alignment.sentences(*([c.text for c in r.summary.claims] for r in (before, after))))
    known = {s.source: s.target for s in before.sentences if s.source}
    sentences = tuple(
        (s.source, tuple(alignment.words(known.get(s.source, ""), s.target)))
        for s in after.sentences
        if s.source and known.get(s.source) != s.target
    )
    if all(c.still for c in summary) and not sentences and heading(before) == heading(after):
        return None
    why = tuple(causes.find(before, after, old.plan, new.plan))
    shown = () if all(c.still for c in summary) else summary
    title = after.id if shown and any(map(after.titled_by, after.summary.claims)) else heading(after)
    return Changed(n, title, shown, sentences, why)


def _paragraphs(r: Result) -> list[tuple[int, list[Sentence]]]:
    real = [s for s in r.sentences if s.source]
    return [(number, list(group)) for number, group in groupby(real, key=lambda s: s.paragraph)]


def _models(report: ReportPage) -> list[dict]:
    """Models that had a hand in the articles, each with all that its signature stands for."""
    signatures: Mapping = report.run.plan.get("signatures", {})
    return [
        {"role": role, "id": id, "quality": quality, "signature": signature, "parts": signatures.get(role)}
        for role, id, quality, signature in report.models
    ]


def _phrases(earlier: Run | None) -> Json:
    """What the script says: names of languages, meanings of marks."""
    since = f" since run {earlier.id}" if earlier else ""
    marks = {
        "failed": "with sentences not translated",
        "doubt": "with doubtful sentences",
        "gaps": "with text or numbers lost in reading",
        "repaired": "with repaired sentences",
        "human": "with sentences translated by a person",
        "copied": "with copied sentences",
        "unsupported": "with unsupported summary sentences",
        "fallback": "summary extracted in place of the model's",
        "changed": f"changed{since}",
        "new": f"new{since}",
        "echo": "telling an earlier article's story",
        "clean": "with nothing to note",
    }
    checks = explain.FLAGS
    for fate, shown in (("doubt", flags(doubts=checks)), ("mended or given up", flags(checks))):
        marks |= {f"flag:{flag}": f"{fate}, {c}: {checks[c]}" for flag, c in zip(shown, checks, strict=True)}
    sure = {level: f"{level}: {meaning}" for level, meaning in explain.CONFIDENCE.items()}
    meanings = {"statuses": explain.STATUSES, "flags": explain.FLAGS, "rungs": explain.RUNGS}
    return {
        **meanings,
        "qualities": explain.QUALITIES,
        "languages": dict(NAMES),
        "marks": marks,
        "confidence": {**sure, "unknown": "not known"},
        "draft": phrases.DRAFT,
        "above": ABOVE,
    }
