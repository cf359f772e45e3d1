"""What computes in a cluster: a process, perhaps on another machine, that opens engines by their recipes."""

from __future__ import annotations

import platform
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

from ..errors import ClusterError, SummarizeError
from ..keys import fingerprint, hash_file
from ..resources import PACKAGE
from .decoding import Decoding, Generated
from .recipe import Engine, Recipe, version

Sources = Sequence[Sequence[int]]
Job = tuple[str, tuple[Any, ...]]  # a method of `Engine`, and its arguments
SAME = "install the same versions on every machine: pip install -c constraints.txt 'summarize[cluster]'"


@dataclass(frozen=True, slots=True)
class Trial:
    """A batch, and what was made of it where it was computed first. A worker that makes something else of it, for its
    processor or a library, does not do for the others: outputs would depend on who computed them."""

    sources: Sources
    decoding: Decoding
    caps: Sequence[int]
    n: int
    said: Sequence[Sequence[Sequence[int]]]  # ids of the hypotheses of each source

    def passed(self, engine: Engine) -> bool:
        return ids(engine.nbest(self.sources, self.decoding, self.caps, self.n)) == self.said


@dataclass(frozen=True, slots=True)
class Refused:
    """An error of ours, which crosses machines by its name."""

    name: str
    message: str
    hint: str


@cache
def code() -> str:
    """Fingerprint of the program's own sources: engines of another version may say other things."""
    sources = sorted(PACKAGE.rglob("*.py"))
    return fingerprint("code", {path.relative_to(PACKAGE).as_posix(): hash_file(path) for path in sources})


def ids(found: Sequence[Sequence[Generated]]) -> list[list[list[int]]]:
    return [[hypothesis.ids for hypothesis in hypotheses] for hypotheses in found]


class Worker:
    """Opens what it is asked for, once, after it has made sure that it is what the driver has."""

    def __init__(self) -> None:
        self._engines: dict[Recipe, Engine] = {}
        self._opening = Lock()

    def here(self) -> tuple[str, str]:
        """(the machine's name, `code`)"""
        return platform.node(), code()

    def work(self, recipe: Recipe, files: Mapping[str, str], trial: Trial | None, job: Job) -> Sequence[Any] | Refused:
        """What the job makes of its sources, an item for each. `files` are the hashes that those below the recipe's
        path must have."""
        try:
            method, arguments = job
            return list(getattr(self._engine(recipe, files, trial), method)(*arguments))
        except SummarizeError as error:
            return Refused(type(error).__name__, error.message, error.hint)

    def _engine(self, recipe: Recipe, files: Mapping[str, str], trial: Trial | None) -> Engine:
        with self._opening:
            if recipe not in self._engines:
                _compare(recipe, files)
                engine = recipe.open()
                if trial and not trial.passed(engine):
                    what = f"{recipe.model} says something else on {platform.node()} than where it was opened first"
                    raise ClusterError(what, f"take machines with like processors; {SAME}")
                self._engines[recipe] = engine
            return self._engines[recipe]


def _compare(recipe: Recipe, files: Mapping[str, str]) -> None:
    """Raises ClusterError where this machine would not open what the driver means."""
    here, theirs = platform.node(), recipe.runtime.version
    if (ours := version(recipe.runtime.engine, recipe.library)) != theirs:
        raise ClusterError(f"{here} computes with {ours}, and the run is made with {theirs}", SAME)
    share = "keep it where every machine sees it under one name, the same files: --cache /shared/cache"
    lacking = [name for name in files if not (recipe.path / name).is_file()]
    if lacking:
        raise ClusterError(f"{here} has no {recipe.path / lacking[0]}", share)
    other = [name for name, digest in files.items() if hash_file(recipe.path / name) != digest]
    if other:
        raise ClusterError(f"{recipe.path / other[0]} on {here} is another file than here", share)
