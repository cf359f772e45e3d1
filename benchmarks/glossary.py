"""How well a glossary is honoured, and what that costs: terms of the news, against human translations.

    python benchmarks/glossary.py --eval DIR --terms benchmarks/glossary.tsv --out docs/glossary.md

The folder holds flores-dev.{de,en} and newstest2019.de-en.{de,en}. Takes five minutes.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.ladder import chrf
from summarize import checks, glossary
from summarize.backends.glossed import Terms
from summarize.config import Settings
from summarize.glossary import Glossary
from summarize.job.plan import Plan
from summarize.store import Store
from summarize.types import Outcome, Output

SETS = ("flores-dev", "newstest2019.de-en")
SHOWN = 12  # terms whose forms are listed

Pairs = Sequence[tuple[str, str]]


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    terms = Glossary(glossary.load([str(asked.terms)]), "de")
    pairs = [pair for name in SETS for pair in pages.pairs(asked.eval, name) if terms.matches(pair[0])]
    before, after = translated([source for source, _ in pairs], asked.terms, asked.cache)
    return {"sentences": len(pairs), **found(terms, pairs), **honoured(terms, pairs, before, after)}


def found(terms: Glossary, pairs: Pairs) -> dict[str, Any]:
    """Which forms the rules find; that a term is wrongly found must be seen by reading."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for source, _ in pairs:
        for m in terms.matches(source):
            forms[m.term.source][source[m.start : m.end]] += 1
    inflected = sorted(forms.items(), key=lambda f: (-len(f[1]), f[0]))[:SHOWN]
    return {
        "found": sum(c.total() for c in forms.values()),
        "inflected": sum(n for term, counts in forms.items() for form, n in counts.items() if form != term),
        "forms": [(term, counts.most_common()) for term, counts in inflected],
    }


def translated(sources: list[str], file: Path, cache: Path) -> tuple[list[Output], list[Output]]:
    """By the shipped model without the glossary of this file, and with it."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        (folder / "models").symlink_to((cache / "models").resolve(), target_is_directory=True)
        with Store.open(folder) as store:
            translator = Plan(Settings(cache=str(folder), glossary=(str(file),)), store).translator("de")
            assert isinstance(translator, Terms)
            return translator.plain.run(sources), translator.run(sources)


def honoured(terms: Glossary, pairs: Pairs, before: list[Output], after: list[Output]) -> dict[str, Any]:
    missing = lambda outputs: [terms.missing(source, o.text) for (source, _), o in zip(pairs, outputs, strict=True)]
    doubts = lambda outs: sum(len(checks.failed(s, o.text, "de")) for (s, _), o in zip(pairs, outs, strict=True))
    score = lambda outputs, places: chrf([outputs[i].text for i in places], [pairs[i][1] for i in places])
    lacking, kept, human = missing(before), missing(after), [terms.missing(*pair) for pair in pairs]
    count = sum(len(terms.matches(source)) for source, _ in pairs)
    met = lambda lacks: count - sum(map(len, lacks))
    every = range(len(pairs))
    by_rung: dict[str, list[int]] = defaultdict(list)
    for i, output in enumerate(after):
        if lacking[i]:
            by_rung["the doubt kept" if kept[i] else output.rung or "none"].append(i)
    rungs = []
    for name, places in sorted(by_rung.items(), key=lambda r: -len(r[1])):
        groups = [[i for i in places if bool(human[i]) is apart] for apart in (False, True)]
        rungs.append((name, [(len(g), *(score(o, g) if g else None for o in (before, after))) for g in groups]))
    return {
        "before": {"met": met(lacking), "chrf": score(before, every), "doubts": doubts(before)},
        "after": {"met": met(kept), "chrf": score(after, every), "doubts": doubts(after)},
        "human": met(human),
        "kept": sum("glossary" in o.doubts for o in after),
        "failed": sum(o.outcome is Outcome.FAILED for o in after),
        "rungs": rungs,
    }


if __name__ == "__main__":
    own = {"terms!": {"type": Path, "help": "the glossary, a table"}}
    pages.command(__doc__, "glossary", measure, "eval! cache", own)
