"""`Neural`: a checkpoint as a backend. Tokens + engine + decoding, and a prompt or prefix where the model wants one.

neural = load(checkpoint, decoding=Decoding(beams=4), cache=Path("cache"))
neural.signature                 # loads nothing
neural.run(["Guten Morgen!"])    # loads, once; [Output(text="Good morning!", …)]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from threading import RLock
from typing import Any, Protocol

from ..catalog.checkpoint import Checkpoint
from ..engines import choice as engines
from ..engines import convert
from ..engines.decoding import Decoding, Generated
from ..errors import CanaryFailed, ModelCorrupt, ModelError, TextTooLong
from ..families.tokens import Tokens
from ..types import Outcome, Output, Signature

# Raised by hand when the way from text to ids, or from ids to output, changes.
DIGITS = 2  # of a log-probability: the last ones depend on what else was in the batch
PREPOST = 1

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)")


class Template(Protocol):
    """What is needed of `prompts.Prompt`."""

    @property
    def digest(self) -> str: ...

    def render(self, **variables: str) -> Sequence[Mapping[str, str]]: ...


class Canary(Protocol):
    """What is needed of `canary.Canary`: `failed` are the errors of models that did not live, by id."""

    failed: dict[str, ModelError]

    def check(
        self,
        checkpoint: Checkpoint,
        runtime: engines.Runtime,
        folder: Path,
        tokens: Tokens,
        engine: engines.Engine,
        prefix: str,
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
        runtime: engines.Runtime,
        place: engines.Place,
        cache: Path,
        announce: Callable[[str], None],
        canary: Canary | None = None,
    ):
        self.opening = RLock()
        self.checkpoint = checkpoint
        self.runtime = runtime
        self.place = place
        self._cache = cache
        self._announce = announce
        self._canary = canary
        self._tokens: dict[str, Tokens] = {}

    @_once
    def folder(self) -> Path:
        converts = engines.ENGINES[self.runtime.engine].converts
        quantization = self.runtime.quantization if converts else "tokenizer"
        return convert.prepared(self.checkpoint, quantization, self._cache, self._announce)

    @_once
    def tokens(self) -> Tokens:
        return self.tokens_of(next(iter(self.checkpoint.source), ""))

    def tokens_of(self, language: str) -> Tokens:
        """The tokenizer for texts in `language`."""
        with self.opening:
            if language not in self._tokens:
                folder, target = convert.companions(self.folder), self.checkpoint.target
                self._tokens[language] = self.checkpoint.family.open_tokens(folder, language, target)
            return self._tokens[language]

    @_once
    def engine(self) -> engines.Engine:
        """The open engine. Raises CanaryFailed where a canary was given and does not live, ModelError where it could
        not be asked."""
        if self._canary is None:
            return self._open()
        if known := self._canary.failed.get(self.checkpoint.id):
            raise known
        engine = self._open()
        try:
            prefix = prefix_of(self.checkpoint)
            self._canary.check(self.checkpoint, self.runtime, self.folder, self.tokens, engine, prefix)
        except CanaryFailed:
            if self.folder != self.checkpoint.path:  # it may be the conversion that is bad: the next run makes it anew
                convert.discard(self.folder)
                del self.folder
            raise
        return engine

    def _open(self) -> engines.Engine:
        """Converted weights that cannot be opened are damaged: they are made again, once."""
        try:
            return engines.open_engine(self.runtime, self.place, self.checkpoint, self.folder, self.tokens)
        except ModelCorrupt:
            if self.folder == self.checkpoint.path:
                raise
            convert.discard(self.folder)
            del self.folder
            return engines.open_engine(self.runtime, self.place, self.checkpoint, self.folder, self.tokens)


class Neural:
    """One model under one decoding. `run`, `count` and `fits` load it at first use; `signature` never does."""

    def __init__(
        self,
        model: Model,
        decoding: Decoding,
        prompt: Template | None = None,
        variables: Mapping[str, str] | None = None,
        prefix: str = "",
        source: str = "",
    ):
        self.decoding = decoding
        self._source = source
        self._model = model
        self._prompt = prompt
        self._variables = dict(variables or {})
        self._prefix = prefix

    @property
    def signature(self) -> Signature:
        checkpoint = self._model.checkpoint
        return Signature(
            {
                "task": checkpoint.task,
                "source": [self._source] if self._source else list(checkpoint.source),
                "target": checkpoint.target,
                "model": checkpoint.id,
                "weights": checkpoint.weights,
                "tokenizer": checkpoint.tokenizer,
                "decoding": self.decoding.as_json(),
                "prompt": self._prompt.digest if self._prompt else None,
                "variables": self._variables,
                "prefix": self._prefix,
                **self._model.runtime.as_json(),
                "prepost": PREPOST,
            }
        )

    @property
    def concurrent(self) -> bool:
        """Whether texts sent from two threads keep the engine busier than from one."""
        return engines.ENGINES[self._model.runtime.engine].concurrent and self._model.place.threads != 1

    @property
    def limit(self) -> int:
        """Most tokens of one encoded text, prompt and specials included."""
        positions = self._tokens.limit
        if self._model.checkpoint.family.network != "causal":
            return positions
        # a causal model writes where it reads: both must find room
        return max((n for n in range(positions) if n + self.decoding.cap(n) <= positions), default=0)

    def count(self, text: str) -> int:
        """Tokens that the model would read for this text, prompt and specials included."""
        return len(self._encode(text))

    def fits(self, text: str) -> bool:
        return self.count(text) <= self.limit

    def variant(self, decoding: Decoding) -> Neural:
        """The same model, loaded no second time, under another decoding."""
        return Neural(self._model, decoding, self._prompt, self._variables, self._prefix, self._source)

    def speaking(self, language: str) -> Neural:
        """The same model for texts in `language`, where it must be told: else it is as it was."""
        if not self._model.checkpoint.family.coded:
            return self
        return Neural(self._model, self.decoding, self._prompt, self._variables, self._prefix, language)

    @property
    def _tokens(self) -> Tokens:
        return self._model.tokens_of(self._source) if self._source else self._model.tokens

    def run(self, texts: Sequence[str]) -> list[Output]:
        """One output per text, in order. Raises `TextTooLong` before any work if one does not fit."""
        return [found[0] for found in self.alternatives(texts, 1)]

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]:
        """The `n` best outputs for each text, best first (fewer than `n` never)."""
        sources = [self._encode(text) for text in texts]
        limit = self.limit if texts else 0
        longest = max(map(len, sources), default=0)
        if longest > limit:
            raise TextTooLong(longest, limit)
        caps = [min(self.decoding.cap(len(source)), self._tokens.limit) for source in sources]
        found = self._model.engine.nbest(sources, self.decoding, caps, n) if sources else []
        return [[self._output(hypothesis) for hypothesis in hypotheses] for hypotheses in found]

    def _encode(self, text: str) -> list[int]:
        tokens = self._tokens
        if self._prompt is not None:
            return tokens.encode_messages(self._prompt.render(**{**self._variables, "text": text}))
        return tokens.encode(self._prefix + text)

    def _output(self, generated: Generated) -> Output:
        text = self._tokens.decode(generated.ids)
        sure = round(generated.score, DIGITS) if math.isfinite(generated.score) else None
        flags = ["sentinel"] if self._tokens.stray(generated.ids) else []
        if generated.finished:
            return Output(text, flags=tuple(flags), logprob=sure)
        flags.append("truncated")
        whole = whole_sentences(text) if self._model.checkpoint.task != "translate" else ""
        if not whole:
            return Output(text, Outcome.FAILED, flags=tuple(flags), logprob=sure)
        return Output(whole, Outcome.REPAIRED, rung="trimmed", flags=tuple(flags), logprob=sure)


class Encoder:
    """A sentence encoder: texts to unit vectors, so that a dot product is the cosine. Loads at first use."""

    def __init__(self, model: Model):
        self._model = model

    @property
    def signature(self) -> Signature:
        checkpoint = self._model.checkpoint
        return Signature(
            {
                "task": "embed",
                "model": checkpoint.id,
                "weights": checkpoint.weights,
                "tokenizer": checkpoint.tokenizer,
                **self._model.runtime.as_json(),
                "prepost": PREPOST,
            }
        )

    def embed(self, texts: Sequence[str]) -> Any:
        """A float32 array (len(texts), width). A text longer than the model reads is the mean of its windows."""
        import numpy as np

        windows = [self._windows(self._model.tokens.encode(text)) for text in texts]
        vectors = self._model.engine.embed([window for parts in windows for window in parts])
        rows, at = [], 0
        for parts in windows:
            mean = np.average(vectors[at : at + len(parts)], axis=0, weights=[len(part) for part in parts])
            rows.append(mean / max(float(np.linalg.norm(mean)), 1e-12))
            at += len(parts)
        return np.stack(rows).astype(np.float32) if rows else vectors

    def _windows(self, ids: list[int]) -> list[list[int]]:
        """The ids in runs that the model can read, each between the first and the last special."""
        room = self._model.tokens.limit - 2
        body = ids[1:-1]
        return [[ids[0], *body[i : i + room], ids[-1]] for i in range(0, max(len(body), 1), room)]


def load(
    checkpoint: Checkpoint,
    *,
    engine: str = "auto",
    quantization: str = "int8",
    decoding: Decoding | None = None,
    threads: int = 0,
    device: str = "auto",
    prompt: Template | None = None,
    variables: Mapping[str, str] | None = None,
    cache: Path,
    announce: Callable[[str], None] = lambda line: None,
    canary: Canary | None = None,
) -> Neural:
    """A backend for a checkpoint; nothing heavy is imported or opened before its first text.

    `engine` is "ct2", "transformers" or "auto": CTranslate2 on a CPU if it has the architecture, transformers where
    there is a GPU or else. `threads` 0 takes all cores. Converted weights are kept under `cache`. With a
    `canary` the model must prove itself when it is opened.
    """
    runtime, place = engines.choose(checkpoint, engine, quantization, device), engines.Place(device, threads)
    prefix = prefix_of(checkpoint) if prompt is None else ""
    model = Model(checkpoint, runtime, place, cache, announce, canary)
    return Neural(model, decoding or Decoding(), prompt, variables, prefix)


def load_encoder(
    checkpoint: Checkpoint,
    *,
    engine: str = "auto",
    quantization: str = "int8",
    threads: int = 0,
    device: str = "auto",
    cache: Path,
    announce: Callable[[str], None] = lambda line: None,
) -> Encoder:
    """A sentence encoder for a checkpoint of family "encoder"; arguments as for `load`."""
    runtime, place = engines.choose(checkpoint, engine, quantization, device), engines.Place(device, threads)
    return Encoder(Model(checkpoint, runtime, place, cache, announce))


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; "" if there is none.

    >>> whole_sentences("It rained 3.5 cm. The river ro")
    'It rained 3.5 cm.'
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""


def prefix_of(checkpoint: Checkpoint) -> str:
    """What the model wants to read before each text."""
    source = next(iter(checkpoint.source), "de")
    return checkpoint.family.prefix(checkpoint.path, checkpoint.task, source, checkpoint.target)
