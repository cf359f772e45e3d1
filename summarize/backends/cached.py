"""`Cached`: the store in front of a backend. A hit needs only the signature, and a signature needs no model: that is
why a second run imports no model library.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol

from ..errors import StoreError
from ..types import Backend, Outcome, Output, Signature


class Outputs(Protocol):
    """What `Cached` needs of a store."""

    def get(self, signature: Signature, texts: Collection[str]) -> dict[str, Output]: ...

    def put(self, signature: Signature, outputs: Mapping[str, Output]) -> None: ...


class Cached:
    """Hits come from the store; misses go to `inner` once each, and are stored slice by slice as they finish.

    `retry` sends stored outputs that are not plain successes to `inner` again. `hits` and `misses` count distinct
    texts; `progress(n)` is called after each slice with the number of texts that it settled.
    An output of which `keep` says no is given, and not stored.

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
        keep: Callable[[Output], bool] = lambda output: True,
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
        # Length order keeps a slice's padding small, and is the same whatever order the articles came in; the longest
        # come first, so that no core waits at the end for another's long batch.
        missing = sorted((t for t in unique if t not in outputs), key=lambda t: (-len(t), t))
        self.hits += len(outputs)
        self.misses += len(missing)
        if outputs:
            self.progress(len(outputs))
        parts = [missing[i : i + self.slice_size] for i in range(0, len(missing), self.slice_size)]

        def settle(part: list[str], answers: list[Output]) -> None:
            fresh = dict(zip(part, answers, strict=True))
            if kept := {text: out for text, out in fresh.items() if self.keep(out)}:
                self.store.put(self.signature, kept)
            self._retried.update(part if self.retry else ())
            outputs.update(fresh)
            self.progress(len(part))

        if self.ahead == 1 or len(parts) < 2:
            for part in parts:
                settle(part, self.inner.run(part))
        else:
            self._abreast(parts, settle)
        return [outputs[t] for t in texts]

    def _abreast(self, parts: list[list[str]], settle: Callable[[list[str], list[Output]], None]) -> None:
        pool = ThreadPoolExecutor(self.ahead)
        waiting: deque[tuple[list[str], Future[list[Output]]]] = deque()

        def settle_first() -> None:
            part, future = waiting[0]
            answers = future.result()
            waiting.popleft()
            settle(part, answers)

        try:
            for part in parts:
                waiting.append((part, pool.submit(self.inner.run, part)))
                if len(waiting) > self.ahead:
                    settle_first()
            while waiting:
                settle_first()
        except StoreError:  # nothing more can be kept
            raise
        except BaseException:  # also Ctrl-C: what the engine is at comes to its end, and is kept
            pool.shutdown(cancel_futures=True)
            for part, future in waiting:
                if not future.cancelled() and not future.exception():
                    settle(part, future.result())
            raise
        finally:
            pool.shutdown(cancel_futures=True)
