"""What one store bears, and what a day of many articles would take: docs/scale.md.

    python benchmarks/scale.py --work DIR --outputs 5000000 --figures FILE --out docs/scale.md

A store is filled with outputs as a run would keep them, sentences as long as those of the news, in slices of 256. On
the way and at its end known and unknown texts are looked up, a slice at a time and at random; then the whole is
verified, and half of it is pruned. The cores and costs of a day are worked out from that, from the figures of
docs/performance.md and from those that the options below state.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from benchmarks import pages
from summarize.store import Store, upkeep
from summarize.types import Output, Signature

SLICE = 256
OLD, NEW = (Signature({"task": "translate", "model": name}) for name in ("last year's", "this year's"))
WORDS = 18.0  # of a German sentence of the news, mean
SENTENCES = 15.9  # of an article: 1,941 in 122 of the drops
# sentences a second and core, beam 4, from docs/performance.md: two cores, halved
MODELS = (("a draft, 12 million weights (v6)", 186.5 / 2), ("opus-mt, 74 million weights", 27.4 / 2))
RUN = 0.7  # of the engine's speed that a whole run keeps: docs/performance.md
DAYS = (1_000_000, 100_000_000)
REUSE = 0.2  # of a day's sentences that the store knows: wire copy, updates; an assumption, `summarize stats` has yours
PRICE = 0.04  # of a core for an hour, in dollars: an assumption, of what clouds take for one with 2 to 4 GB
# sentences a second that a driver is through with, all but the engine: of 915 in 7.9 s on 1.69 cores what is left when
# the engine's 172.6 a second on two are taken off (docs/performance.md, whole runs); without the ladder it is 1,190
DRIVER = 330
BUSY = 0.5  # share of a day in which news comes as fast as its machines can do


def texts(chance: random.Random, count: int) -> Iterator[str]:
    """As many different texts of the length of sentences."""
    syllables = ("die", "ver", "stadt", "ung", "ge", "mit", "re", "gier", "bau", "en", "lich", "auf", "tag", "wahl")
    words = ["".join(chance.choices(syllables, k=chance.randint(1, 3))) for _ in range(5000)]
    for n in range(count):
        yield f"{' '.join(chance.choices(words, k=round(chance.gauss(WORDS, 5)) % 60))} {n}."


def said(text: str) -> Output:
    return Output(text[::-1], logprob=-0.31)


def fill(store: Store, count: int) -> Iterator[dict[str, Any]]:
    """Fills the store, half of it under each signature; ten times on the way: what a slice costs there."""
    chance, made, began, kept = random.Random(1), 0, time.monotonic(), []
    for signature, part in ((OLD, count // 2), (NEW, count - count // 2)):
        pile: dict[str, Output] = {}
        for text in texts(chance, part):
            pile[text] = said(text)
            if chance.random() < 5000 / count and signature is NEW:
                kept.append(text)
            if len(pile) == SLICE:
                store.put(signature, pile)
                made, pile = made + SLICE, {}
                if made % (count // 10) < SLICE:
                    wrote = time.monotonic() - began
                    yield {"outputs": made, "put": wrote, **looked_up(store, chance, kept)}
                    began = time.monotonic()
        store.put(signature, pile)
        made += len(pile)


def looked_up(store: Store, chance: random.Random, kept: list[str]) -> dict[str, Any]:
    """Milliseconds of a slice of which all, and none, is there."""
    found: dict[str, Any] = {"hits": None, "misses": None}
    for name, pool in (("hits", kept), ("misses", [f"{n} ist nicht da." for n in range(2000)])):
        times = []
        for _ in range(9 if len(pool) >= SLICE else 0):
            asked = chance.sample(pool, SLICE)
            began = time.perf_counter()
            answers = store.get(NEW, asked)
            times.append(1000 * (time.perf_counter() - began))
            assert len(answers) == (SLICE if name == "hits" else 0)
        found[name] = sorted(times)[len(times) // 2] if times else None
    return found


def timed(work: Any) -> float:
    began = time.monotonic()
    work()
    return time.monotonic() - began


def size(folder: Path) -> float:
    """In GB."""
    return sum(path.stat().st_size for path in folder.glob("store.db*")) / 1e9


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    with Store.open(asked.work) as store:
        rows = []
        for row in fill(store, asked.outputs):
            print(row, file=sys.stderr, flush=True)
            rows.append(row)
    full = size(asked.work)
    with Store.open(asked.work) as store:
        verify = timed(lambda: upkeep.verify(store))
        time.sleep(1)
        store.touch([NEW])
        gone: dict[str, int] = {}
        prune = timed(lambda: gone.update(upkeep.prune(store, older_than=0.5, keep_runs=1)))
    left = size(asked.work)
    return {
        "rows": rows,
        "outputs": asked.outputs,
        "size": full,
        "verify": verify,
        "prune": prune,
        "pruned": gone["outputs"],
        "left": left,
    }


def day(articles: int, model: str, speed: float, price: float, reuse: float, size: float) -> dict[str, Any]:
    """What a day takes: of its sentences the share `reuse` is known; `size` is bytes of an output kept."""
    new = articles * SENTENCES * (1 - reuse)
    cores = new / 86400 / (speed * RUN) / BUSY
    return {
        "articles": articles,
        "model": model,
        "sentences": new,
        "cores": math.ceil(cores),
        "drivers": math.ceil(new / 86400 / BUSY / DRIVER),
        "store": new * size / 1e9,
        "cost": new / (speed * RUN) / 3600 * price,
    }


def view(figures: pages.Figures) -> dict[str, Any]:
    size = 1e9 * figures["size"] / figures["outputs"]
    days = [day(n, *model, PRICE, REUSE, size) for n in DAYS for model in MODELS]
    return {
        **figures,
        "days": days,
        "each": size,
        "reuse": REUSE,
        "price": PRICE,
        "busy": BUSY,
        "driver": DRIVER,
        "feeds": DRIVER / (MODELS[1][1] * RUN),
    }


if __name__ == "__main__":
    own = {
        "work": {"type": Path, "help": "an empty folder with room for the store"},
        "outputs": {"type": int, "default": 5_000_000, "help": "that the store is filled with"},
    }
    own["work!"] = own.pop("work")
    pages.command(__doc__, "scale", measure, "", own, view)
