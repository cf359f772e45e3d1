"""What the model's own confidence is worth: does it tell the worse translations from the better ones?

    python benchmarks/confidence.py --mt models/de-en --set DIR/newstest2019.de-en --out docs/confidence.md

Sentences whose chrF is in the lowest fifth count as bad. The area under the curve is the chance that a bad one is
ranked below another: 0.5 is worth nothing, 1 is perfect.
"""

from __future__ import annotations

import argparse
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from benchmarks import pages
from summarize.config import Settings
from summarize.job.plan import Plan
from summarize.quality.sets import find
from summarize.store import Store

BAD = 0.2  # share of the sentences


def auc(ranks: Sequence[float], bad: Sequence[bool]) -> float:
    """Chance that a bad sentence has the lower rank of the two, ties by half."""
    low = sorted(rank for rank, is_bad in zip(ranks, bad, strict=True) if is_bad)
    good = [rank for rank, is_bad in zip(ranks, bad, strict=True) if not is_bad]
    won = sum((bisect_left(low, rank) + bisect_right(low, rank)) / 2 for rank in good)
    return won / (len(low) * len(good))


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    import sacrebleu

    chosen = find(asked.set, "de")
    with Store.open(asked.cache) as store:
        plan = Plan(Settings(mt={"de": asked.mt}, cache=str(asked.cache)), store)
        outputs = plan.translator("de").run(list(chosen.sources))
        levels = plan.routes["de"].card.confidence
    chrf = [sacrebleu.sentence_chrf(o.text, [r]).score for o, r in zip(outputs, chosen.references[0], strict=True)]
    edge = sorted(chrf)[int(BAD * len(chrf))]
    kept = [(o, score, s) for o, score, s in zip(outputs, chrf, chosen.sources, strict=True) if o.logprob is not None]
    bad = [score < edge for _, score, _ in kept]
    told = [o.logprob for o, _, _ in kept]
    flagged = [bool(o.faults or o.doubts or o.rung) for o, _, _ in kept]
    rows = []
    bounds = [("low", float("-inf"), levels[0]), ("medium", *levels), ("high", levels[1], 1.0)] if levels else []
    for name, low, high in bounds:
        some = [i for i, value in enumerate(told) if low <= value < high]
        rows.append((name, len(some), 100 * fmean(bad[i] for i in some), fmean(kept[i][1] for i in some)))
    return {
        "model": asked.mt,
        "set": Path(asked.set).name,
        "n": len(kept),
        "alone": auc(told, bad),
        "flags": auc([-float(f) for f in flagged], bad),
        "both": auc([t - 9 * f for t, f in zip(told, flagged, strict=True)], bad),
        "length": auc([-len(s) for _, _, s in kept], bad),
        "levels": rows,
    }


if __name__ == "__main__":
    own = {"mt!": {"help": "the translator"}, "set!": {"help": "a test set: two files, named without their codes"}}
    pages.command(__doc__, "confidence", measure, "cache", own)
