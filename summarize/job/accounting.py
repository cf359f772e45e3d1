"""From articles to accounted sentences: detect, cut, translate each distinct sentence once, give each its status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .. import chunk, text
from ..backends.guard import marked
from ..errors import InternalError, ModelError, StoreError, SummarizeError
from ..glossary import Glossary, Term
from ..keys import article_version
from ..languages import detection
from ..types import (
    NO_LANGUAGE,
    TARGET,
    Article,
    Backend,
    Failure,
    InContext,
    Outcome,
    Output,
    Result,
    Sentence,
    Status,
)
from .plan import Plan

STATUS = {
    Outcome.OK: Status.TRANSLATED,
    Outcome.REPAIRED: Status.REPAIRED,
    Outcome.HUMAN: Status.HUMAN,
    Outcome.FAILED: Status.FAILED,
}

Placed = tuple[int, str, chunk.Span]  # paragraph (0 is the title), language, sentence
Reasons = dict[tuple[str, str], SummarizeError]  # by language and text: why there is no output


@dataclass(slots=True)
class Segmented:
    """An article cut into sentences, each with its language, not yet translated."""

    article: Article
    version: str
    language: str  # of most of its letters
    spans: list[Placed]
    target: str = TARGET  # the language that it is to be translated to

    def needs_model(self, code: str, sentence: str) -> bool:
        return needs_model(code, sentence, self.target)


def needs_model(code: str, sentence: str, target: str) -> bool:
    """Letterless text is copied (models invent text for it), and so is what is in the target language already, or
    code."""
    return code not in (target, NO_LANGUAGE) and text.has_letters(sentence)


def prepare(
    article: Article,
    forced: str = "",
    context: Callable[[str], int] = lambda code: 0,
    target: str = TARGET,
    nearest: Callable[[str, str], Sequence[str]] = lambda code, sentence: (),
) -> Segmented:
    """Detects languages and cuts the article into sentences; joining its spans gives the paragraphs back.

    The language that an article names is a hint: a paragraph that is clearly in another one is treated so. `forced` is
    taken for all of it. `context` says how many sentences before it a sentence in a language is translated with, and
    `nearest` with which translations by people.
    """
    prose = [block for block in article.paragraphs if block not in article.code]
    if forced:
        languages = iter([forced] * (bool(article.title) + len(prose)))
    else:
        languages = iter(detection.detect_paragraphs(article.title, prose, article.language))
    blocks = [*((0, article.title),) * bool(article.title), *enumerate(article.paragraphs, 1)]
    letters: Counter[str] = Counter()
    spans = []
    for number, block in blocks:
        if number and block in article.code:
            spans.append((number, NO_LANGUAGE, chunk.Span(block, "")))
            continue
        code = next(languages)
        letters[code] += len(block)
        spans += [(number, code, span) for span in chunk.sentences(block, code)]
    main = letters.most_common(1)[0][0] if letters else detection.UNKNOWN
    draft = Segmented(article, article_version(article), main, spans, target)
    draft.spans = _in_context(draft, context, nearest)
    return draft


def _in_context(
    draft: Segmented, context: Callable[[str], int], nearest: Callable[[str, str], Sequence[str]]
) -> list[Placed]:
    """The spans with what stands before each of them and what is like it, as far as its language wants to know."""
    spans = draft.spans
    known = {code: context(code) for code in dict.fromkeys(code for _, code, _ in spans)}
    said: list[str] = []
    found = []
    for number, code, span in spans:
        if draft.needs_model(code, span.text):
            shown = said[-known[code] :] if known[code] else [], nearest(code, span.text)
            text = InContext(span.text, *shown) if any(shown) else span.text
            found.append((number, code, chunk.Span(text, span.separator)))
        else:
            found.append((number, code, span))
        said += [span.text] * bool(span.text and code != NO_LANGUAGE)
    return found


def wanted(drafts: Sequence[Segmented]) -> dict[str, list[str]]:
    """The distinct sentences that need a model, by language, in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for draft in drafts:
        for _, code, span in draft.spans:
            if draft.needs_model(code, span.text):
                found.setdefault(code, {})[span.text] = None
    return {code: list(texts) for code, texts in found.items()}


def survey(
    articles: Iterable[Article], terms: Sequence[Term], forced: str = "", target: str = TARGET
) -> dict[Term, Counter[str]]:
    """The terms of a glossary that stand in these articles: how often in which form."""
    found: dict[Term, Counter[str]] = {}
    glossaries: dict[str, Glossary] = {}
    for draft in (prepare(article, forced, target=target) for article in articles):
        for _, code, span in draft.spans:
            if draft.needs_model(code, span.text):
                if code not in glossaries:
                    glossaries[code] = Glossary(terms, code, target)
                for match in glossaries[code].matches(span.text):
                    found.setdefault(match.term, Counter())[span.text[match.start : match.end]] += 1
    return found


def spoken(articles: Iterable[Article], forced: str = "", target: str = TARGET) -> Counter[str]:
    """How many of their sentences need a model, by language."""
    found: Counter[str] = Counter()
    for draft in (prepare(article, forced, target=target) for article in articles):
        found.update(code for _, code, span in draft.spans if draft.needs_model(code, span.text))
    return found


