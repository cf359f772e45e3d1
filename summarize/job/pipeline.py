"""The main job: a stream of articles in, a stream of results and failures out, in the same order.

Articles pass in windows, so that memory stays flat and a batch holds the sentences of many articles. An article whose
content and plan were seen before is answered from the store before anything is detected, cut or loaded.
"""

from __future__ import annotations

import traceback
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import TypeVar

from ..errors import BUG, StoreError, SummarizeError
from ..keys import article_version, fingerprint
from ..store import Store
from ..store.records import decode_result, encode_result
from ..types import SECOND, Article, Failure, ModelNote, Outcome, Result, Sentence, Status, Summary
from .accounting import Segmented, outdated, prepare, translate
from .plan import Plan
from .summaries import failed, summarize, translated_title

VERSION = 2  # raised by hand when cutting, routing or assembling changes what a result says
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Event:
    """Progress. Stages translate (distinct sentences) and summarize (articles) count within a window; articles counts
    what is settled of the whole drop, of `total` inputs (0: not known, a file may hold many)."""

    stage: str
    done: int
    total: int


OnEvent = Callable[[Event], None]


@dataclass(frozen=True, slots=True)
class Done:
    """One settled input: its result or failure, the id of the stored result, and whether it was there before."""

    item: Result | Failure
    stored: str = ""
    unchanged: bool = False


@dataclass(slots=True)
class Totals:
    """What a run did; `exit_code` follows from it. `fail_on` names what is to count as a fault beside what failed."""

    articles: int = 0
    failures: int = 0
    unchanged: int = 0  # articles answered whole from the store
    sentences: Counter = field(default_factory=Counter)  # by Status
    fallbacks: int = 0  # summaries that fell back on extraction
    unsummarized: int = 0  # articles whose summary failed
    unsupported: int = 0  # summary sentences that are marked as unsupported
    unproven: int = 0  # articles with a model whose canary casts doubt on it
    drafts: int = 0  # articles that a draft or unproven model had a hand in
    doubts: int = 0  # sentences whose translation is in doubt
    codes: set[int] = field(default_factory=set)  # exit codes that the failures earn, and bugs within articles
    unrecorded: bool = False  # one of the failures is the run's own manifest, and no input's
    skipped: Mapping[str, Mapping[str, int]] = field(default_factory=dict)  # files passed over, by reason and kind
    fail_on: Collection[str] = ()

    def count(self, done: Done) -> None:
        if isinstance(done.item, Failure):
            self.failures += 1
            self.codes.add(done.item.code)
            return
        self.articles += 1
        self.unchanged += done.unchanged
        self.sentences.update(done.item.ledger)
        self.fallbacks += done.item.summary.outcome is Outcome.REPAIRED
        self.unsummarized += done.item.summary.outcome is Outcome.FAILED
        self.unsupported += sum(bool(c.problems) for c in done.item.summary.claims)
        self.unproven += done.item.unproven
        self.drafts += done.item.draft
        self.doubts += sum(bool(s.doubts) for s in done.item.sentences)
        reasons = (done.item.summary.reason, *(s.reason for s in done.item.sentences))
        if any(reason.startswith(BUG) for reason in reasons):
            self.codes.add(70)

    def foresee(self, account: list[Sentence] | Failure, draft: bool) -> None:
        """Counts an article that was not made, by what is known of its sentences and its models."""
        if isinstance(account, Failure):
            return self.count(Done(account))
        self.articles += 1
        self.sentences.update(s.status for s in account)
        self.doubts += sum(bool(s.doubts) for s in account)
        self.drafts += draft

    @property
    def exit_code(self) -> int:
        if 70 in self.codes:
            return 70
        if not self.articles and self.codes == {3}:
            return 3
        return 1 if self.failures or self.faults else 0

    @property
    def faults(self) -> dict[str, int]:
        """How much fell short in what was made, with what `fail_on` names beside that."""
        counts = {
            "untranslated": self.sentences[Status.FAILED],
            "unsummarized": self.unsummarized,
            "unsupported": self.unsupported,
            "unproven": self.unproven,
            "draft": self.drafts if "draft" in self.fail_on else 0,
            "doubt": self.doubts if "doubt" in self.fail_on else 0,
        }
        return {name: count for name, count in counts.items() if count}

    def as_json(self) -> dict:
        return {
            "articles": self.articles,
            "failures": self.failures,
            "unchanged": self.unchanged,
            "sentences": {str(s): self.sentences[s] for s in Status},
            "fallbacks": self.fallbacks,
            "unsummarized": self.unsummarized,
            "unsupported": self.unsupported,
            "unproven": self.unproven,
            "drafts": self.drafts,
            "doubts": self.doubts,
            "skipped": self.skipped,
        }


def run(
    articles: Iterable[Article | Failure], plan: Plan, store: Store, *, on_event: OnEvent = lambda e: None
) -> Iterator[Done]:
    """Settles every input, in order."""
    stream = iter(articles)
    while window := list(islice(stream, plan.settings.window)):
        yield from _window(window, plan, store, on_event)


