"""The engine for a CPU: CTranslate2, int8, with neither torch nor transformers in the process.

An output must not depend on what else is in its batch. Int8 products do not, but the padded length moves the last bits
of a sum and with them, now and then, a word. So every source has a padded length of its own, whatever its neighbours:
its length rounded up to a multiple of `STEP`. Sources of one padded length and one cap are computed together; where
none of them is that long, a row is added that is. (In float32 the products themselves depend on the batch's size, so
that only the words are the same.)
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from ..catalog.checkpoint import Checkpoint
from ..errors import ModelCorrupt, ModelUnsupported
from ..families.tokens import vocabulary
from . import memory
from .convert import CONVERTER
from .decoding import Decoding, Generated, strip_prefix

# Padded lengths are multiples of this: more makes fewer batches and more padding. Chosen by measurement.
STEP = 8

# Tokens times beams, padding included, that one translator holds at a time; chosen by measurement.
BATCH_TOKENS = 4096


class Ct2Engine:
    """A converted model: "seq2seq", "causal" or "encoder".

    `path` is a folder of `convert.prepared`; `start` and `ends` are token ids (see `families.tokens.Tokens`); `limit`
    is the most ids that it reads, 0 for any. `threads` is the number of cores to use, 0 for all: one translator a
    core, which is faster than many cores on one translator.
    """

    converts: ClassVar[bool] = True
    on_gpu: ClassVar[bool] = False
    concurrent: ClassVar[bool] = True

    @staticmethod
    def serves(checkpoint: Checkpoint, model_type: str) -> bool:
        return model_type in checkpoint.family.convertible

    @staticmethod
    def version() -> str:
        return f"ctranslate2 {metadata.version('ctranslate2')}, converter {CONVERTER}, step {STEP}"

    @staticmethod
    def precision(quantization: str) -> str:
        return quantization

    def __init__(
        self,
        path: Path,
        network: str = "seq2seq",
        precision: str = "int8",
        device: str = "auto",
        threads: int = 0,
        start: Sequence[int] = (),
        ends: Sequence[int] = (),
        never: Sequence[int] = (),  # the converter has left them out
        limit: int = 0,
        batch_tokens: int = BATCH_TOKENS,
    ):
        import ctranslate2

        device = "cpu" if device == "auto" else device
        workers, each = _threads(network, threads or _cores(), device)
        open_model = {
            "seq2seq": ctranslate2.Translator,
            "causal": ctranslate2.Generator,
            "encoder": ctranslate2.Encoder,
        }[network]
        try:
            self._model = open_model(
                str(path), device=device, compute_type=precision, inter_threads=workers, intra_threads=each
            )
        except ValueError as error:
            raise ModelUnsupported(str(error), "choose --quantization int8 or float32") from error
        except (RuntimeError, MemoryError) as error:
            if memory.ran_out(error):
                raise memory.loading(path.name) from error
            raise ModelCorrupt(
                f"the converted model in {path} cannot be opened: {error}", "fetch or copy the model again"
            ) from error
        self._network = network
        self._batch_tokens = batch_tokens
        self._limit = limit
        if network != "encoder":
            self._vocabulary = vocabulary(path, "target")
            self._sources = vocabulary(path, "source")
            self._ids = {token: i for i, token in enumerate(self._vocabulary)}
            self._start = list(start)
            self._ends = set(ends)

    def generate(self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int]) -> list[Generated]:
        """The best hypothesis for each source, in order; `caps` are the most new tokens for each."""
        return [found[0] for found in self.nbest(sources, decoding, caps, 1)]

    def nbest(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int], n: int
    ) -> list[list[Generated]]:
        """The `n` best hypotheses for each source, best first; beams are widened to `n` where they are fewer."""
        search = partial(self._search, decoding=decoding, n=n)
        cut = batches(sources, caps, self._batch_tokens // max(2, decoding.beams, n), self._network, self._limit)
        begun = [search([sources[i] for i in places], width=width, cap=cap) for (cap, width), places in cut]
        found: list[list[Generated]] = [[] for _ in sources]
        for ((cap, width), places), waiting in zip(cut, begun, strict=True):

            def again(rows: Sequence[Sequence[int]], width: int = width, cap: int = cap) -> list[Any]:
                return search(rows, width=width, cap=cap)()

            results = memory.in_halves(again, [sources[i] for i in places], waiting)
            for place, result in zip(places, results, strict=True):
                found[place] = self._read(result)
        return found

    def embed(self, sources: Sequence[Sequence[int]]) -> Any:
        """Mean of the last layer over the tokens, scaled to length 1: a float32 array (sources, width)."""
        import numpy as np

        rows: list[Any] = [None] * len(sources)
        cut = batches(sources, [0] * len(sources), self._batch_tokens * 2, self._network, self._limit)
        for (_, width), places in cut:
            means = memory.in_halves(partial(self._means, width=width), [sources[i] for i in places])
            for place, mean in zip(places, means, strict=True):
                rows[place] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return np.stack(rows).astype(np.float32) if rows else np.zeros((0, 0), dtype=np.float32)

    def _means(self, sources: Sequence[Sequence[int]], width: int) -> list[Any]:
        """Mean states over the tokens of each source."""
        import numpy as np

        rows = _filled([list(source) for source in sources], width, sources[0][-1])
        states = np.array(self._model.forward_batch(rows).last_hidden_state)
        return [state[: len(source)].mean(axis=0) for source, state in zip(sources, states, strict=False)]

    def _search(
        self, sources: Sequence[Sequence[int]], width: int, decoding: Decoding, cap: int, n: int
    ) -> Callable[[], list[Any]]:
        """Begins a batch; what it returns waits for the results, one for each source."""
        end = self._vocabulary[min(self._ends)]
        rows = _filled([[self._sources[i] for i in source] for source in sources], width, end)
        options: dict[str, Any] = {
            "beam_size": max(decoding.beams, n),
            "patience": decoding.patience,
            "num_hypotheses": n,
            "length_penalty": decoding.length_penalty,
            "repetition_penalty": decoding.repetition_penalty,
            "no_repeat_ngram_size": decoding.no_repeat_ngram,
            "asynchronous": True,
            "return_end_token": True,
            "return_scores": True,
            "end_token": sorted(self._ends),
        }
        if self._network == "causal":
            options |= {"max_length": cap, "min_length": decoding.min_new, "include_prompt_in_result": False}
            waiting = self._model.generate_batch(rows, **options)
        else:
            options |= {
                "max_input_length": 0,  # its default cuts a source at 1024 tokens without a word
                "max_decoding_length": cap,
                "min_decoding_length": decoding.min_new,
                "target_prefix": [[self._vocabulary[i] for i in self._start]] * len(rows) if self._start else None,
            }
            waiting = self._model.translate_batch(rows, **options)
        return lambda: [result.result() for result in waiting[: len(sources)]]

    def _read(self, result: Any) -> list[Generated]:
        hypotheses = result.sequences if self._network == "causal" else result.hypotheses
        found = []
        for words, score in zip(hypotheses, result.scores, strict=True):
            ids = strip_prefix([self._ids[word] for word in words], self._start)
            finished = bool(ids) and ids[-1] in self._ends
            found.append(Generated(ids[:-1] if finished else ids, finished, score))
        return found


def batches(
    sources: Sequence[Sequence[int]], caps: Sequence[int], tokens: int, network: str, limit: int
) -> list[tuple[tuple[int, int], list[int]]]:
    """((cap, padded length), places) for each batch of at most so many tokens, long work first so that no core idles at
    the end. Of one of these batches alone the same batch is made.

    A causal model is not padded: it reads its prompts together as far as the shortest goes and the rest token by token,
    so that only prompts of one length can share a batch.
    """
    step = 1 if network == "causal" else STEP
    groups: dict[tuple[int, int], list[int]] = {}
    for place, (source, cap) in enumerate(zip(sources, caps, strict=True)):
        width = -(-len(source) // step) * step
        groups.setdefault((cap, min(width, limit or width)), []).append(place)
    cut = []
    for key, places in sorted(groups.items(), reverse=True):
        rows = max(1, tokens // key[1])
        cut += [(key, places[i : i + rows]) for i in range(0, len(places), rows)]
    return cut


def _filled(rows: list[list[Any]], width: int, end: Any) -> list[list[Any]]:
    """The rows, one of which is as long as the batch is to be padded. One that is added holds nothing but ends: few
    models have more than a word to say to that, so that it is done before the others."""
    return rows if max(map(len, rows)) == width else [*rows, [end] * width]


def _cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _threads(network: str, cores: int, device: str) -> tuple[int, int]:
    """(translators, threads of each). A causal model has few and long inputs, an encoder has one call at a time."""
    if device != "cpu":
        return 1, 1
    return (cores, 1) if network == "seq2seq" else (1, cores)
