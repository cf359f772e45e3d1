"""Summaries that were read by a reader with a rubric: benchmarks/readings.tsv, a line for each.

Faults: A not understood alone, W says little, P who is meant is not told, D says a thing twice, M about another matter.
`how`: blind, or open where the reader knew whose it was. `digest`: of the summary as it was read.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from summarize.types import Backend

FAULTS = "AWPDM"


def read(drops: Path, contestants: dict[str, Callable[[int], Backend]]) -> dict[str, Any]:
    """How many summaries of each contestant were read and are as they should be, and how many have each fault. `stale`:
    summaries of today's contestants that are others now."""
    lines = Path(__file__).with_suffix(".tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    marks: dict[str, Counter[str]] = {}
    stale = 0
    for article, name, faults, how, digest in rows:
        marks.setdefault(name, Counter()).update([*faults, how, *["good"] * (not faults)])
        if name in contestants:
            title, _, body = (drops / "en" / f"{article}.txt").read_text(encoding="utf-8").strip().partition("\n")
            [output] = contestants[name](0).run([f"# {title}\n\n{body.strip()}"])
            stale += hashlib.sha256(output.text.encode()).hexdigest()[:12] != digest
    counts = [(name, {key: found[key] for key in (*FAULTS, "good", "open")}) for name, found in marks.items()]
    return {"articles": len({article for article, *_ in rows}), "contestants": counts, "stale": stale}