def article_key(article: Article, plan: Plan) -> str:
    """Everything that a result depends on: the article as read, and the signatures of the whole plan."""
    return fingerprint("result", [VERSION, article.id, article_version(article), plan.fingerprint])


def unchanged(article: Article, plan: Plan, store: Store) -> Done | None:
    """The article's result, if the store has one that need not be tried again and says what people say."""
    answer = store.answer(article_key(article, plan))
    if answer is None:
        return None
    result = decode_result(answer[1])
    if (plan.settings.retry and fell_short(result)) or outdated(result, plan):
        return None
    # The same words may lie in another place, encoding or format by now.
    here = replace(result, source=article.source, source_hash=article.source_hash, reading=article.reading)
    return Done(here, answer[0], unchanged=True)


def fell_short(result: Result) -> bool:
    """Whether anything in it was repaired or failed: what --retry tries again."""
    ledger = result.ledger
    return bool(ledger[Status.FAILED] or ledger[Status.REPAIRED] or result.summary.outcome is not Outcome.OK)


def passing(result: Result) -> bool:
    """Whether a model is in doubt, or something failed for want of one and not for what the text is: the next run must
    try it again."""
    unserved = any(s.status is Status.FAILED and not s.faults for s in result.sentences)
    return unserved or result.unproven or result.summary.outcome is Outcome.FAILED


def _window(window: Sequence[Article | Failure], plan: Plan, store: Store, on_event: OnEvent) -> Iterator[Done]:
    done: dict[int, Done] = {}
    drafts: dict[int, Segmented] = {}
    for i, item in enumerate(window):
        if isinstance(item, Failure):
            done[i] = Done(item)
            continue
        if known := unchanged(item, plan, store):
            done[i] = known
            continue
        read = lambda item=item, s=plan.settings: prepare(item, s.language, plan.context, s.target, plan.nearest)
        draft = guarded(read, item.id, item.source, "detect")
        if isinstance(draft, Failure):
            done[i] = Done(draft)
        else:
            drafts[i] = draft
    for (i, draft), item in zip(drafts.items(), _settle(list(drafts.values()), plan, on_event), strict=True):
        id = ""
        if isinstance(item, Result):
            again = passing(item) or any(map(plan.unasked, item.sentences))
            key = "" if again else article_key(draft.article, plan)
            id = store.put_answer(key, item.id, draft.version, encode_result(item))
        done[i] = Done(item, id)
    yield from (done[i] for i in range(len(window)))


def guarded(work: Callable[[], T], id: str, source: str, stage: str) -> T | Failure:
    """One article's misfortune is its own: an expected error becomes a Failure, a bug one with status 70. A store that
    cannot be used is everybody's, and ends the run."""
    try:
        return work()
    except StoreError:
        raise
    except SummarizeError as e:
        return Failure(id, source, stage, type(e).__name__, e.message, e.hint, e.code)
    except Exception as e:
        where = traceback.format_exc(limit=-3)
        return Failure(id, source, stage, type(e).__name__, f"{BUG}{e}", f"please report it with this:\n{where}", 70)


def _settle(drafts: list[Segmented], plan: Plan, on_event: OnEvent) -> list[Result | Failure]:
    accounts = translate(drafts, plan, lambda done, total: on_event(Event("translate", done, total)))
    usable = [i for i, account in enumerate(accounts) if not isinstance(account, Failure)]
    summaries = dict(zip(usable, _summaries([accounts[i] for i in usable], plan, on_event), strict=True))
    settled: list[Result | Failure] = []
    for i, (draft, account) in enumerate(zip(drafts, accounts, strict=True)):
        settled.append(account if isinstance(account, Failure) else _assemble(draft, account, summaries[i], plan))
    return settled


def _summaries(accounts: list[list[Sentence]], plan: Plan, on_event: OnEvent) -> list[Summary]:
    """All in one batch; if that fails, one by one, so that only the article at fault goes without."""
    done = 0

    def progress(n: int) -> None:
        nonlocal done
        done += n
        on_event(Event("summarize", done, len(accounts)))

    found = guarded(lambda: summarize(accounts, plan, progress), "", "", "summarize")
    if not isinstance(found, Failure):
        return list(found)
    if len(accounts) == 1:
        return [failed(plan, f"{found.message} {found.hint}".strip())]
    return [s for account in accounts for s in _summaries([account], plan, on_event)]


def _assemble(draft: Segmented, account: list[Sentence], summary: Summary, plan: Plan) -> Result:
    a = draft.article
    return Result(
        id=a.id,
        version=draft.version,
        source=a.source,
        source_hash=a.source_hash,
        title=a.title,
        title_en=translated_title(account, summary),
        date=a.date,
        language=draft.language,
        sentences=tuple(account),
        summary=summary,
        models=notes(account, plan),
        meta=a.meta,
        reading=a.reading,
        target=draft.target,
    )


def notes(account: Sequence[Sentence], plan: Plan) -> tuple[ModelNote, ...]:
    """What to tell a reader about the models behind these sentences and a summary of them."""
    translated = (Status.TRANSLATED, Status.REPAIRED)
    return plan.notes(
        dict.fromkeys(s.language for s in account if s.status in translated),
        dict.fromkeys(s.language for s in account if SECOND in s.rung),
    )
