"""Numbers of the history: how fast runs were, how much they could reuse, what their checks found."""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter

from . import Run, Store

RATIOS = (0.0, 0.4, 0.6, 0.8, 0.9, 1.0, 1.1, 1.2, 1.4, 1.7, 2.0, float("inf"))  # edges of the bins of length ratios
BUSY = 20  # translated sentences from which a run's speed means something
RATED = ("translated", "repaired")


def of_run(run: Run) -> dict:
    """What a run did. `speed`: sentences that a model translated, a second of the whole run; None for a run that had
    too little to do. `reused`: the share of sentences that needed no model because it had seen them before."""
    t = run.totals
    sentences = t.get("sentences", {})
    asked = sum(n for status, n in sentences.items() if status not in ("copied", "human"))
    misses, seconds = t.get("misses", 0), t.get("seconds", 0)
    return {
        "run": run.id,
        "started_at": run.started_at,
        "state": run.state,
        "articles": t.get("articles", 0),
        "unchanged": t.get("unchanged", 0),
        "failures": t.get("failures", 0),
        "sentences": dict(sentences),
        "translated_now": misses,
        "seconds": seconds,
        "speed": round(misses / seconds, 2) if misses >= BUSY and seconds else None,
        "reused": round(max(0.0, 1 - misses / asked), 4) if asked else None,
    }


def stats(store: Store, limit: int = 20) -> dict:
    """The newest `limit` runs, the oldest of them first, and what is in the articles of the newest finished one
    that has any."""
    runs = store.runs(limit)
    latest = next(iter(store.with_articles(1)), None)
    contents = _contents(store, latest) if latest else {"run": None, "flags": {}, "rungs": {}, "ratios": []}
    return {"runs": [of_run(r) for r in reversed(runs)], **contents}


def _contents(store: Store, run: Run) -> dict:
    """Flags and repairs by name, and length ratios (characters of translation a character of source) in bins."""
    flags: Counter[str] = Counter()
    rungs: Counter[str] = Counter()
    bins = [0] * (len(RATIOS) - 1)
    for item in store.items(run.id):
        body = store.result(item.result) if item.result else None
        for s in json.loads(body)["sentences"] if body else ():
            flags.update(s["flags"])
            rungs.update([s["rung"]] if s["rung"] else [])
            if s["status"] in RATED and s["source"]:
                bins[bisect_right(RATIOS, len(s["target"]) / len(s["source"])) - 1] += 1
    ratios = [
        {"from": low, "to": None if high == RATIOS[-1] else high, "sentences": n}
        for low, high, n in zip(RATIOS, RATIOS[1:], bins, strict=False)
    ]
    return {"run": run.id, "flags": dict(flags.most_common()), "rungs": dict(rungs.most_common()), "ratios": ratios}
