"""Part 3, start: how long before anything is said, and before the first translation is there."""

from __future__ import annotations

import shutil
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from summarize.articles import read
from summarize.engines.convert import companions, prepared
from summarize.job.accounting import prepare

from . import models
from .measure import HERE, interleaved, timed, told
from .suite import SHIPPED, Suite, fresh_cache

BARE_TYPER = """
import typer
app = typer.Typer(rich_markup_mode=None)
@app.command()
def run(name: str): pass
@app.command()
def show(name: str): pass
app()
"""


def measure(suite: Suite) -> dict[str, Any]:
    model = models.checkpoint(SHIPPED, suite.cache)
    converted = prepared(model, "int8", suite.cache)
    article = sorted(suite.drops.glob("*.txt"))[0]
    with suite.scratch() as folder:
        lines = folder / "lines.txt"
        sentences = [span.text for item in read([str(article)]) for *_, span in prepare(item, "de").spans]
        lines.write_text("\n".join(sentences), encoding="utf-8")
        module = [sys.executable, "-m", "summarize"]

        def run(n: int) -> dict[str, Any]:
            fresh_cache(folder / "cache", suite.cache)
            shutil.rmtree(folder / "out", ignore_errors=True)
            where = [str(article), str(folder / "cache"), str(folder / "out")]
            return told([sys.executable, str(HERE / "first.py"), str(time.time()), *where])

        def bare(n: int) -> dict[str, Any]:
            where = [str(converted), str(companions(converted) / "source.spm"), str(lines)]
            return told([sys.executable, str(HERE / "bare.py"), str(time.time()), *where])

        rounds = interleaved(
            {
                "python -c pass": lambda n: asdict(timed([sys.executable, "-c", "pass"])),
                "bare Typer, --help": lambda n: asdict(timed([sys.executable, "-c", BARE_TYPER, "--help"])),
                "summarize --version": lambda n: asdict(timed([*module, "--version"])),
                "summarize --help": lambda n: asdict(timed([*module, "--help"])),
                "summarize run --help": lambda n: asdict(timed([*module, "run", "--help"])),
                "bare CTranslate2 script, one article": bare,
                "summarize run, one article, nothing cached": run,
                "the same, unchanged": lambda n: asdict(timed(suite.summarize(folder, "run", str(article), "-q"))),
            },
            suite.rounds,
        )
        return {"rounds": rounds, "sentences": len(sentences), "first run ever": _conversion(suite, article, folder)}


def _conversion(suite: Suite, article: Path, folder: Path) -> dict[str, Any]:
    """The first run of all, which converts the model; once."""
    shutil.rmtree(folder / "cache")
    shutil.rmtree(folder / "out")
    return asdict(timed(suite.summarize(folder, "run", str(article), "-q")))