def translate(
    drafts: Sequence[Segmented], plan: Plan, progress: Callable[[int, int], None]
) -> list[list[Sentence] | Failure]:
    """The sentences of each draft with their fates; a Failure where nothing could be translated.

    What people translated is taken before a model is asked for. `progress(done, total)` counts distinct sentences. A
    language without a model fails its other sentences, not the run.
    """
    texts = wanted(drafts)
    total = sum(map(len, texts.values()))
    done = 0

    def settled(n: int) -> None:
        nonlocal done
        done = min(done + n, total)  # a batch that is tried again in halves counts once
        progress(done, total)

    outputs: dict[tuple[str, str], Output] = {}
    reasons: Reasons = {}
    for code, distinct in texts.items():
        human = plan.human(code).known(distinct)
        outputs.update(((code, t), o) for t, o in human.items())
        settled(len(human))
        rest = [t for t in distinct if t not in human]
        try:
            translator = plan.translator(code, settled) if rest else None
        except ModelError as e:
            reasons.update(((code, t), e) for t in rest)
            settled(len(rest))
        else:
            found, errors = _run(translator, rest) if translator else ({}, {})
            outputs.update(((code, t), o) for t, o in found.items())
            reasons.update(((code, t), e) for t, e in errors.items())
    return [settle(draft, outputs, reasons) for draft in drafts]


def at_hand(plan: Plan, code: str, texts: Sequence[str]) -> tuple[dict[str, Output], ModelError | None]:
    """The outputs that need no model, people's and cached ones, and why there is no model for the others if so."""
    human = plan.human(code).known(texts)
    rest = [t for t in texts if t not in human]
    try:
        return human | (plan.translator(code).known(rest) if rest else {}), None
    except ModelError as e:
        return human, e


def outdated(result: Result, plan: Plan) -> bool:
    """Whether people have translated a sentence of it since, or otherwise, or no longer."""
    given: dict[str, dict[str, str]] = {}
    for s in result.sentences:
        if needs_model(s.language, s.source, result.target):
            said = s.target if s.status is Status.HUMAN else ""
            given.setdefault(s.language, {})[s.source] = said
    known = {code: plan.human(code).texts(said) for code, said in given.items()}
    return any(known[code].get(text, "") != said for code, texts in given.items() for text, said in texts.items())


def settle(draft: Segmented, outputs: dict[tuple[str, str], Output], reasons: Reasons) -> list[Sentence] | Failure:
    """The sentences of a draft with their fates; every text that needs a model, by language, has an output or a
    reason why not."""
    account = _account(draft, outputs, reasons)
    return _nothing(draft, account, reasons) if _hopeless(draft, account) else account


def _run(translator: Backend, texts: list[str]) -> tuple[dict[str, Output], dict[str, SummarizeError]]:
    """The outputs that could be had, and for each of the other texts the error that stood in its way.

    What no model can serve is given up at once; any other error is looked for in halves, so that one sentence that
    breaks an engine costs that sentence.
    """
    try:
        return dict(zip(texts, translator.run(texts), strict=True)), {}
    except ModelError as e:
        return {}, dict.fromkeys(texts, e)
    except StoreError:
        raise  # nothing more can be kept: the run ends, and says why
    except Exception as e:
        if len(texts) == 1:
            known = isinstance(e, SummarizeError)
            return {}, {texts[0]: e if known else InternalError(e, "please report it with the sentence")}
    half = len(texts) // 2
    first, errors = _run(translator, texts[:half])
    second, others = _run(translator, texts[half:])
    return {**first, **second}, {**errors, **others}


def _account(draft: Segmented, outputs: dict[tuple[str, str], Output], reasons: Reasons) -> list[Sentence]:
    """The ledger: every sentence of the source gets exactly one status."""
    account = []
    for number, code, span in draft.spans:
        place = (number, str(span.text), span.separator, code)
        if not draft.needs_model(code, span.text):
            account.append(Sentence(*place, span.text, Status.COPIED))
        elif out := outputs.get((code, span.text)):
            reason = f"failed the checks: {', '.join(out.faults)}" if out.outcome is Outcome.FAILED else ""
            account.append(
                Sentence(*place, out.text, STATUS[out.outcome], out.rung, out.faults, out.doubts, reason, out.logprob)
            )
        else:
            account.append(Sentence(*place, marked(span.text), Status.FAILED, reason=_reason(reasons[code, span.text])))
    return account


def _reason(e: SummarizeError) -> str:
    return f"{e.message}: {e.hint}" if e.hint else e.message


def _hopeless(draft: Segmented, account: list[Sentence]) -> bool:
    """Whether nothing of what needed a model was translated; what was copied is no translation. With something in the
    target language it is worth a page even so."""
    needed = [s.status for s in account if draft.needs_model(s.language, s.source)]
    readable = any(s.language == draft.target and text.has_letters(s.source) for s in account)
    return bool(needed) and all(status is Status.FAILED for status in needed) and not readable


def _nothing(draft: Segmented, account: list[Sentence], reasons: Reasons) -> Failure:
    a = draft.article
    errors = [e for _, code, span in draft.spans if (e := reasons.get((code, span.text)))]
    if errors:
        e = max(errors, key=lambda e: isinstance(e, InternalError))  # the first, but a bug is told before all else
        return Failure(a.id, a.source, "translate", type(e).__name__, e.message, e.hint, e.code)
    faults = ", ".join(dict.fromkeys(f for s in account for f in s.faults))
    message = f"none of its {len(account)} sentences passed the checks ({faults})"
    return Failure(a.id, a.source, "translate", "NothingTranslated", message, "try another model with --mt LANG=MODEL")
