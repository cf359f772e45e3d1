"""Part 2, summaries by a language model: SmolLM2 on the same prompts, made to write the same number of tokens.

The contestants hold other precisions of the weights: int8 (ours), float32 (transformers), the published 4 bits
(llama.cpp). All are greedy.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

from summarize import articles, catalog, prompts
from summarize.types import Article

from . import models
from .measure import Worker, interleaved, team
from .suite import Suite

MODEL = "smollm2"
NEW = 60  # tokens that each summary has
WORDS = 180  # of an article
ARTICLES = 8
NAMES = {
    "transformers": "transformers float32, one article at a time",
    "llama": "llama.cpp 4-bit, one article at a time",
    "one": "summarize int8, one article at a time",
    "batch": f"summarize int8, {ARTICLES} articles together",
}
# Articles in a round; what is slow gets fewer.
SIZES = {"transformers": 1, "llama": 2, "one": 2, "batch": ARTICLES}


def english(drops: Path) -> list[str]:
    """The first articles of the drop in the other language that lies beside the given one, cut to WORDS."""
    found = [a for a in articles.read([str(drops.parent / "en")]) if isinstance(a, Article)]
    whole = [" ".join(" ".join(a.paragraphs).split()[:WORDS]) for a in found]
    return [text for text in whole if len(text.split()) == WORDS]


def measure(suite: Suite) -> dict[str, Any]:
    texts = english(suite.drops)
    model = catalog.resolve(MODEL, cache=suite.cache, task="summarize")
    system = prompts.load("short", prompts.folders("")).render(text="")[0]["content"]
    common = {"cache": str(suite.cache), "new": NEW, "threads": suite.threads, "system": system}
    here = {**common, "model": MODEL, "engine": "ct2"}
    starts = {
        "transformers": partial(Worker, "writer-transformers", {**common, "model": str(model.path)}, sys.executable),
        "llama": lambda first: _llama(suite, common, first),
        "one": partial(Worker, "writer", {**here, "batch": 1}, sys.executable),
        "batch": partial(Worker, "writer", {**here, "batch": ARTICLES}, sys.executable),
    }
    with team({key: partial(start, first=texts[:1]) for key, start in starts.items()}) as (workers, failed):
        runs = {
            key: (lambda n, worker=worker, size=SIZES[key]: worker.run((texts[n:] + texts)[:size]))
            for key, worker in workers.items()
        }
        return {
            "rounds": interleaved(runs, suite.rounds),
            "failed": failed,
            "load": {key: worker.load for key, worker in workers.items()},
            "mb": {key: worker.mb for key, worker in workers.items()},
            "new": NEW,
            "words": WORDS,
        }


def _llama(suite: Suite, common: dict[str, Any], first: list[str]) -> Worker:
    python = models.rival_python("llama", suite.rivals)
    return Worker("writer-llama", {**common, "gguf": str(models.published_gguf(suite.work))}, python, first)
