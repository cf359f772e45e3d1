"""One article for a terminal: its summary with evidence, the original beside the translation, flags in the margin.

Article text reaches rich only inside `Text`.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any

from ..types import LONGEST_TITLE, Claim, ModelNote, Result, Sentence, Status, flags
from . import explain
from .outputs import ABOVE, heading, paragraphs
from .phrases import DRAFT, coverage, gaps, grounds, ledger, not_checked, plural, reservations
from .terminal import STYLE

PARTS = ("summary", "evidence", "original", "translation", "sentences", "left out", "provenance")
MARGIN = 13  # columns of the margin: room for "untranslated"
FEWEST = 40  # columns of the two texts together, under which the margin goes into the text


def article(r: Result, *, parts: Sequence[str], width: int = 80) -> Iterator[Any]:
    """The blocks of one article; `parts` of PARTS (`sentences` is the original beside the translation)."""
    from rich.text import Text

    facts = [r.date, r.language, r.source, ledger(r.ledger), coverage(r)]
    yield Text(heading(r), style="bold")
    yield Text(" · ".join(f for f in facts if f), style="dim")
    if r.draft:
        yield Text(DRAFT, style="bold red")
    for line in [*gaps(r), *not_checked(r)]:
        yield Text(line, style="yellow")
    if "summary" in parts or "evidence" in parts:
        yield Text("\nSummary", style="bold")
        for n, claim in enumerate(r.summary.claims, 1):
            yield _claim(n, claim, ABOVE if r.titled_by(claim) else claim.text)
            if "evidence" in parts:
                yield from _evidence(r, claim)
    if "original" in parts:
        yield from _text(f"Original ({r.language})", [r.title, *_originals(r)])
    if "translation" in parts:
        title = r.title_en * (len(r.title_en) > LONGEST_TITLE)  # of which the head has the beginning
        yield from _text(f"Translation ({r.target})", [title, *paragraphs(r)])
    if "sentences" in parts:
        yield Text("")
        yield _side_by_side(r, width)
        yield from _legend(r)
    if "left out" in parts:
        yield from _left_out(r)
    if "provenance" in parts:
        yield Text("\nMade by", style="bold")
        yield from map(_note, r.models)
        yield Text(f"article version {r.version}", style="dim")


def _claim(n: int, claim: Claim, said: str) -> Any:
    from rich.text import Text

    line = Text(f"{n}. ", style="cyan")
    line.append(said, style="default")
    line.append(" " + "".join(f"[{i + 1}]" for i in claim.evidence))
    if reserved := reservations(claim.problems, claim.doubts):
        line.append(" " + reserved, style="yellow")
    return line


def _evidence(r: Result, claim: Claim) -> Iterator[Any]:
    """The sentences behind a claim: translation, then original, then how well they bear it."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1, 0, 0), expand=True)
    grid.add_column(justify="right", width=8)
    grid.add_column(ratio=1, overflow="fold")
    for i in claim.evidence:
        s = r.sentences[i]
        body = Text(s.target, style=STYLE[s.status])
        if remarks := _remarks(s, r.confidence(s)):
            body.append(f"  {', '.join(remarks)}", style="italic yellow")
        grid.add_row(Text(f"[{i + 1}]", style="cyan"), body)
        grid.add_row("", Text(s.source, style="dim"))
    grid.add_row("", Text(grounds(claim, r.sentences), style="cyan dim"))
    yield grid


def _originals(r: Result) -> list[str]:
    blocks: dict[int, str] = {}
    for s in r.sentences:
        if s.paragraph:
            blocks[s.paragraph] = blocks.get(s.paragraph, "") + s.source + s.separator
    return [b.strip() for b in blocks.values()]


def _text(name: str, blocks: Sequence[str]) -> Iterator[Any]:
    from rich.text import Text

    yield Text(f"\n{name}", style="bold")
    for n, block in enumerate(b for b in blocks if b):
        yield Text(("\n" if n else "") + block)


def _left_out(r: Result) -> Iterator[Any]:
    from rich.text import Text

    yield Text("\nLeft out of the text", style="bold")
    if r.reading is None:
        yield Text("not known: the article was read before this was noted", style="dim")
        return
    counted = plural(r.reading.letters, "letter")
    yield Text(f"{counted} and digits are in the text, {r.reading.missing:.1%} of it is missing", style="dim")
    for one in r.reading.left_out:
        yield Text(f"\n{one.reason}, {plural(one.letters, 'letter')}", style="cyan")
        yield Text(one.text)


