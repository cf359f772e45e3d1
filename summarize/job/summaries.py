"""From accounted sentences to a summary whose every sentence names its evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .. import checks, chunk, evidence
from ..languages.language import language
from ..types import LONGEST_TITLE, NO_LANGUAGE, Claim, Outcome, Output, Sentence, Status, Summary
from .plan import Plan


def document(sentences: Sequence[Sentence], unsure: Callable[[Sentence], bool] = lambda sentence: False) -> str:
    """What a summarizer reads: the translation, paragraphs parted by blank lines, the title first as "# title". The
    sentences are known from the original, and each ends with chunk.END: "1. FC Altdorf" is not cut anew.

    Sentences that could not be translated are left out, and code: a summary must not be made of source text or marks.
    Those that are `unsure` are marked so.
    """
    blocks: dict[int, list[str]] = {}
    for s in sentences:
        if s.status is not Status.FAILED and s.language != NO_LANGUAGE and s.target:
            mark = chunk.UNSURE if unsure(s) else ""
            blocks.setdefault(s.paragraph, []).append(" ".join(s.target.split()) + mark)
    title = ["# " + " ".join(" ".join(blocks.pop(0)).split())] if 0 in blocks else []
    return "\n\n".join([*title, *("".join(f"{s}{chunk.END}" for s in parts) for _, parts in sorted(blocks.items()))])


def translated_title(sentences: Sequence[Sentence], summary: Summary) -> str:
    """The translated title. An article without one goes by the first sentence of its summary, if that is supported and
    no longer than a title: it points back at nothing, and leaves the others in their order. (Of the words of headlines
    that people wrote for 122 articles it has 36 %, the sentence most like all others 31 %.)"""
    given = "".join(s.target + s.separator for s in sentences if s.paragraph == 0).strip()
    first = summary.claims[0] if summary.claims else None
    if given or first is None or first.problems or len(first.text) > LONGEST_TITLE:
        return given
    return first.text


def summarize(accounts: Sequence[Sequence[Sentence]], plan: Plan, progress: Callable[[int], None]) -> list[Summary]:
    """One summary an article; `progress(n)` is told how many articles were settled."""
    outputs = plan.summarizer(progress).run([document(a, plan.unsure) for a in accounts])
    return [link(a, out, plan) for a, out in zip(accounts, outputs, strict=True)]


def link(sentences: Sequence[Sentence], output: Output, plan: Plan) -> Summary:
    """Finds the translated sentences behind each summary sentence, and drops or marks what has none.

    Its numbers and dates are held against the original through those sentences, since a mistranslated number supports
    itself; what else a translation has wrong is a doubt in the summary too.
    """
    real = [i for i, s in enumerate(sentences) if s.source]
    readable = [i for i in real if sentences[i].status is not Status.FAILED]
    targets = [sentences[i].target for i in readable]
    claims = []
    for line in filter(None, output.text.split("\n")):
        found = evidence.link(line, targets)
        behind = tuple(readable[i] for i in found.evidence)
        problems = () if evidence.supported(found) else (found.problems or ("content",))
        foreign, strange = _not_original(line, [sentences[i] for i in behind], plan.settings.target)
        problems = tuple(dict.fromkeys((*problems, *foreign)))
        if plan.settings.unsupported == "drop" and problems:
            continue
        if plan.settings.unsupported == "keep":
            problems = ()
        doubts = dict.fromkeys(f for i in behind for f in sentences[i].doubts)
        doubts |= {"names": None} if strange else {}
        claims.append(Claim(line, behind, round(found.score, 3), problems, tuple(doubts)))
    coverage = round(len(readable) / len(real), 4) if real else 1.0
    if not claims:
        return failed(plan, f"nothing to say ({', '.join(output.faults) or 'no sentence was supported'})", coverage)
    return Summary(plan.settings.kind, tuple(claims), output.outcome, output.rung, coverage, output.parts)


def _not_original(line: str, behind: Sequence[Sentence], target: str) -> tuple[tuple[str, ...], bool]:
    """Numbers and dates of a summary sentence that no original behind it has, and whether a name is such."""
    copied = " ".join(s.target for s in behind if s.status is Status.COPIED)
    translated = [s for s in behind if s.status is not Status.COPIED]
    originals, codes = " ".join(s.source for s in translated), {s.language for s in translated}
    code = codes.pop() if len(codes) == 1 else ""
    if not (language(code).read and language(target).read):  # how they write numbers and dates is not known
        return (), False
    foreign = tuple(fact for fact in checks.foreign(originals, line, code, target) if fact not in copied)
    return foreign, any(name not in copied for name in checks.strange_names(originals, line, code, target))


def failed(plan: Plan, reason: str, coverage: float = 0.0) -> Summary:
    """What stands in place of a summary; the translation is kept all the same."""
    return Summary(plan.settings.kind, (), Outcome.FAILED, coverage=coverage, reason=reason)
