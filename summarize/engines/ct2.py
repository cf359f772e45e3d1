"""The engine for a CPU: CTranslate2, int8, with neither torch nor transformers in the process.

Only sources of one length and one cap are computed together. Padding changes the last bits of a sum and with them, now
and then, a word; without it an int8 output is the same to the bit alone and in any batch, and at beam 4 not slower. (In
float32 the products themselves depend on the batch's size, so that only the words are the same.)
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from ..catalog.checkpoint import Checkpoint
from ..errors import ModelCorrupt, ModelUnsupported
from . import memory
from .convert import CONVERTER
from .decoding import Decoding, Generated, grouped, strip_prefix

# Tokens, padding included, that one translator holds at a time; chosen by measurement.
BATCH_TOKENS = 2048


class Ct2Engine:
    """A converted model: "seq2seq", "causal" or "encoder".

    `path` is a folder of `convert.prepared`; `start` and `ends` are token ids (see `families.tokens.Tokens`); `threads`
    is the number of cores to use, 0 for all: one translator a core, which is faster than many cores on one translator.
    """

    converts: ClassVar[bool] = True
    on_gpu: ClassVar[bool] = False
    concurrent: ClassVar[bool] = True

    @staticmethod
    def serves(checkpoint: Checkpoint, model_type: str) -> bool:
        return model_type in checkpoint.family.convertible

    @staticmethod
    def version() -> str:
        return f"ctranslate2 {metadata.version('ctranslate2')}, converter {CONVERTER}"

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
                f"the converted model in {path} cannot be opened: {error}", "summarize models convert"
            ) from error
        self._network = network
        self._batch_tokens = batch_tokens
        if network != "encoder":
            self._vocabulary = _read_vocabulary(path)
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
        lengths = [len(source) for source in sources]
        groups = [(places, cap) for (cap, _), places in grouped(list(zip(caps, lengths, strict=True)))]
        tokens = [[self._vocabulary[i] for i in source] for source in sources]
        pending = [self._submit([tokens[i] for i in places], decoding, cap, n) for places, cap in groups]
        found: list[list[Generated]] = [[] for _ in sources]
        for (places, cap), waiting in zip(groups, pending, strict=True):
            results = self._collect(waiting, [tokens[i] for i in places], decoding, cap, n)
            for place, result in zip(places, results, strict=True):
                found[place] = self._read(result)
        return found

    def embed(self, sources: Sequence[Sequence[int]]) -> Any:
        """Mean of the last layer over the tokens, scaled to length 1: a float32 array (sources, width)."""
        import numpy as np

        rows: list[Any] = [None] * len(sources)
        for length, places in grouped([len(source) for source in sources]):
            step = max(1, BATCH_TOKENS * 4 // length)
            for batch in (places[i : i + step] for i in range(0, len(places), step)):
                means = memory.in_halves(self._means, [list(sources[i]) for i in batch])
                for place, mean in zip(batch, means, strict=True):
                    rows[place] = mean / max(float(np.linalg.norm(mean)), 1e-12)
        return np.stack(rows).astype(np.float32) if rows else np.zeros((0, 0), dtype=np.float32)

    def _means(self, sources: list[list[int]]) -> list[Any]:
        """Mean states of sources of one length."""
        import numpy as np

        return list(np.array(self._model.forward_batch(sources).last_hidden_state).mean(axis=1))

    def _submit(self, tokens: list[list[str]], decoding: Decoding, cap: int, n: int, size: int | None = None) -> Any:
        options: dict[str, Any] = {
            "beam_size": max(decoding.beams, n),
            "patience": decoding.patience,
            "num_hypotheses": n,
            "length_penalty": decoding.length_penalty,
            "repetition_penalty": decoding.repetition_penalty,
            "no_repeat_ngram_size": decoding.no_repeat_ngram,
            "max_batch_size": size or self._batch_tokens,
            "batch_type": "tokens",
            "asynchronous": True,
            "return_end_token": True,
            "return_scores": True,
            "end_token": sorted(self._ends),
        }
        if self._network == "causal":
            options |= {"max_length": cap, "min_length": decoding.min_new, "include_prompt_in_result": False}
            return self._model.generate_batch(tokens, **options)
        options |= {
            "max_input_length": 0,  # its default cuts a source at 1024 tokens without a word
            "max_decoding_length": cap,
            "min_decoding_length": decoding.min_new,
            "target_prefix": [[self._vocabulary[i] for i in self._start]] * len(tokens) if self._start else None,
        }
        return self._model.translate_batch(tokens, **options)

    def _collect(self, waiting: Any, tokens: list[list[str]], decoding: Decoding, cap: int, n: int) -> list[Any]:
        """Waits for a group; where memory ran out it is done again in smaller batches."""
        size = self._batch_tokens
        while True:
            try:
                return [result.result() for result in waiting]
            except (RuntimeError, MemoryError) as error:
                size //= 2
                if not memory.ran_out(error):
                    raise
                if size < max(map(len, tokens)):
                    raise memory.alone(max(map(len, tokens))) from error
                waiting = self._submit(tokens, decoding, cap, n, size)

    def _read(self, result: Any) -> list[Generated]:
        hypotheses = result.sequences if self._network == "causal" else result.hypotheses
        found = []
        for words, score in zip(hypotheses, result.scores, strict=True):
            ids = strip_prefix([self._ids[word] for word in words], self._start)
            finished = bool(ids) and ids[-1] in self._ends
            found.append(Generated(ids[:-1] if finished else ids, finished, score))
        return found


def _cores() -> int:
    """Cores that this process may use, which in a container are fewer than the machine has."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _threads(network: str, cores: int, device: str) -> tuple[int, int]:
    """(translators, threads of each). A causal model has few and long inputs, an encoder has one call at a time."""
    if device != "cpu":
        return 1, 1
    return (cores, 1) if network == "seq2seq" else (1, cores)


def _read_vocabulary(path: Path) -> list[str]:
    for name in ("shared_vocabulary.json", "vocabulary.json", "target_vocabulary.json"):
        if (path / name).is_file():
            return json.loads((path / name).read_text(encoding="utf-8"))
    raise ModelCorrupt(f"the converted model in {path} has no vocabulary", "summarize models convert")
