"""The figures of an evaluation in a model's folder: card.json, which decides its quality class, and README.md, whose
scores stand between two marks and are replaced in place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

from ..catalog.cards import CARD, quality, write_card
from ..errors import ModelError, UsageError
from ..files import read_json
from ..types import Json
from .scores import METRICS
from .sets import ParallelSet
from .translation import Evaluation, System

CLASS_SET = "newstest2014"  # its BLEU is the card's: news, older than any model here, and not in the training data
BEGIN, END = "<!-- scores: written by `summarize eval --card` -->", "<!-- end of scores -->"
PUBLISHED = "published.tsv"
FEWEST = 100  # sentences from which their log-probabilities tell what is low and what is high
LEVELS = (1, 5)  # tenths of the sentences, less one: a fifth is low, two fifths are high


@dataclass(frozen=True)
class Published:
    """BLEU that others report of their systems: set -> one figure a system, as written there. `source`: who says so."""

    source: str
    systems: tuple[str, ...]
    bleu: Mapping[str, tuple[str, ...]]


def refuse(systems: list[System], sets: list[ParallelSet], *, limit: int, checks: bool) -> None:
    """Raises UsageError, before any work, where the figures would not be fit for a card."""
    again = f"summarize eval --mt FOLDER --card DIR/flores-test DIR/{CLASS_SET}.de-en"
    if len({system.checkpoint.path for system in systems}) != 1:
        raise UsageError("--card is for one model", again)
    if limit or checks:
        raise UsageError("a card tells of whole test sets and of the model alone: no --limit, no --checks", again)
    if CLASS_SET not in (names := [chosen.name for chosen in sets]):
        raise UsageError(f"{CLASS_SET} decides the quality class and is not among {', '.join(names)}", again)


def write(found: Evaluation, block: str) -> dict[str, Json]:
    """Puts `block` into README.md and the scores into card.json, with fresh hashes of all files; returns the card.

    The card's other facts stay as they are. Raises ModelError if the folder cannot be written.
    """
    system = found.rows[0].system
    folder = system.checkpoint.path
    _write_readme(folder / "README.md", block)
    scores: dict[str, dict[str, list[float]]] = {}
    for row in found.rows:
        scores.setdefault(row.set, {})[row.system.decoding] = [round(row.scored[m].value, 2) for m in METRICS]
    bleu, chrf = scores[CLASS_SET][system.decoding]
    source: list[str] = list(system.checkpoint.source) or [system.language]
    facts: dict[str, Json] = {
        "id": folder.name,
        "task": "translate",
        "source": source,
        "target": system.checkpoint.target,
    }
    facts |= read_json(folder / CARD)
    facts |= {"bleu": bleu, "chrf": chrf, "bleu_on": f"{CLASS_SET} ({system.decoding}, {system.how})"}
    if len(sure := found.rows[0].logprobs) >= FEWEST:  # the development set comes first
        facts["confidence"] = [round(quantiles(sure, n=10)[tenth], 2) for tenth in LEVELS]
    facts |= {"scores": scores, "signatures": list(found.signatures[CLASS_SET].values())}
    files = [path for path in sorted(folder.iterdir()) if path.is_file() and path.name != CARD and path.name[0] != "."]
    write_card(folder, facts, files)
    return {**facts, "quality": quality(bleu)}


def _write_readme(path: Path, block: str) -> None:
    hint = "copy the model's folder and evaluate the copy"
    try:
        text = path.read_text(encoding="utf-8") if path.exists() else f"# {path.parent.name}\n"
        path.write_text(placed(text, block), encoding="utf-8")
    except OSError as error:
        raise ModelError(f"cannot write {path}: {error.strerror}", hint) from error


def placed(text: str, block: str) -> str:
    """`text` with `block` between the marks; both go to the end of a text that has no marks.

    >>> placed(placed("# de-en", "old") + "Licence: MIT", "new").split("\\n")[2::2]
    ['<!-- scores: written by `summarize eval --card` -->', 'new', '<!-- end of scores -->']
    """
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        before, after = text.rstrip("\n") + "\n\n", "\n"
    return f"{before}{BEGIN}\n\n{block.strip()}\n\n{END}{after}"


def published(folder: Path) -> Published | None:
    """What `published.tsv` in a model's folder says, if there is one: "# source", "set TAB system TAB …", a line a set.

    Raises UsageError if a line has too many or too few columns.
    """
    path = folder / PUBLISHED
    if not path.is_file():
        return None
    lines = path.read_text(encoding="utf-8").splitlines()
    source = " ".join(line.lstrip("# ") for line in lines if line.startswith("#"))
    (_, *systems), *rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    for row in rows:
        if len(row) != len(systems) + 1:
            message = f"{path}: {row[0]} has {len(row) - 1} figures for {len(systems)} systems"
            raise UsageError(message, "a figure a system, parted by tabs")
    return Published(source, tuple(systems), {name: tuple(figures) for name, *figures in rows})


__all__ = ["Published", "published", "refuse", "write"]
