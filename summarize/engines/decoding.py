"""How a model is searched for its output: the settings that both engines obey, and the cap on new tokens.

>>> Decoding(ratio=2.0, extra=10).cap(7)      # ceil(2.0 * 7) + 10 = 24, rounded up to a multiple of CAP_STEP
32
>>> Decoding(max_new=60).cap(700)             # a summary: no longer than this, whatever the source
60
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from ..errors import ConfigError
from ..types import Json

# Sentences are decoded together only under an equal cap; rounding keeps the number of groups small.
CAP_STEP = 32


@dataclass(frozen=True, slots=True)
class Decoding:
    """Settings of the search. `beams=1` is greedy; a cap is in model tokens, the end token included.

    Without `max_new` the cap follows the length of the source (`ratio`, `extra`), so that a loop ends early; with it
    the cap is fixed. `min_new` is the number of tokens before which the model may not end.
    """

    beams: int = 4
    patience: float = 1.0
    length_penalty: float = 1.0
    no_repeat_ngram: int = 0
    repetition_penalty: float = 1.0
    ratio: float = 2.0
    extra: int = 16
    max_new: int | None = None
    min_new: int = 0

    def __post_init__(self) -> None:
        if self.beams < 1 or self.patience <= 0 or self.repetition_penalty <= 0:
            raise ConfigError(f"this search cannot be run: {self}", "set beams to 1 or more and the factors above 0")
        if self.max_new is not None and not 0 <= self.min_new <= self.max_new:
            raise ConfigError(
                f"at least {self.min_new} and at most {self.max_new} new tokens exclude each other",
                "set min_new to no more than max_new",
            )

    def cap(self, source_tokens: int) -> int:
        """Most new tokens for a source of that many tokens: a function of this source alone, never of its batch."""
        if self.max_new is not None:
            return self.max_new
        return math.ceil((math.ceil(self.ratio * source_tokens) + self.extra) / CAP_STEP) * CAP_STEP

    def as_json(self) -> dict[str, Json]:
        """For signatures. CAP_STEP is part of it: it changes which outputs count as cut off."""
        return {**asdict(self), "cap_step": CAP_STEP}


@dataclass(frozen=True, slots=True)
class Generated:
    """One hypothesis: token ids without start and end tokens; `finished` is False if the cap cut it off.

    `score` is the mean log-probability per token (to the power of the length penalty): comparable within one source;
    None of an engine that does not tell.
    """

    ids: list[int]
    finished: bool
    score: float | None


def strip_prefix(ids: Sequence[int], prefix: Sequence[int]) -> list[int]:
    """The ids after the tokens that the decoder was made to begin with."""
    return list(ids[len(prefix) :] if list(ids[: len(prefix)]) == list(prefix) else ids)


def grouped(keys: Sequence[int]) -> list[tuple[int, list[int]]]:
    """(key, positions) for each distinct key, largest first: long work starts first so that no core idles at the end.

    >>> grouped([32, 64, 32])
    [(64, [1]), (32, [0, 2])]
    """
    places: dict[int, list[int]] = {}
    for i, key in enumerate(keys):
        places.setdefault(key, []).append(i)
    return sorted(places.items(), reverse=True)