def _note(m: ModelNote) -> Any:
    from rich.text import Text

    return Text(f"{m.role}: {m.id} ({m.quality}; signature {m.signature})", style="dim")


def _remarks(s: Sentence, confidence: str) -> list[str]:
    """What a reader should know of a sentence: how it came out, by which repair, which checks the first try failed, and
    whether the model itself was unsure."""
    fate = [str(s.status)] * (s.status is not Status.TRANSLATED)
    mended = ["now passes every check"] * (s.status is Status.REPAIRED and not s.doubts)
    unsure = ["low confidence"] * (confidence == "low")
    return [*fate, *[s.rung] * bool(s.rung), *flags(s.faults, s.doubts), *mended, *unsure]


def _side_by_side(r: Result, width: int) -> Any:
    """Sentence by sentence. In the margin: ◂ and the summary sentences that rest on it, fate, repair, flags."""
    from rich.table import Table
    from rich.text import Text

    cited: dict[int, list[int]] = {}
    for n, claim in enumerate(r.summary.claims, 1):
        for i in claim.evidence:
            cited.setdefault(i, []).append(n)
    notes = {i: _margin(s, cited.get(i, []), r.confidence(s)) for i, s in enumerate(r.sentences)}
    margin = any(notes.values()) and width - MARGIN >= FEWEST
    grid = Table(expand=True, show_lines=False, pad_edge=False)
    grid.add_column("", justify="right", style="cyan", width=3 + (len(r.sentences) > 999))
    grid.add_column(f"Original ({r.language})", ratio=1, overflow="fold")
    grid.add_column("Translation (en)", ratio=1, overflow="fold")
    if margin:
        grid.add_column("", width=MARGIN, overflow="fold")
    column = (width - 12 - (MARGIN + 3) * margin) // 2
    for i, s in enumerate(r.sentences):
        if not s.source:
            continue
        right = Text(_breakable(s.target, column), style=STYLE[s.status])
        note = Text("\n").join(notes[i])
        if margin:
            cells = [Text(_breakable(s.source, column)), right, note]
        else:
            right.append("  ")
            cells = [Text(_breakable(s.source, column)), right.append_text(Text(", ").join(notes[i]))]
        grid.add_row(str(i + 1), *cells, end_section="\n" in s.separator or _last(r.sentences, i))
    return grid


def _breakable(text: str, width: int) -> str:
    """The text with the lines of a column broken behind the hyphens of words that are wider than it."""
    pieces = lambda word: textwrap.wrap(word[0], width, break_long_words=False)
    return re.sub(rf"\S{{{width + 1},}}", lambda word: "\n".join(pieces(word)), text)


def _legend(r: Result) -> Iterator[Any]:
    """What the words in the margin mean, of those that stand in it."""
    from rich.table import Table
    from rich.text import Text

    real = [s for s in r.sentences if s.source]
    rows = [("◂ 1", "sentence 1 of the summary rests on it")] * any(c.evidence for c in r.summary.claims)
    fates = dict.fromkeys(str(s.status) for s in real if s.status is not Status.TRANSLATED)
    rows += [(fate, explain.STATUSES[fate]) for fate in fates]
    rungs = dict.fromkeys(part for s in real if s.rung for part in s.rung.split("+"))
    rows += [(rung, f"how it was repaired: {explain.RUNGS.get(rung, rung)}") for rung in rungs]
    of = lambda check: explain.FLAGS.get(check, check)
    noted: dict[str, str] = {}
    for s in real:
        meanings = [*(f"first attempt: {of(c)}" for c in s.faults), *(f"perhaps {of(c)}" for c in s.doubts)]
        noted |= zip(flags(s.faults, s.doubts), meanings, strict=True)
    rows += noted.items()
    rows += [("low confidence", explain.CONFIDENCE["low"])] * any(r.confidence(s) == "low" for s in real)
    if not rows:
        return
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(style="italic yellow", no_wrap=True)
    grid.add_column(style="dim")
    for name, meaning in rows:
        grid.add_row(Text(name), Text(meaning))
    yield Text("\nIn the margin", style="bold")
    yield grid


def _last(sentences: Sequence[Sentence], i: int) -> bool:
    return i + 1 < len(sentences) and sentences[i + 1].paragraph != sentences[i].paragraph


def _margin(s: Sentence, claims: Sequence[int], confidence: str) -> list[Any]:
    from rich.text import Text

    found = [Text(f"◂ {', '.join(map(str, claims))}", style="cyan")] if claims else []
    return found + [Text(remark, style="italic yellow") for remark in _remarks(s, confidence)]
