"""One article for a terminal: its summary with evidence, the original beside the translation, flags in the margin.

Article text reaches rich only inside `Text`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from ..types import Claim, ModelNote, Result, Sentence, Status
from .outputs import heading, paragraphs
from .phrases import DRAFT, coverage, grounds, ledger, not_checked, reservations
from .terminal import STYLE

PARTS = ("summary", "evidence", "original", "translation", "sentences", "provenance")
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
    for line in not_checked(r):
        yield Text(line, style="yellow")
    if "summary" in parts or "evidence" in parts:
        yield Text("\nSummary", style="bold")
        for n, claim in enumerate(r.summary.claims, 1):
            yield _claim(n, claim)
            if "evidence" in parts:
                yield from _evidence(r, claim)
    if "original" in parts:
        yield from _text(f"Original ({r.language})", [r.title, *_originals(r)])
    if "translation" in parts:
        yield from _text("Translation (en)", [r.title_en, *paragraphs(r)])
    if "sentences" in parts:
        yield Text("")
        yield _side_by_side(r, width)
    if "provenance" in parts:
        yield Text("\nMade by", style="bold")
        yield from map(_note, r.models)
        yield Text(f"article version {r.version}", style="dim")


def _claim(n: int, claim: Claim) -> Any:
    from rich.text import Text

    line = Text(f"{n}. ", style="cyan")
    line.append(claim.text, style="default")
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


def _note(m: ModelNote) -> Any:
    from rich.text import Text

    return Text(f"{m.role}: {m.id} ({m.quality}; signature {m.signature})", style="dim")


def _remarks(s: Sentence, confidence: str) -> list[str]:
    """What a reader should know of a sentence: how it came out, by which repair, which checks the first try failed, and
    whether the model itself was unsure."""
    fate = [str(s.status)] * (s.status is not Status.TRANSLATED)
    mended = ["now passes every check"] * (s.status is Status.REPAIRED and not s.doubts)
    unsure = ["low confidence"] * (confidence == "low")
    return [*fate, *[s.rung] * bool(s.rung), *s.flags, *mended, *unsure]


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
    for i, s in enumerate(r.sentences):
        if not s.source:
            continue
        right = Text(s.target, style=STYLE[s.status])
        note = Text("\n").join(notes[i])
        if margin:
            cells = [Text(s.source), right, note]
        else:
            right.append("  ")
            cells = [Text(s.source), right.append_text(Text(", ").join(notes[i]))]
        grid.add_row(str(i + 1), *cells, end_section="\n" in s.separator or _last(r.sentences, i))
    return grid


def _last(sentences: Sequence[Sentence], i: int) -> bool:
    return i + 1 < len(sentences) and sentences[i + 1].paragraph != sentences[i].paragraph


def _margin(s: Sentence, claims: Sequence[int], confidence: str) -> list[Any]:
    from rich.text import Text

    found = [Text(f"◂ {', '.join(map(str, claims))}", style="cyan")] if claims else []
    return found + [Text(remark, style="italic yellow") for remark in _remarks(s, confidence)]
