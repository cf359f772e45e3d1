"""The suite of speed: measures, keeps the figures as JSON, and writes docs/performance.md with its plot.

    python benchmarks/speed.py --drops ../shared/drops/de --eval ../shared/eval --corpus ../shared/corpus \\
        --shape ../shared/opus-mt-de-en --out docs/performance.md

Takes half an hour on two idle cores, and before that a few minutes when it is the first time: Argos Translate
and txtai are installed into --rivals (llama.cpp with `--install llama`: half an hour of compiling). `--only
start,growth` measures these parts and keeps the other figures; `--render` measures nothing and writes the page from the
figures; `--share 0.1 --rounds 1` tries the suite out.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from benchmarks import pages
from benchmarks.timing import models, view
from benchmarks.timing.measure import ROUNDS, cores, plain_python
from benchmarks.timing.suite import Suite

PARTS = ("translation", "families", "summaries", "start", "growth", "experiments", "profiles", "costs")


def machine() -> dict[str, Any]:
    processor = next(
        (line.split(":")[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line),
        platform.machine(),
    )
    names = ("ctranslate2", "transformers", "torch", "sentencepiece")
    return {
        "processor": processor,
        "cores": cores(),
        "python": platform.python_version(),
        "versions": {name: metadata.version(name) for name in names},
    }


def measure(asked: argparse.Namespace) -> dict[str, Any]:
    """The figures as they were kept, with the parts that were asked for anew."""
    figures = json.loads(asked.figures.read_text(encoding="utf-8")) if asked.figures.is_file() else {"parts": {}}
    if unknown := set(asked.only.split(",")) - set(PARTS):
        sys.exit(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    asked.work.mkdir(parents=True, exist_ok=True)
    shape = asked.shape.resolve() if asked.shape else None
    texts, places = (asked.drops, asked.eval, asked.corpus), (asked.cache, asked.work, asked.rivals)
    suite = Suite(*(p.resolve() for p in texts), shape, *(p.resolve() for p in places), asked.rounds, asked.share)
    os.environ |= plain_python(asked.work)
    for name in filter(None, asked.install.split(",")):
        models.install(name, suite.rivals)
    for name in asked.only.split(","):
        figures["parts"][name] = timed_part(name, import_module(f"benchmarks.timing.{name}").measure, suite)
        asked.figures.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return figures


def timed_part(name: str, measure: Callable[[Suite], dict], suite: Suite) -> dict[str, Any]:
    started, load = time.monotonic(), os.getloadavg()[0]
    found = measure(suite)
    seconds = time.monotonic() - started
    print(f"{name}: {seconds:.0f} s", flush=True)
    about = {"seconds": seconds, "rounds": suite.rounds, "share": suite.share, "load": load}
    return {**about, "machine": machine(), "figures": found}


if __name__ == "__main__":
    folder = lambda default, text: {"type": Path, "default": default, "help": text}
    own = {
        "corpus!": folder(None, "folder of pairs.tar.xz, for the set of 10,000 sentences"),
        "shape": folder(None, "folder of config and vocabulary of a large model; else none"),
        "work": folder(Path("cache/speed"), "where the suite keeps what it makes"),
        "rivals": folder(Path("cache/rivals"), "where rivals are installed"),
        "install": {"default": "argos,txtai", "help": "rivals to install first; also llama (half an hour)"},
        "only": {"default": ",".join(PARTS), "help": "parts to measure, by comma"},
        "rounds": {"type": int, "default": ROUNDS},
        "share": {"type": float, "default": 1.0, "help": "of the samples' sizes"},
        "figures": folder(Path(__file__).with_suffix(".json"), pages.OPTIONS["figures"]["help"]),
    }
    asked, figures = pages.command(__doc__, "performance", measure, "drops! eval! cache", own, view.view)
    if asked.out:
        view.draw(figures, asked.out.with_suffix(".svg"))
