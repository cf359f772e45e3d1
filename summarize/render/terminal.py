"""Results for a terminal, by rich: the list of articles, failures, the closing lines.

Article text reaches rich only inside `Text`, so that `[/]` in an article stays three characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from types import MappingProxyType
from typing import Any, NamedTuple

from ..compare import Update
from ..compare.stories import StoryGroup
from ..errors import ModelError, revived
from ..job.pipeline import Totals
from ..types import LONGEST_TITLE, Failure, Result, Status
from .outputs import MADE, heading, shortened
from .phrases import DRAFT, broken, confidence, coverage, duration, gaps, ledger, plural, reservations, skipped

STYLE = {
    Status.TRANSLATED: "",
    Status.REPAIRED: "yellow",
    Status.HUMAN: "green",
    Status.COPIED: "dim",
    Status.FAILED: "bold red",
}

MORE = "shortened: `summarize report` makes a page of all of it, `summarize show ARTICLE` shows one, --full prints it"


def console(*, stderr: bool = False) -> Any:
    """A rich console that honours NO_COLOR, pipes and COLUMNS, and never interprets markup."""
    from rich.console import Console

    return Console(stderr=stderr, markup=False, highlight=False, emoji=False, soft_wrap=False)


class ArticleLine(NamedTuple):
    """What a list says of an article: small enough to keep for ten thousand of them."""

    id: str
    date: str
    language: str
    ledger: Mapping[str, int]
    doubtful: int  # sentences that are in doubt
    title: str
    claims: tuple[tuple[str, str], ...]  # summary sentence, and what is reserved about it; "" for the title's
    note: str  # on the summary as a whole
    confidence: str
    gaps: tuple[str, ...] = ()  # what of the source is not in the article


def summary_row(r: Result) -> ArticleLine:
    note = f"no summary: {r.summary.reason}" if r.summary.reason else coverage(r)
    said = lambda claim: "" if r.titled_by(claim) else shortened(claim.text, 2 * LONGEST_TITLE)
    claims = tuple((said(c), reservations(c.problems, c.doubts)) for c in r.summary.claims)
    doubtful = sum(bool(s.doubts) for s in r.sentences)
    return ArticleLine(
        r.id, r.date, r.language, r.ledger, doubtful, heading(r), claims, note, confidence(r), tuple(gaps(r))
    )


def grouped(rows: Sequence[ArticleLine], stories: Iterable[StoryGroup]) -> list[ArticleLine]:
    """The rows in their order, but articles that tell one story together, after the first of them."""
    by_id = {row.id: row for row in rows}
    together = {s.articles[0]: s.articles for s in stories}
    later = {a for s in together.values() for a in s[1:]}
    return [by_id[a] for id in by_id if id not in later for a in together.get(id, (id,)) if a in by_id]


def articles(
    rows: Sequence[ArticleLine],
    where: Any,
    *,
    draft: bool,
    brief: bool = False,
    notes: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Any]:
    """A list of articles for the console `where`: facts, title and summary of each; `brief`: the title, the first two
    lines of the summary, and what to mind. `notes` are more to mind, by id."""
    from rich.text import Text

    if draft:
        yield Text(DRAFT, style="bold red")
    for n, row in enumerate(rows):
        if not brief and (n or draft):
            yield Text()
        yield from (_brief if brief else _whole)(row, notes.get(row.id, ""), where)
    if draft:
        yield from [Text()] * (not brief)
        yield Text(DRAFT, style="bold red")


def beyond_a_screen(rows: Sequence[ArticleLine], where: Any) -> bool:
    """Whether the whole list is longer than the console is high."""
    few = rows[: where.height]  # each has a line at least
    return sum(len(where.render_lines(block)) for block in articles(few, where, draft=False)) >= where.height


def _whole(row: ArticleLine, note: str, where: Any) -> Iterator[Any]:
    from rich.text import Text

    title = Text(row.title, style="bold")
    for reserved in (reserved for text, reserved in row.claims if reserved and not text):
        title.append(f" ({reserved})", style="not bold yellow")
    yield set_in(title, where, "")
    yield set_in(Text(" · ".join(filter(None, (row.id, row.date, row.language))), style="dim"), where, "")
    doubtful = f", {row.doubtful:,} in doubt" if row.doubtful else ""
    unsure = ", low confidence" * (row.confidence == "low")
    yield set_in(
        Text(ledger(row.ledger) + doubtful + unsure, style="red" if row.ledger["failed"] else "dim"), where, ""
    )
    if note:
        yield set_in(Text(note, style="cyan"), where, "")
    for text, reserved in (claim for claim in row.claims if claim[0]):
        yield set_in(Text(text).append(f" ({reserved})" if reserved else "", style="yellow"), where, "• ")
    if row.note:
        yield set_in(Text(row.note, style="dim"), where, "")
    for gap in row.gaps:
        yield set_in(Text(gap, style="yellow"), where, "")


def _brief(row: ArticleLine, note: str, where: Any) -> Iterator[Any]:
    from rich.text import Text

    made = row.title.endswith(MADE)  # and then a sentence of the summary
    yield set_in(Text(row.title.removesuffix(MADE), style="bold"), where, "", most=1 + made)
    if text := " ".join(text for text, _ in row.claims if text) or row.note:
        yield set_in(Text(text), where, most=2 - made)
    facts = Text(" · ".join(filter(None, (row.id, row.date, row.language))), style="dim")
    reserved = sum(bool(reserved) for _, reserved in row.claims)
    counts = [(row.ledger["failed"], "failed", "red"), (row.ledger["repaired"], "repaired", "yellow"),
              (row.ledger["human"], "human", "green"), (row.doubtful, "in doubt", "yellow"),
              (reserved, "of the summary in doubt", "yellow")]  # fmt: skip
    marks = [("made title", "cyan")] * made + [(f"{n:,} {name}", style) for n, name, style in counts if n]
    marks += [(gap, "yellow") for gap in row.gaps]
    marks += [("low confidence", "yellow")] * (row.confidence == "low") + [(note, "cyan")] * bool(note)
    for mark, style in marks:
        facts.append(" · ").append(mark, style=f"not dim {style}")
    yield set_in(facts, where)


def set_in(text: Any, where: Any, first: str = "  ", *, most: int = 0) -> Any:
    """The text in lines as wide as the console, behind `first`, which the other lines are set in by. Of more than
    `most` lines (0: any number) only so many, and a mark."""
    from rich.cells import cell_len
    from rich.text import Text

    width = where.width - len(first)
    lines = list(text.wrap(where, width))
    if most and len(lines) > most:
        lines = lines[:most]
        words = lines[-1].plain.rstrip()
        broken = any(cell_len(word) > width for word in text.plain.split())  # at the end of a line, for want of room
        while cell_len(words) > width - 2:
            words = words.rpartition(" ")[0] or words[: -1 if broken else 0]
        lines[-1] = Text(f"{words} …".lstrip(), style=text.style)
    for line in lines:
        line.rstrip()
    return Text(first).append_text(Text("\n" + " " * len(first)).join(lines))


def failures(items: Iterable[Failure], where: Any) -> Iterator[Any]:
    """For each failure what, why, and what to type next. What a model is to blame for is said once, however many files
    it costs."""
    from rich.text import Text

    blocks: dict[tuple, list[Failure]] = {}
    for f in items:
        own = () if isinstance(revived(f.error, ""), ModelError) else (len(blocks),)
        blocks.setdefault((f.message, f.hint, *own), []).append(f)
    for (message, hint, *_), (first, *others) in blocks.items():
        more = f" and {plural(len(others), 'other')}" if others else ""
        what = Text(f"{first.source or first.id}{more}: {message}")
        line = set_in(what, where, "failed  ") if where.is_terminal else Text("failed  ") + what
        line.stylize("bold red", 0, len("failed"))
        yield line
        if hint:
            step = f"        {hint}"
            yield Text(broken(step, where.width) if where.is_terminal else step, style="dim")


def closing(totals: Totals, *, seconds: float, folder: str, run: int) -> str:
    """
    >>> closing(Totals(articles=2, unchanged=2), seconds=0.2, folder="out", run=7)
    '2 articles (2 unchanged) in 0.20 s · 0 sentences · written to out/ · run 7'
    >>> closing(Totals(failures=2, unrecorded=True), seconds=0.2, folder="out", run=8)
    '0 articles in 0.20 s · 1 input failed · 0 sentences · nothing written · run 8'
    """
    parts = [plural(totals.articles, "article")]
    if totals.unchanged:
        parts[0] += f" ({totals.unchanged:,} unchanged)"
    parts[0] += f" in {duration(seconds)}"
    if inputs := totals.failures - totals.unrecorded:
        parts.append(f"{plural(inputs, 'input')} failed")
    parts.append(ledger({str(s): totals.sentences[s] for s in Status}))
    if totals.doubts:
        parts.append(f"{totals.doubts:,} in doubt")
    if totals.fallbacks:
        parts.append(f"{totals.fallbacks:,} extractive in place of the model's summary")
    if totals.unsummarized:
        parts.append(f"{plural(totals.unsummarized, 'article')} without a summary")
    if totals.unsupported:
        parts.append(f"{plural(totals.unsupported, 'summary sentence')} without full support")
    written = f"written to {folder.rstrip('/')}/" if totals.articles else "nothing written"
    line = " · ".join([*parts, written, f"run {run}"])
    return "\n".join(filter(None, [skipped(totals.skipped), line]))


def standing(drop: str, counts: Mapping[str, int], articles: int, failing: int = 0, changing: int = 0) -> str:
    """How a drop that is watched stands: what is in it, and what `counts` has happened to it.

    >>> standing("drop/", {"new": 1200, "gone": 2}, articles=1198, failing=1)
    'drop/: 1,198 articles · 1,200 new, 2 gone · 1 input fails'
    """
    happened = [f"{counts[what]:,} {what}" for what in ("new", "changed", "failed", "gone") if counts.get(what)]
    fails = f"{plural(failing, 'input')} {'fails' if failing == 1 else 'fail'}" if failing else ""
    written = f"{plural(changing, 'file')} not whole yet" if changing else ""
    return f"{drop}: " + " · ".join(filter(None, (plural(articles, "article"), ", ".join(happened), fails, written)))


def departed(sources: Sequence[str], *, most: int) -> list[str]:
    """Where articles were that are gone from the drop, of the first `most` of them.

    >>> departed(["drop/a.txt", "drop/b.txt", "drop/c.txt"], most=2)
    ['gone     drop/a.txt', 'gone     drop/b.txt', '         and 1 more']
    """
    more = len(sources) - most
    return [f"gone     {source}" for source in sources[:most]] + [f"         and {more:,} more"] * (more > 0)


def fault(name: str, count: int) -> str:
    """One of `Totals.faults`.

    >>> fault("untranslated", 1), fault("doubt", 2)
    ('1 sentence without a translation', '2 sentences in doubt (--fail-on doubt)')
    """
    noun, what = {
        "untranslated": ("sentence", "without a translation"),
        "unsummarized": ("article", "without a summary"),
        "unsupported": ("summary sentence", "without full support"),
        "unproven": ("article", "by a model that the canary casts doubt on"),
        "draft": ("article", "by a draft or unproven model (--fail-on draft)"),
        "doubt": ("sentence", "in doubt (--fail-on doubt)"),
    }[name]
    return f"{plural(count, noun)} {what}"


def news(updates: Iterable[Update], count: int, remade: int, *, most: int) -> list[str]:
    """What is new in `count` known articles, for the first `most` of them; `remade`: known ones with an old source.

    >>> news([], 0, 1, most=5)
    ['1 known article was made anew by other models, settings or people; `summarize diff --why` shows what changed']
    """
    lines = [f"updated  {u.line}" for u in islice(updates, most)]
    if count > most:
        lines.append(f"         and {count - most:,} more; `summarize diff` shows them")
    if remade:
        was = "was" if remade == 1 else "were"
        lines.append(
            f"{plural(remade, 'known article')} {was} made anew by other models, settings or people; "
            "`summarize diff --why` shows what changed"
        )
    return lines
