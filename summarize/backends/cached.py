"""`Cached`: the store in front of a backend. A hit needs only the signature, and a signature needs no model: that is
why a second run imports no model library.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from typing import Protocol

from ..types import Backend, Outcome, Output, Signature


class Outputs(Protocol):
    """What `Cached` needs of a store."""

    def get(self, signature: Signature, texts: Collection[str]) -> dict[str, Output]: ...

    def put(self, signature: Signature, outputs: Mapping[str, Output]) -> None: ...


class Cached:
    """Hits come from the store; misses go to `inner` once each, and are stored slice by slice as they finish.

    `retry` sends stored outputs that are not plain successes to `inner` again. `hits` and `misses` count distinct
    texts; `progress(n)` is called after each slice with the number of texts that it settled.
    Nothing is stored while `keep()` is false.

    `ahead` slices are with `inner` at a time, each in a thread: while one waits for the engine the checks of the other
    are done. The store is used by the caller's thread alone, and slices are settled in order.
    """

    def __init__(
        self,
        store: Outputs,
        inner: Backend,
        *,
        slice_size: int = 256,
        ahead: int = 1,
        retry: bool = False,
        progress: Callable[[int], None] | None = None,
        keep: Callable[[], bool] = lambda: True,
    ):
        self.store = store
        self.inner = inner
        self.slice_size = slice_size
        self.ahead = ahead
        self.retry = retry
        self.progress = progress or (lambda n: None)
        self.keep = keep
        self.hits = 0
        self.misses = 0
        self._retried: set[str] = set()  # one retry a process: a text in two windows is not tried twice

    @property
    def signature(self) -> Signature:
        return self.inner.signature

    def known(self, texts: Collection[str]) -> dict[str, Output]:
        """The outputs that need no model."""
        found = self.store.get(self.signature, texts)
        if self.retry:
            found = {t: o for t, o in found.items() if o.outcome is Outcome.OK or t in self._retried}
        return found

    def run(self, texts: Sequence[str]) -> list[Output]:
        unique = dict.fromkeys(texts)
        outputs = self.known(unique)
        # Length order keeps a slice's padding small, and is the same whatever order the articles came in.
        missing = sorted((t for t in unique if t not in outputs), key=lambda t: (len(t), t))
        self.hits += len(outputs)
        self.misses += len(missing)
        if outputs:
            self.progress(len(outputs))
        parts = [missing[i : i + self.slice_size] for i in range(0, len(missing), self.slice_size)]
        with closing(self._answers(parts)) as answers:
            for part in parts:
                fresh = dict(zip(part, next(answers), strict=True))
                if self.keep():
                    self.store.put(self.signature, fresh)
                self._retried.update(part if self.retry else ())
                outputs.update(fresh)
                self.progress(len(part))
        return [outputs[t] for t in texts]

    def _answers(self, parts: list[list[str]]) -> Iterator[list[Output]]:
        if self.ahead == 1 or len(parts) < 2:
            yield from map(self.inner.run, parts)
            return
        with ThreadPoolExecutor(self.ahead) as pool:
            waiting: deque[Future[list[Output]]] = deque()
            try:
                for part in parts:
                    waiting.append(pool.submit(self.inner.run, part))
                    if len(waiting) > self.ahead:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            finally:
                for future in waiting:
                    future.cancel()
