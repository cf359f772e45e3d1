"""`Cached`: the store in front of a backend. A hit needs only the signature, and a signature needs no model: that is
why a second run imports no model library.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
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
    """

    def __init__(
        self,
        store: Outputs,
        inner: Backend,
        *,
        slice_size: int = 256,
        retry: bool = False,
        progress: Callable[[int], None] | None = None,
        keep: Callable[[], bool] = lambda: True,
    ):
        self.store = store
        self.inner = inner
        self.slice_size = slice_size
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
        for i in range(0, len(missing), self.slice_size):
            part = missing[i : i + self.slice_size]
            fresh = dict(zip(part, self.inner.run(part), strict=True))
            if self.keep():
                self.store.put(self.signature, fresh)
            self._retried.update(part if self.retry else ())
            outputs.update(fresh)
            self.progress(len(part))
        return [outputs[t] for t in texts]
