"""An engine that is a cluster: each batch is computed by one of its workers, who has the model open.

The batches are those that CTranslate2 makes of the same sources here, so that what comes back is the same to the last
digit. Everything around an engine, its canary too, is as it is without a cluster.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any, ClassVar

from ..keys import hash_file
from . import convert
from .ct2 import BATCH_TOKENS, batches
from .decoding import Decoding, Generated
from .pool import Pool
from .recipe import Recipe
from .worker import Sources, Trial, ids


class Spread:
    """The engine of a recipe, opened by the workers of a pool at their first batch."""

    converts: ClassVar[bool] = True
    on_gpu: ClassVar[bool] = False
    concurrent: ClassVar[bool] = True

    def __init__(self, recipe: Recipe, pool: Pool):
        self._recipe = recipe
        self._pool = pool
        self._first = Lock()
        self._trial: Trial | None = None
        self._files = convert.made(recipe.path).get("files") or {
            path.relative_to(recipe.path).as_posix(): hash_file(path)
            for path in sorted(recipe.path.rglob("*"))
            if path.is_file()
        }

    def generate(self, sources: Sources, decoding: Decoding, caps: Sequence[int]) -> list[Generated]:
        return [found[0] for found in self.nbest(sources, decoding, caps, 1)]

    def nbest(self, sources: Sources, decoding: Decoding, caps: Sequence[int], n: int) -> list[list[Generated]]:
        """As an engine. The very first batch is computed before any other, and is the trial of every worker that comes
        later. Raises ClusterError where no worker is left or one is not what this machine is."""
        tokens = BATCH_TOKENS // max(2, decoding.beams, n)
        cut = [places for _, places in batches(sources, caps, tokens, self._recipe.network, self._recipe.limit)]
        jobs = [([sources[i] for i in places], decoding, [caps[i] for i in places], n) for places in cut]
        answers: list[Sequence[Any]] = []
        with self._first:
            if jobs and not self._trial:
                answers = self._done("nbest", jobs[:1])
                self._trial = Trial(*jobs[0], said=ids(answers[0]))
        return _placed(cut, [*answers, *self._done("nbest", jobs[len(answers) :])])

    def embed(self, sources: Sources) -> Any:
        import numpy as np

        cut = [places for _, places in batches(sources, [0] * len(sources), BATCH_TOKENS * 2, "encoder", 0)]
        rows = _placed(cut, self._done("embed", [([sources[i] for i in places],) for places in cut]))
        return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)

    def _done(self, method: str, jobs: Sequence[tuple]) -> list[Sequence[Any]]:
        return self._pool.done([(self._recipe, self._files, self._trial, (method, job)) for job in jobs])


def _placed(cut: Sequence[Sequence[int]], answers: Sequence[Sequence[Any]]) -> list[Any]:
    """What was made of each source, in their order."""
    found = {i: one for places, answer in zip(cut, answers, strict=True) for i, one in zip(places, answer, strict=True)}
    return [found[i] for i in range(len(found))]
