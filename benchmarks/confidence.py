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

import sacrebleu

from summarize.config import Settings
from summarize.plan import Plan
from summarize.quality.sets import find
from summarize.store import Store
from summarize.types import Output

BAD = 0.2  # share of the sentences

PAGE = """# Confidence, measured

Written by `python benchmarks/confidence.py --mt {model} --set DIR/{set} --out docs/confidence.md`; do not edit.

Every translation carries the log-probability that the model gave it, per token. `summarize eval --card` finds on a
development set below which value a fifth of the sentences lie (low), and above which two fifths do (high); `show`, the
json and the report say which it is. It is the model's own opinion: a fluent error can be sure of itself, so it stands
beside the checks and decides nothing.

{n} sentences of {set}, translated by `{model}` with every check and repair; bad is the fifth with the lowest chrF.

| what ranks the sentences | area under the curve |
|---|---:|
| the log-probability | {alone:.3f} |
| whether the first try failed a check, or a doubt is left | {flags:.3f} |
| both: flagged ones below all others | {both:.3f} |
| the length of the source (longer is worse) | {length:.3f} |

| confidence | sentences | of them bad | mean chrF |
|---|---:|---:|---:|
{levels}
"""


def auc(ranks: Sequence[float], bad: Sequence[bool]) -> float:
    """Chance that a bad sentence has the lower rank of the two, ties by half."""
    low = sorted(rank for rank, is_bad in zip(ranks, bad, strict=True) if is_bad)
    good = [rank for rank, is_bad in zip(ranks, bad, strict=True) if not is_bad]
    won = sum((bisect_left(low, rank) + bisect_right(low, rank)) / 2 for rank in good)
    return won / (len(low) * len(good))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mt", required=True)
    parser.add_argument("--set", required=True, dest="name")
    parser.add_argument("--cache", type=Path, default=Path("cache"))
    parser.add_argument("--out", type=Path, required=True)
    asked = parser.parse_args()
    chosen = find(asked.name, "de")
    settings = Settings(mt={"de": asked.mt}, cache=str(asked.cache))
    with Store.open(asked.cache) as store:
        plan = Plan(settings, store)
        outputs: list[Output] = plan.translator("de").run(list(chosen.sources))
        levels = plan.routes["de"].card.confidence
    chrf = [sacrebleu.sentence_chrf(o.text, [r]).score for o, r in zip(outputs, chosen.references[0], strict=True)]
    edge = sorted(chrf)[int(BAD * len(chrf))]
    kept = [(o, score, s) for o, score, s in zip(outputs, chrf, chosen.sources, strict=True) if o.logprob is not None]
    bad = [score < edge for _, score, _ in kept]
    told = [o.logprob for o, _, _ in kept]
    flagged = [bool(o.flags or o.rung) for o, _, _ in kept]
    rows = []
    bounds = [("low", float("-inf"), levels[0]), ("medium", *levels), ("high", levels[1], 1.0)] if levels else []
    for name, low, high in bounds:
        some = [i for i, value in enumerate(told) if low <= value < high]
        share, mean = sum(bad[i] for i in some) / len(some), sum(kept[i][1] for i in some) / len(some)
        rows.append(f"| {name} | {len(some)} | {100 * share:.0f} % | {mean:.1f} |")
    page = PAGE.format(
        model=asked.mt, set=Path(asked.name).name, n=len(kept), levels="\n".join(rows), alone=auc(told, bad),
        flags=auc([-float(f) for f in flagged], bad),
        both=auc([t - 9 * f for t, f in zip(told, flagged, strict=True)], bad),
        length=auc([-len(s) for _, _, s in kept], bad),
    )  # fmt: skip
    print(page)
    asked.out.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main()
