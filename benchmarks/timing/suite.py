"""What every part of the suite is given: where the texts are, where to work, and how to run the program."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from . import texts
from .measure import HERE, ROUNDS, Usage, cores, timed

SHIPPED = "de-en"


@dataclass(frozen=True)
class Suite:
    """`work` keeps what is made once (models, packages); `rivals` their environments; `share` below 1 shrinks the
    samples, for trying the suite out."""

    drops: Path
    evaluation: Path
    corpus: Path
    shape: Path | None
    cache: Path
    work: Path
    rivals: Path
    rounds: int = ROUNDS
    share: float = 1.0

    @cached_property
    def threads(self) -> int:
        return cores()

    @cached_property
    def drop_sentences(self) -> list[str]:
        return texts.drop_sentences(self.drops)

    @cached_property
    def many(self) -> list[str]:
        return texts.many_sentences(self.evaluation, self.corpus, self.size(texts.SENTENCES))

    def size(self, full: int) -> int:
        return max(2, round(full * self.share))

    @contextmanager
    def scratch(self) -> Iterator[Path]:
        """A folder with a cold cache in it that knows what is made once (converted models), and nothing else."""
        with tempfile.TemporaryDirectory(prefix="speed-") as name:
            folder = Path(name)
            fresh_cache(folder / "cache", self.cache)
            yield folder

    def summarize(self, folder: Path, *arguments: str) -> list[str]:
        """The command line of the program, with its cache and its output below `folder`."""
        where = ["--cache", str(folder / "cache"), "--out", str(folder / "out")]
        return [sys.executable, "-m", "summarize", *arguments, *where]

    def variant(self, folder: Path, drop: Path, *options: str) -> list[str]:
        """The same run through the Python API, with another translator (see variant.py)."""
        script = [sys.executable, str(HERE / "variant.py"), str(drop), str(folder / "cache"), str(folder / "out")]
        return [*script, "--eval", str(self.evaluation), *options]


def fresh_cache(folder: Path, cache: Path) -> Path:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    for made_once in ("models", "language"):
        (cache / made_once).mkdir(exist_ok=True)
        (folder / made_once).symlink_to((cache / made_once).absolute(), target_is_directory=True)
    return folder


def cold(suite: Suite, command: Sequence[str], folder: Path) -> Usage:
    """One measured run that begins with nothing cached and nothing written."""
    fresh_cache(folder / "cache", suite.cache)
    shutil.rmtree(folder / "out", ignore_errors=True)
    os.sync()  # what was deleted and copied is not the next run's business
    return timed(command)
