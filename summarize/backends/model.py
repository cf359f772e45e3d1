"""`Model`: the loaded parts of one checkpoint, which a canary must find sound before anything is made with it."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from ..catalog.checkpoint import Checkpoint
from ..engines import convert
from ..engines.choice import Place, open_engine
from ..engines.recipe import ENGINES, Engine, Runtime
from ..errors import CanaryFailed, ModelCorrupt, ModelError
from ..families.tokens import Tokens
from .asking import Asking


class CanaryLike(Protocol):
    """What is needed of `canary.Canary`: `failed` are the errors of models that did not live, by id."""

    failed: dict[str, ModelError]

    def check(
        self,
        checkpoint: Checkpoint,
        runtime: Runtime,
        folder: Path,
        tokens: Tokens,
        engine: Engine,
        encode: Callable[[str, str], list[int]],
        question: str,
    ) -> None: ...


class _once(cached_property):
    """A cached property that is made once, however many threads want it first."""

    def __get__(self, instance: Any, owner: Any = None) -> Any:
        if instance is None:
            return self
        with instance.opening:
            return super().__get__(instance, owner)


class Model:
    """The loaded parts of one checkpoint, made at first use and shared by all variants of a `Neural`."""

    def __init__(
        self,
        checkpoint: Checkpoint,
        runtime: Runtime,
        place: Place,
        cache: Path,
        announce: Callable[[str], None],
        canary: CanaryLike | None = None,
        asking: Asking | None = None,
    ):
        """`asking`: how the sentences of the canary are put, if not behind the prefix of the family."""
        self.opening = RLock()
        self.checkpoint = checkpoint
        self.runtime = runtime
        self.place = place
        self._cache = cache
        self._announce = announce
        self._canary = canary
        self._asking = asking
        self._tokens: dict[str, Tokens] = {}

    @_once
    def folder(self) -> Path:
        converts = ENGINES[self.runtime.engine].converts
        quantization = self.runtime.quantization if converts else "tokenizer"
        return convert.prepared(self.checkpoint, quantization, self._cache, self._announce)

    @_once
    def tokens(self) -> Tokens:
        return self.tokens_of(next(iter(self.checkpoint.source), ""))

    def tokens_of(self, language: str) -> Tokens:
        """The tokenizer for texts in `language`."""
        language = language if self.checkpoint.family.coded else ""
        with self.opening:
            if language not in self._tokens:
                folder, target = convert.companions(self.folder), self.checkpoint.target
                self._tokens[language] = self.checkpoint.family.open_tokens(folder, language, target)
            return self._tokens[language]

    @_once
    def engine(self) -> Engine:
        """The open engine. Raises CanaryFailed where a canary was given and does not live, ModelError where it could
        not be asked."""
        if self._canary is None:
            return self._open()
        if known := self._canary.failed.get(self.checkpoint.id):
            raise known
        engine = self._open()
        try:
            question = self._asking.digest if self._asking else ""
            how = (self.tokens, engine, self.encode, question)
            self._canary.check(self.checkpoint, self.runtime, self.folder, *how)
        except CanaryFailed:
            if self.folder != self.checkpoint.path:  # it may be the conversion that is bad: the next run makes it anew
                convert.discard(self.folder)
                del self.folder
            raise
        return engine

    def encode(self, text: str, language: str) -> list[int]:
        """A sentence of the canary as the model is sent it."""
        if not self._asking:
            tokens = self.tokens_of(language) if language else self.tokens
            return tokens.encode(prefix_of(self.checkpoint) + text)
        return self.tokens.encode_messages(self._asking.render(text, **self._asking.variables(language)))

    def _open(self) -> Engine:
        """Converted weights that cannot be opened are damaged: they are made again, once."""
        how = self.runtime, self.place, self.checkpoint
        try:
            return open_engine(*how, self.folder, self.tokens, self._announce)
        except ModelCorrupt:
            if self.folder == self.checkpoint.path:
                raise
            convert.discard(self.folder)
            del self.folder
            return open_engine(*how, self.folder, self.tokens, self._announce)


def prefix_of(checkpoint: Checkpoint) -> str:
    """What the model wants to read before each text."""
    source = next(iter(checkpoint.source), "de")
    return checkpoint.family.prefix(checkpoint.path, checkpoint.task, source, checkpoint.target)
