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
import time
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

from timing.measure import ROUNDS, cores, plain_python
from timing.suite import Suite

PARTS = ("translation", "summaries", "start", "growth", "experiments", "profiles")
FIGURES = Path(__file__).with_suffix(".json")


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--drops", type=Path, help="folder of German articles")
    parser.add_argument("--eval", type=Path, help="folder of the test sets")
    parser.add_argument("--corpus", type=Path, help="folder of pairs.tar.xz, for the set of 10,000 sentences")
    parser.add_argument("--shape", type=Path, help="folder of config and vocabulary of a large model; else none")
    parser.add_argument("--cache", type=Path, default=Path("cache"), help="where converted models are kept")
    parser.add_argument("--work", type=Path, default=Path("cache/speed"), help="where the suite keeps what it makes")
    parser.add_argument("--rivals", type=Path, default=Path("cache/rivals"), help="where rivals are installed")
    parser.add_argument("--install", default="argos,txtai", help="rivals to install first; also llama (half an hour)")
    parser.add_argument("--only", default=",".join(PARTS), help="parts to measure, by comma")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--share", type=float, default=1.0, help="of the samples' sizes")
    parser.add_argument("--figures", type=Path, default=FIGURES, help="the JSON file")
    parser.add_argument("--render", action="store_true", help="only write the page")
    parser.add_argument("--out", type=Path, required=True, help="the page; its plot is put beside it")
    a = parser.parse_args()
    figures = json.loads(a.figures.read_text(encoding="utf-8")) if a.figures.is_file() else {"parts": {}}
    if not a.render:
        if missing := [f"--{name}" for name in ("drops", "eval", "corpus") if getattr(a, name) is None]:
            parser.error(f"needed to measure: {', '.join(missing)}")
        if unknown := set(a.only.split(",")) - set(PARTS):
            parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
        a.work.mkdir(parents=True, exist_ok=True)
        from timing import models

        shape = a.shape.resolve() if a.shape else None
        places = [p.resolve() for p in (a.drops, a.eval, a.corpus)]
        suite = Suite(*places, shape, *(p.resolve() for p in (a.cache, a.work, a.rivals)), a.rounds, a.share)
        os.environ |= plain_python(a.work)
        for name in filter(None, a.install.split(",")):
            models.install(name, suite.rivals)
        for name in a.only.split(","):
            figures["parts"][name] = timed_part(name, import_module(f"timing.{name}").measure, suite)
            a.figures.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    from timing import page

    page.write(figures, a.out)


def timed_part(name: str, measure: Callable[[Suite], dict], suite: Suite) -> dict[str, Any]:
    started, load = time.monotonic(), os.getloadavg()[0]
    found = measure(suite)
    seconds = time.monotonic() - started
    print(f"{name}: {seconds:.0f} s", flush=True)
    about = {"seconds": seconds, "rounds": suite.rounds, "share": suite.share, "load": load}
    return {**about, "machine": machine(), "figures": found}


if __name__ == "__main__":
    main()
