"""The reference engine: transformers on torch, on a GPU where there is one. It reads the other engine's ids."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from functools import partial
from importlib import metadata
from pathlib import Path
from typing import Any, ClassVar

from ..catalog.checkpoint import Checkpoint
from ..errors import ConfigError, ModelCorrupt, ModelUnsupported
from . import memory
from .convert import check_loading, loading_options
from .decoding import Decoding, Generated, grouped, strip_prefix

# The number formats it has; all others run in float32.
FLOATS = ("float32", "bfloat16", "float16")

# Tokens, padding and beams included, in one batch.
BATCH_TOKENS = {"cpu": 4096, "cuda": 65536}


class TorchEngine:
    """A checkpoint as it is: "seq2seq", "causal" or "encoder".

    `path` is the checkpoint's folder with its safetensors; `precision` a float type of torch by name; `device` "auto",
    "cpu" or "cuda". Weights that are missing or do not fit raise `ModelCorrupt`.
    """

    converts: ClassVar[bool] = False
    on_gpu: ClassVar[bool] = True
    concurrent: ClassVar[bool] = False

    @staticmethod
    def serves(checkpoint: Checkpoint, model_type: str) -> bool:
        return True

    @staticmethod
    def version() -> str:
        return f"transformers {metadata.version('transformers')}, torch {metadata.version('torch')}"

    @staticmethod
    def precision(quantization: str) -> str:
        return quantization if quantization in FLOATS else "float32"

    def __init__(
        self,
        path: Path,
        network: str = "seq2seq",
        precision: str = "float32",
        device: str = "auto",
        threads: int = 0,
        start: Sequence[int] = (),
        ends: Sequence[int] = (),
        never: Sequence[int] = (),
        limit: int = 0,  # no text is padded beyond the longest
    ):
        # Threads that spin while they wait starve each other as soon as anything else runs on a core: on two cores with
        # one other busy process a run took 135 s spinning and 12 s sleeping.
        os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
        os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")  # nothing is fetched here; nor is anything to be told
        import torch

        if threads:
            torch.set_num_threads(threads)
        self._device = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        self._network = network
        model = _load(path, network)
        self._decoder_start = _forget_generation_config(model) if network != "encoder" else None
        self._model = model.to(device=self._device, dtype=getattr(torch, precision)).eval()
        self._start = list(start)
        self._ends = set(ends)
        self._never = list(never)
        config = self._model.config
        self._pad = config.pad_token_id if isinstance(config.pad_token_id, int) else next(iter(ends), 0)

    def generate(self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int]) -> list[Generated]:
        """The best hypothesis for each source, in order; `caps` are the most new tokens for each."""
        return [found[0] for found in self.nbest(sources, decoding, caps, 1)]

    def nbest(
        self, sources: Sequence[Sequence[int]], decoding: Decoding, caps: Sequence[int], n: int
    ) -> list[list[Generated]]:
        """The `n` best hypotheses for each source, best first; beams are widened to `n` where they are fewer."""
        if decoding.patience != 1.0:
            raise ConfigError("the transformers engine knows no patience but 1", "set patience to 1, or --engine ct2")
        found: list[list[Generated]] = [[] for _ in sources]
        for cap, places in grouped(caps):
            search = partial(self._search, decoding=decoding, cap=cap, n=n)
            for batch in self._batches(places, sources, max(decoding.beams, n)):
                results = memory.in_halves(search, [sources[i] for i in batch])
                for place, hypotheses in zip(batch, results, strict=True):
                    found[place] = hypotheses
        return found

    def embed(self, sources: Sequence[Sequence[int]]) -> Any:
        """Mean of the last layer over the tokens, scaled to length 1: a float32 array (sources, width)."""
        import numpy as np

        rows: list[Any] = [None] * len(sources)
        for batch in self._batches(range(len(sources)), sources, 1):
            means = memory.in_halves(self._means, [sources[i] for i in batch])
            for place, row in zip(batch, means, strict=True):
                rows[place] = row
        return np.stack(rows) if rows else np.zeros((0, 0), dtype=np.float32)

    def _means(self, sources: Sequence[Sequence[int]]) -> list[Any]:
        """Mean states of unit length."""
        import torch

        ids, mask = self._padded(sources)
        with torch.inference_mode():
            states = self._model(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        weights = mask.unsqueeze(-1).float()
        means = (states * weights).sum(1) / weights.sum(1)
        return list(torch.nn.functional.normalize(means, dim=-1).cpu().numpy())

    def _batches(self, places: Sequence[int], sources: Sequence[Sequence[int]], beams: int) -> Iterator[list[int]]:
        """Positions of similar length together, as many as the budget of tokens holds."""
        budget = BATCH_TOKENS.get(self._device, BATCH_TOKENS["cpu"])
        batch: list[int] = []
        for place in sorted(places, key=lambda i: len(sources[i])):
            if batch and len(sources[place]) * beams * (len(batch) + 1) > budget:
                yield batch
                batch = []
            batch.append(place)
        if batch:
            yield batch

    def _padded(self, sources: Sequence[Sequence[int]]) -> tuple[Any, Any]:
        """(ids, mask), padded on the left for a causal model, whose new tokens come on the right."""
        import torch

        width = max(map(len, sources))
        ids = torch.full((len(sources), width), self._pad, dtype=torch.long)
        mask = torch.zeros((len(sources), width), dtype=torch.long)
        for row, source in enumerate(sources):
            at = slice(width - len(source), width) if self._network == "causal" else slice(0, len(source))
            ids[row, at] = torch.tensor(list(source))
            mask[row, at] = 1
        return ids.to(self._device), mask.to(self._device)

    def _search(self, sources: Sequence[Sequence[int]], decoding: Decoding, cap: int, n: int) -> list[list[Generated]]:
        """One call of `generate`."""
        import torch

        ids, mask = self._padded(sources)
        skip = ids.shape[1] if self._network == "causal" else 1  # the prompt, or the decoder's start token
        with torch.inference_mode():
            found = self._model.generate(
                input_ids=ids,
                attention_mask=mask,
                generation_config=self._config(decoding, cap, n),
                logits_processor=_penalties(decoding, skip),
            )
        rows = found.sequences[:, skip:].tolist()
        scores = self._scores(found, decoding, skip)
        hypotheses = [self._read(row, score) for row, score in zip(rows, scores, strict=True)]
        return [hypotheses[i : i + n] for i in range(0, len(hypotheses), n)]

    def _scores(self, found: Any, decoding: Decoding, skip: int) -> list[float]:
        if found.get("sequences_scores") is not None:
            return found.sequences_scores.tolist()
        steps = self._model.compute_transition_scores(found.sequences, found.scores, normalize_logits=True)
        rows = found.sequences[:, skip:].tolist()
        lengths = [self._length(row) for row in rows]
        return [
            float(step[:length].sum()) / max(length, 1) ** decoding.length_penalty
            for step, length in zip(steps, lengths, strict=True)
        ]

    def _length(self, row: Sequence[int]) -> int:
        return next((i + 1 for i, token in enumerate(row) if token in self._ends), len(row))

    def _read(self, row: Sequence[int], score: float) -> Generated:
        ids = list(row[: self._length(row)])
        finished = bool(ids) and ids[-1] in self._ends
        return Generated(strip_prefix(ids[:-1] if finished else ids, self._start), finished, score)

    def _config(self, decoding: Decoding, cap: int, n: int) -> Any:
        """All of the search in one place; the checkpoint's own generation config was dropped at loading."""
        from transformers import GenerationConfig

        options: dict[str, Any] = {
            "num_beams": max(decoding.beams, n),
            "num_return_sequences": n,
            "early_stopping": max(decoding.beams, n) > 1,  # ends once all beams are full, as CTranslate2 does
            "length_penalty": decoding.length_penalty,
            "max_new_tokens": cap,
            "min_new_tokens": decoding.min_new,
            "do_sample": False,
            "renormalize_logits": True,
            "return_dict_in_generate": True,
            "output_scores": True,
            "pad_token_id": self._pad,
            "eos_token_id": sorted(self._ends),
        }
        if self._network == "seq2seq":
            options["decoder_start_token_id"] = self._decoder_start
            if self._start:
                options["forced_bos_token_id"] = self._start[0]
        if self._never:
            options["suppress_tokens"] = self._never
        return GenerationConfig(**options)


