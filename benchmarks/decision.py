"""The decision on the default summarizer, as the rule makes it from the figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import fmean
from typing import Any

from benchmarks.measures import Row, level
from summarize.quality.summarization import difference

SUPPORT = 0.99  # share of supported sentences that every contestant needs
NO_WEIGHTS = ("lead", "TextRank", "central (no weights)")
ROUGES = ("rouge1", "rouge2", "rougeL")
MATCHED = tuple(f"{name} matched" for name in ROUGES)


def decide(tables: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """The winner on the held-out BBC articles, and the steps by which it won; `tables` by set (bbc, bbc-sample, …).

    Those with SmolLM2, which ran on the sample only, must beat the winner there.
    """
    short = {row.name for rows in tables.values() for row in rows if row.support < SUPPORT}
    fit = [row for row in tables["bbc"] if row.name not in short]
    best = max(fit, key=lambda row: fmean(row.combined(ROUGES)))
    equals = [row for row in fit if level(row.combined(ROUGES), best.combined(ROUGES))]
    light = [row for row in equals if row.name in NO_WEIGHTS] or equals
    chosen = min(light, key=lambda row: row.burden).name
    winner, challenges = chosen, []
    here = {row.name: row for row in tables["bbc-sample"]}
    for name in here.keys() - short - {row.name for row in tables["bbc"]}:
        ours, theirs = here[name].combined(ROUGES), here[winner].combined(ROUGES)
        wins = fmean(ours) > fmean(theirs) and not level(ours, theirs)
        challenges.append((name, winner, difference(ours, theirs), wins))
        winner = name if wins else winner
    others = [row for row in equals if row is not best]
    return {
        "short": sorted(short),
        "best": best.name,
        "level": sorted(row.name for row in others),
        "differences": [(r.name, *(difference(r.combined(m), best.combined(m)) for m in (ROUGES, MATCHED)))
                        for r in others],
        "burdens": [(row.name, row.burden) for row in light],
        "chosen": chosen,
        "challenges": challenges,
        "winner": winner,
    }  # fmt: skip
