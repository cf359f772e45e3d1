"""Part 1b, families: each kind of encoder-decoder against transformers in sorted batches, on the same weights.

No published weights are at hand, so these are the small checkpoints of the tests (their configs and tokenizers are of
the real kinds) with the width, the depth and the vocabulary of a model that people use, and random weights: everybody
writes exactly FILL tokens.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import Any

from summarize import catalog
from summarize.engines.convert import prepared
from summarize.files import new_folder

from . import texts
from .measure import Worker, interleaved, team
from .suite import Suite
from .translation import SLICE

TESTS = Path(__file__).parents[2] / "tests"
SIZES = {"16": 16, "ours": 256}  # sentences in a round: ours in slices, as a run has them
VOCABULARY = 32_000
_SEQ2SEQ = {
    **{"d_model": 512, "encoder_layers": 6, "decoder_layers": 6, "encoder_ffn_dim": 2048, "decoder_ffn_dim": 2048},
    **{"encoder_attention_heads": 8, "decoder_attention_heads": 8, "vocab_size": VOCABULARY, "init_std": 0.02},
}
_T5 = {"d_model": 512, "d_kv": 64, "d_ff": 1024, "num_layers": 8, "num_decoder_layers": 8, "num_heads": 6}
SHAPES = {
    **{"m2m_100": _SEQ2SEQ, "mbart": _SEQ2SEQ, "bart": _SEQ2SEQ, "pegasus": _SEQ2SEQ},
    "t5": {**_T5, "vocab_size": VOCABULARY, "initializer_factor": 0.1},
}
# The factory in the tests, what it is made for, and what it is like.
KINDS = {
    "nllb": ("translate", "NLLB and M2M100"),
    "mbart": ("translate", "mBART-50"),
    "madlad": ("translate", "MADLAD-400 (T5 v1.1)"),
    "bart": ("summarize", "BART"),
    "pegasus": ("summarize", "Pegasus"),
    "t5": ("summarize", "T5"),
}


def measure(suite: Suite) -> dict[str, Any]:
    return {kind: contest(suite, kind, task) for kind, (task, _) in KINDS.items()}


def made(kind: str, work: Path) -> Path:
    """The checkpoint of a kind, made once."""
    final = work / f"family-{kind}"
    if not final.is_dir():
        sys.path.insert(0, str(TESTS))
        import tiny_models

        tiny_models.SHAPES.update(SHAPES)
        with new_folder(final) as folder:
            tiny_models.FACTORIES[kind](folder)
    return final


def contest(suite: Suite, kind: str, task: str) -> dict[str, Any]:
    model = catalog.resolve(str(made(kind, suite.work)), cache=suite.cache, task=task)
    prepared(model, "int8", suite.cache)
    common = {"fill": True, "threads": suite.threads, "cache": str(suite.cache), "model": str(model.path)}
    options = {"16": ("transformers", {"batch": 16}), "ours": ("ours", {"slice": SLICE, "task": task})}
    first = texts.spread(suite.drop_sentences, 2)
    starts = {
        key: partial(Worker, name, {**common, **more}, sys.executable, first) for key, (name, more) in options.items()
    }
    with team(starts) as (workers, failed):
        samples = {key: texts.spread(suite.drop_sentences, suite.size(SIZES[key])) for key in workers}
        runs = {
            f"{key}, beam {beams}": (lambda n, w=worker, t=samples[key], b=beams: w.run(t, b))
            for beams in (4, 1)
            for key, worker in workers.items()
        }
        return {
            "rounds": interleaved(runs, suite.rounds),
            "failed": failed,
            "mb": {key: worker.mb for key, worker in workers.items()},
            "millions": sum(p.stat().st_size for p in model.path.glob("*.safetensors")) / 4e6,
        }
