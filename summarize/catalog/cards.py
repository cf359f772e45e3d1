"""Cards: what is known of a model's quality, licence and origin.

A model of this project carries `card.json`; a model of the hub a `README.md` with front matter and a table of scores.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .. import frontmatter
from ..files import read_json, write_json
from ..keys import hash_file
from ..types import Json

CARD = "card.json"
# Under 25 a model gets the topic and not the facts. The weakest published system that is known to be of use for news
# has 25.3 on newstest2014 (NLLB-200 distilled, see models/de-en/README.md).
DRAFT_BELOW, GOOD_FROM = 25.0, 30.0

# Scores on news-like text only: Tatoeba's short sentences score twenty points higher and say nothing of news.
NEWS = re.compile(r"news|flores", re.IGNORECASE)
NUMBER = re.compile(r"\d+(\.\d+)?")
TABLE_ROW = re.compile(r"^\|\s*([^|]+?)\s*\|\s*(\d+(?:\.\d+)?)\s*\|", re.MULTILINE)


@dataclass(frozen=True)
class Card:
    """What a reader should know of a model. `quality` is draft, fair, good or unrated; `bleu` is 0 to 100."""

    quality: str = "unrated"
    bleu: float | None = None
    licence: str = ""
    origin: str = ""
    revision: str = ""
    notes: str = ""
    prompt: str = ""  # with which it translates, if it is a chat model
    confidence: tuple[float, ...] = ()  # log-probabilities: a fifth of the development set is under, two fifths from on


def quality(bleu: float | None) -> str:
    """Class of a BLEU score on news-like text.

    >>> quality(3.0), quality(25.0), quality(30.0), quality(None)
    ('draft', 'fair', 'good', 'unrated')
    """
    if bleu is None:
        return "unrated"
    return "draft" if bleu < DRAFT_BELOW else "fair" if bleu < GOOD_FROM else "good"


def read_card(folder: Path, *, origin: str = "", revision: str = "") -> Card:
    """The card of a checkpoint folder: card.json, else what README.md says, else unrated."""
    facts = read_json(folder / CARD) or _from_readme(folder / "README.md")
    bleu = facts.get("bleu")
    bleu = float(bleu) if isinstance(bleu, int | float) and not isinstance(bleu, bool) else None
    return Card(
        quality=quality(bleu),
        bleu=bleu,
        licence=str(facts.get("licence", "")),
        origin=str(facts.get("origin") or origin),
        revision=str(facts.get("revision") or revision),
        notes=str(facts.get("notes", "")),
        prompt=str(facts.get("prompt", "")),
        confidence=tuple(map(float, facts.get("confidence", ()))),
    )


def write_card(folder: Path, facts: Mapping[str, Json], files: list[Path]) -> None:
    """Write card.json: `facts` (id, task, source, target, bleu, licence, …) and the SHA-256 of `files`, for verify."""
    write_json(folder / CARD, {**facts, "files": {path.name: hash_file(path) for path in files}})


def _from_readme(path: Path) -> dict[str, Json]:
    try:
        text = path.read_text("utf-8", errors="replace")
    except OSError:
        return {}
    front, _ = frontmatter.split(text)
    scores = _model_index(front.get("model-index")) or _table(text)
    facts: dict[str, Json] = {"licence": str(front.get("license", ""))}
    if scores:
        facts["bleu"] = statistics.median(scores)
        facts["notes"] = f"BLEU: median of {len(scores)} news and FLORES scores in the model's README"
    return facts


def _model_index(index: object) -> list[float]:
    """BLEU scores of `model-index`, by news-like data set, as the hub describes it."""
    scores = []
    for model in _listed(index):
        for result in _listed(model.get("results")):
            dataset = result.get("dataset")
            name = " ".join(str(dataset.get(k, "")) for k in ("name", "type")) if isinstance(dataset, dict) else ""
            for metric in _listed(result.get("metrics")):
                value = str(metric.get("value"))
                if str(metric.get("type")).lower() == "bleu" and NEWS.search(name) and NUMBER.fullmatch(value):
                    scores.append(float(value))
    return scores


def _listed(value: object) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _table(text: str) -> list[float]:
    """BLEU scores of the table that opus-mt READMEs end with: `| newstest2014-deen.de.en | 34.0 | 0.597 |`."""
    head = re.search(r"^\|\s*testset\s*\|\s*BLEU\s*\|", text, re.MULTILINE | re.IGNORECASE)
    rows = TABLE_ROW.findall(text[head.end() :]) if head else []
    return [float(score) for name, score in rows if NEWS.search(name)]
