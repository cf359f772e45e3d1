"""From articles to accounted sentences: detect, cut, translate each distinct sentence once, give each its status."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from . import chunk, text
from .backends.guard import marked
from .errors import InternalError, ModelError, StoreError, SummarizeError
from .glossary import Glossary, Term
from .keys import article_version
from .languages import detection
from .plan import Plan
from .types import NO_LANGUAGE, TARGET, Article, Backend, Failure, Outcome, Output, Sentence, Status

STATUS = {Outcome.OK: Status.TRANSLATED, Outcome.REPAIRED: Status.REPAIRED, Outcome.FAILED: Status.FAILED}

Reasons = dict[tuple[str, str], SummarizeError]  # by language and text: why there is no output


@dataclass(slots=True)
class Segmented:
    """An article cut into sentences, each with its language, not yet translated."""

    article: Article
    version: str
    language: str  # of most of its letters
    spans: list[tuple[int, str, chunk.Span]]  # paragraph (0 is the title), language, sentence


def prepare(article: Article, forced: str = "") -> Segmented:
    """Detects languages and cuts the article into sentences; joining its spans gives the paragraphs back.

    The language that an article names is a hint: a paragraph that is clearly in another one is treated so. `forced` is
    taken for all of it.
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
    main = letters.most_common(1)[0][0] if letters else "und"
    return Segmented(article, article_version(article), main, spans)


def needs_model(code: str, sentence: str) -> bool:
    """Letterless text is copied (models invent text for it), and so is what is English already, or code."""
    return code not in (TARGET, NO_LANGUAGE) and text.has_letters(sentence)


def wanted(drafts: Sequence[Segmented]) -> dict[str, list[str]]:
    """The distinct sentences that need a model, by language, in order of appearance."""
    found: dict[str, dict[str, None]] = {}
    for draft in drafts:
        for _, code, span in draft.spans:
            if needs_model(code, span.text):
                found.setdefault(code, {})[span.text] = None
    return {code: list(texts) for code, texts in found.items()}


def survey(articles: Iterable[Article], terms: Sequence[Term], forced: str = "") -> dict[Term, Counter[str]]:
    """The terms of a glossary that stand in these articles: how often in which form."""
    found: dict[Term, Counter[str]] = {}
    glossaries: dict[str, Glossary] = {}
    for draft in (prepare(article, forced) for article in articles):
        for _, code, span in draft.spans:
            if needs_model(code, span.text):
                if code not in glossaries:
                    glossaries[code] = Glossary(terms, code)
                for match in glossaries[code].matches(span.text):
                    found.setdefault(match.term, Counter())[span.text[match.start : match.end]] += 1
    return found


def translate(
    drafts: Sequence[Segmented], plan: Plan, progress: Callable[[int, int], None]
) -> list[list[Sentence] | Failure]:
    """The sentences of each draft with their fates; a Failure where nothing could be translated.

    `progress(done, total)` counts distinct sentences. A language without a model fails its sentences, not the run.
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
        try:
            translator = plan.translator(code, settled)
        except ModelError as e:
            reasons.update(((code, t), e) for t in distinct)
            settled(len(distinct))
        else:
            found, errors = _run(translator, distinct)
            outputs.update(((code, t), o) for t, o in found.items())
            reasons.update(((code, t), e) for t, e in errors.items())
    return [settle(draft, outputs, reasons) for draft in drafts]


def settle(draft: Segmented, outputs: dict[tuple[str, str], Output], reasons: Reasons) -> list[Sentence] | Failure:
    """The sentences of a draft with their fates; every text that needs a model, by language, has an output or a
    reason why not."""
    account = _account(draft, outputs, reasons)
    return _nothing(draft, account, reasons) if _hopeless(account) else account


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
        place = (number, span.text, span.separator, code)
        if not needs_model(code, span.text):
            account.append(Sentence(*place, span.text, Status.COPIED))
        elif out := outputs.get((code, span.text)):
            reason = f"failed the checks: {', '.join(out.flags)}" if out.outcome is Outcome.FAILED else ""
            account.append(Sentence(*place, out.text, STATUS[out.outcome], out.rung, out.flags, reason, out.logprob))
        else:
            account.append(Sentence(*place, marked(span.text), Status.FAILED, reason=_reason(reasons[code, span.text])))
    return account


def _reason(e: SummarizeError) -> str:
    return f"{e.message}: {e.hint}" if e.hint else e.message


def _hopeless(account: list[Sentence]) -> bool:
    """Whether nothing of what needed a model was translated; what was copied is no translation."""
    needed = [s.status for s in account if needs_model(s.language, s.source)]
    return bool(needed) and all(status is Status.FAILED for status in needed) and not _readable(account)


def _readable(account: list[Sentence]) -> bool:
    """Whether something in it is in English: worth a page even if the rest failed."""
    return any(s.language == TARGET and text.has_letters(s.source) for s in account)


def _nothing(draft: Segmented, account: list[Sentence], reasons: Reasons) -> Failure:
    a = draft.article
    errors = [e for s in account if (e := reasons.get((s.language, s.source)))]
    if errors:
        e = max(errors, key=lambda e: isinstance(e, InternalError))  # the first, but a bug is told before all else
        return Failure(a.id, a.source, "translate", type(e).__name__, e.message, e.hint, e.code)
    flags = ", ".join(dict.fromkeys(f for s in account for f in s.flags))
    message = f"none of its {len(account)} sentences passed the checks ({flags})"
    return Failure(a.id, a.source, "translate", "NothingTranslated", message, "try another model with --mt LANG=MODEL")
