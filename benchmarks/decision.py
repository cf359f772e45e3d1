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
HEADLINE = ("covered",)


def decide(tables: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """The winner, and the steps by which it won; `tables` by set (bbc, drops, bbc-sample, drops-sample).

    Of those with enough support, the ones level with the best on the drops' headlines; of these the ones level with
    the best by ROUGE on BBC; of these one without weights, the easiest to read. Those with SmolLM2, which ran on the
    samples only, must beat the winner there by ROUGE and be level with it on the headlines.
    """
    short = {row.name for rows in tables.values() for row in rows if row.support < SUPPORT}
    telling, headlines = _level([row for row in tables["drops"] if row.name not in short], HEADLINE)
    rivals = [row for row in tables["bbc"] if row.name in {r.name for r in telling}]
    equals, rouges = _level(rivals, ROUGES)
    light = [row for row in equals if row.name in NO_WEIGHTS] or equals
    chosen = min(light, key=lambda row: row.burden).name
    winner, challenges = chosen, []
    here, there = ({row.name: row for row in tables[f"{name}-sample"]} for name in ("bbc", "drops"))
    for name in here.keys() - short - {row.name for row in tables["bbc"]}:
        ours, theirs = here[name].combined(ROUGES), here[winner].combined(ROUGES)
        told = difference(there[name].combined(HEADLINE), there[winner].combined(HEADLINE))
        wins = fmean(ours) > fmean(theirs) and not level(ours, theirs) and told[2] >= 0
        challenges.append((name, winner, difference(ours, theirs), told, wins))
        winner = name if wins else winner
    return {
        "short": sorted(short),
        "headlines": headlines,
        "telling": sorted(row.name for row in telling),
        "rouges": rouges,
        "equals": sorted(row.name for row in equals),
        "burdens": [(row.name, row.burden) for row in light],
        "chosen": chosen,
        "challenges": challenges,
        "winner": winner,
    }


def _level(rows: Sequence[Row], measures: Sequence[str]) -> tuple[list[Row], list[tuple[str, str, Any]]]:
    """Those that differ from the best by no more than chance, it included; (name, best, difference) of every other."""
    best = max(rows, key=lambda row: fmean(row.combined(measures)))
    others = [row for row in rows if row is not best]
    told = [(r.name, best.name, difference(r.combined(measures), best.combined(measures))) for r in others]
    return [best, *(r for r in others if level(r.combined(measures), best.combined(measures)))], told
