"""Part 2, summaries by a language model: SmolLM2 on the same prompts, made to write the same number of tokens.

The contestants hold other precisions of the weights: int8 (ours), float32 (transformers), the published 4 bits
(llama.cpp). All are greedy.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

from summarize import articles, catalog, prompts
from summarize.types import Article

from . import models
from .measure import ChildFailed, Worker, interleaved
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
    entering = {
        "transformers": ("writer-transformers", {**common, "model": str(model.path)}, None),
        "llama": ("writer-llama", common, "llama"),
        "one": ("writer", {**here, "batch": 1}, None),
        "batch": ("writer", {**here, "batch": ARTICLES}, None),
    }
    workers, failed = {}, {}
    try:
        for key, (contestant, options, rival) in entering.items():
            try:
                python = models.rival_python(rival, suite.rivals) if rival else sys.executable
                if rival:
                    options = {**options, "gguf": str(models.published_gguf(suite.work))}
                workers[key] = Worker(contestant, options, python)
                workers[key].run(texts[:1])
            except (ChildFailed, OSError, subprocess.CalledProcessError) as error:
                failed[key] = str(error)
        rounds = interleaved(
            {
                key: (lambda n, worker=worker, size=SIZES[key]: worker.run((texts[n:] + texts)[:size]))
                for key, worker in workers.items()
                if key not in failed
            },
            suite.rounds,
        )
    finally:
        for worker in workers.values():
            worker.close()
    return {
        "rounds": rounds,
        "failed": failed,
        "load": {key: worker.load for key, worker in workers.items()},
        "mb": {key: worker.mb for key, worker in workers.items()},
        "new": NEW,
        "words": WORDS,
    }