def _penalties(decoding: Decoding, skip: int) -> list[Any]:
    """Penalties on repetition within the output. The library's own count the prompt too: a summary could then not use
    three words in a row of its article."""
    from transformers import NoRepeatNGramLogitsProcessor, RepetitionPenaltyLogitsProcessor

    found: list[Any] = []
    if decoding.repetition_penalty != 1.0:
        found.append(RepetitionPenaltyLogitsProcessor(decoding.repetition_penalty))
    if decoding.no_repeat_ngram:
        found.append(NoRepeatNGramLogitsProcessor(decoding.no_repeat_ngram))
    return [lambda ids, scores, penalty=penalty: penalty(ids[:, skip:], scores) for penalty in found]


def _load(path: Path, network: str) -> Any:
    """The model in float32, all of it from the weights, or an error of ours."""
    from transformers import AutoModel, AutoModelForCausalLM, AutoModelForSeq2SeqLM
    from transformers.utils import logging

    logging.disable_progress_bar()  # ours are enough, and -q means quiet
    auto = {"seq2seq": AutoModelForSeq2SeqLM, "causal": AutoModelForCausalLM, "encoder": AutoModel}[network]
    hint = f"summarize models verify {path.name}"
    try:
        model, info = auto.from_pretrained(str(path), **loading_options())
    except (ValueError, KeyError) as error:
        raise ModelUnsupported(f"transformers cannot serve {path}: {error}", "summarize models list") from error
    except Exception as error:  # broken safetensors raise a class of their own
        if memory.ran_out(error):
            raise memory.loading(path.name) from error
        raise ModelCorrupt(f"the weights in {path} cannot be read: {error}", hint) from error
    check_loading(info, path.name)
    return model


def _forget_generation_config(model: Any) -> int | None:
    """Takes the checkpoint's own settings away, which would fill what a call leaves unset; the start token stays."""
    from transformers import GenerationConfig

    own = model.generation_config.decoder_start_token_id
    model.generation_config = GenerationConfig()
    return own if own is not None else getattr(model.config, "decoder_start_token_id", None)
