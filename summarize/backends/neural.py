"""`Neural`: a checkpoint as a backend. Tokens + engine + decoding, and a prompt or prefix where the model wants one.

neural = load(checkpoint, decoding=Decoding(beams=4), cache=Path("cache"))
neural.signature                 # loads nothing
neural.run(["Guten Morgen!"])    # loads, once; [Output(text="Good morning!", …)]
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

from ..catalog.checkpoint import Checkpoint
from ..engines.choice import Place, choose
from ..engines.decoding import Decoding, Generated
from ..engines.recipe import ENGINES
from ..errors import ConfigError, TextTooLong
from ..families.tokens import Tokens
from ..glossary import Glossary
from ..types import Outcome, Output, Signature
from .asking import Asking, asked
from .model import CanaryLike, Model, prefix_of

# Raised by hand when the way from text to ids, or from ids to output, changes.
DIGITS = 2  # of a log-probability: the last ones depend on what else was in the batch
PREPOST = 1
CLUSTERED = 4  # slices of texts with a cluster at a time

_SENTENCE_END = re.compile(r"[.!?…][\"'”’»)\]]*(?=\s|$)")


class Template(Protocol):
    """What is needed of `prompts.Prompt`."""

    @property
    def digest(self) -> str: ...

    def render(self, **variables: str) -> Sequence[Mapping[str, str]]: ...


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

    asks = property(lambda self: isinstance(self._prompt, Asking), doc="Whether it is a chat model that translates.")
    searches = True  # it has more than one answer to a text

    @property
    def abreast(self) -> int:
        """From how many threads texts are to be sent to keep the engine busy."""
        place, engine = self._model.place, ENGINES[self._model.runtime.engine]
        if place.cluster:
            return CLUSTERED
        return 2 if engine.concurrent and place.threads != 1 else 1

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
        return self._but(decoding=decoding)

    def speaking(self, language: str) -> Neural:
        """The same model for texts in `language`, where it must be told: else it is as it was."""
        if isinstance(self._prompt, Asking):
            return self._but(_source=language, _variables=asked(self._variables, language))
        return self._but(_source=language) if self._model.checkpoint.family.coded else self

    def telling(self, glossary: Glossary) -> Neural | None:
        """The same model, told how the terms of a text are translated; None if its prompt has no place for them."""
        if not isinstance(self._prompt, Asking) or not self._prompt.tellable:
            return None
        return self._but(_prompt=self._prompt.telling(glossary))

    def _but(self, **changes: Any) -> Neural:
        other = copy(self)
        vars(other).update(changes)
        return other

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
        around = len(self._encode("")) if isinstance(self._prompt, Asking) and texts else 0
        caps = [min(self.decoding.cap(len(source) - around), self._tokens.limit) for source in sources]
        found = self._model.engine.nbest(sources, self.decoding, caps, n) if sources else []
        return [[self._output(hypothesis) for hypothesis in hypotheses] for hypotheses in found]

    def _encode(self, text: str) -> list[int]:
        tokens = self._tokens
        if self._prompt is not None:
            return tokens.encode_messages(self._prompt.render(**self._variables, text=text))
        return tokens.encode(self._prefix + text)

    def _output(self, generated: Generated) -> Output:
        text = self._tokens.decode(generated.ids)
        score = generated.score
        sure = round(score, DIGITS) if score is not None and math.isfinite(score) else None
        faults = ("sentinel",) if self._tokens.stray(generated.ids) else ()
        if generated.finished:
            return Output(text, faults=faults, logprob=sure)
        return cut_off(Output(text, faults=faults, logprob=sure), self._model.checkpoint.task)


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
    cluster: str = "",
    prompt: Template | None = None,
    variables: Mapping[str, str] | None = None,
    cache: Path,
    announce: Callable[[str], None] = lambda line: None,
    canary: CanaryLike | None = None,
) -> Neural:
    """A backend for a checkpoint; nothing heavy is imported or opened before its first text.

    `engine` is "ct2", "transformers" or "auto": CTranslate2 on a CPU if it has the architecture, transformers where
    there is a GPU or else. `threads` 0 takes all cores; with a `cluster` they are those of each of its workers.
    Converted weights are kept under `cache`. With a `canary` the model must prove itself when it is opened.
    """
    if cluster and device == "cuda":
        raise ConfigError("the workers of a cluster compute on processors", "leave out --device, or --cluster")
    device = "cpu" if cluster else device
    runtime, place = choose(checkpoint, engine, quantization, device), Place(device, threads, cluster)
    prefix = prefix_of(checkpoint) if prompt is None else ""
    asking = prompt if isinstance(prompt, Asking) else None
    model = Model(checkpoint, runtime, place, cache, announce, canary, asking)
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
    runtime, place = choose(checkpoint, engine, quantization, device), Place(device, threads)
    return Encoder(Model(checkpoint, runtime, place, cache, announce))


def cut_off(output: Output, task: str) -> Output:
    """What an output is worth that its cap cut off: of a summary the whole sentences, of a translation nothing."""
    faults = (*output.faults, "truncated")
    whole = whole_sentences(output.text) if task != "translate" else ""
    if not whole:
        return replace(output, outcome=Outcome.FAILED, faults=faults)
    return replace(output, text=whole, outcome=Outcome.REPAIRED, rung="trimmed", faults=faults)


def whole_sentences(text: str) -> str:
    """The text up to the end of its last whole sentence; "" if there is none.

    >>> whole_sentences("It rained 3.5 cm. The river ro")
    'It rained 3.5 cm.'
    """
    ends = [match.end() for match in _SENTENCE_END.finditer(text)]
    return text[: ends[-1]] if ends else ""
