"""Part 7, where the time goes: the stages of a cold and of a warm run, and the floor that arithmetic sets."""

from __future__ import annotations

import json
import pstats
import time
from pathlib import Path
from typing import Any

from summarize.engines.convert import companions, prepared
from summarize.engines.decoding import Decoding

from . import models, texts
from .measure import timed
from .suite import SHIPPED, Suite, fresh_cache
from .translation import SHAPED

# Stage -> the functions (file, name) whose time, callees included, it is. No stage is part of another.
STAGES = {
    "reading articles": [("articles/reading.py", "_articles"), ("articles/reading.py", "read")],
    "detecting and cutting": [("accounting.py", "prepare")],
    "text to tokens": [("backends/neural.py", "_encode")],
    "the engine (waiting for it)": [("engines/ct2.py", "nbest")],
    "tokens to text": [("backends/neural.py", "_output")],
    "checks": [("checks/__init__.py", "failed")],
    "the store: outputs": [("store.py", "get"), ("store.py", "put")],
    "the store: results and history": [("store.py", "answer"), ("store.py", "put_answer"), ("store.py", "add_items")],
    "choosing and linking a summary": [("summaries.py", "summarize")],
    "results from and to JSON": [("records.py", "decode_result"), ("records.py", "encode_result")],
    "writing files": [("render/outputs.py", "write_result"), ("api.py", "_written")],
    "hashing and signatures": [("plan.py", "fingerprint"), ("plan.py", "signatures")],
}
TARGETS = 30  # tokens of an output, for the floor
BLOCK = 64  # sentences that are scored at once to find the speed of large products


def measure(suite: Suite) -> dict[str, Any]:
    found: dict[str, Any] = {"runs": _runs(suite), "floor": {SHIPPED: _floor(suite, SHIPPED)}}
    found |= {"bandwidth": _bandwidth(), "cores": suite.threads}
    if suite.shape:
        found["floor"][SHAPED] = _floor(suite, models.shaped(suite.shape, suite.work))
    return found


def _runs(suite: Suite) -> dict[str, Any]:
    """Both runs, and both under the deterministic profiler, which makes Python code slower than it is: shares, not
    times. It sees one thread, so it is given a run with one."""
    found = {}
    with suite.scratch() as folder:
        articles = suite.size(len(list(suite.drops.glob("*.txt"))))
        drop = str(texts.grow(suite.drops, folder / "drop", articles))
        fresh_cache(folder / "cache", suite.cache)
        for name in ("cold", "warm"):
            plain = timed(suite.summarize(folder, "run", drop, "-q"))
            if name == "cold":
                fresh_cache(folder / "cache", suite.cache)
            command = suite.summarize(folder, "run", drop, "-q", "--threads", "1")
            stats = folder / f"{name}.prof"
            timed([command[0], "-m", "cProfile", "-o", str(stats), *command[1:]])
            found[name] = {"wall": plain.wall, "cpu": plain.cpu, **_stages(stats)}
    return found


def _stages(path: Path) -> dict[str, Any]:
    profile = pstats.Stats(str(path))
    rows = profile.stats  # type: ignore[attr-defined]  # (file, line, name) -> calls, primitive calls, own, with callees
    stages = {
        stage: {"seconds": sum(row[3] for row in mine), "calls": sum(row[1] for row in mine)}
        for stage, functions in STAGES.items()
        if (mine := [row for (file, _, name), row in rows.items() if _among(functions, file, name)])
    }
    own = sorted(((row[2], f"{Path(file).name}:{name}") for (file, _, name), row in rows.items()), reverse=True)[:12]
    return {"profiled": profile.total_tt, "stages": stages, "own": own}  # type: ignore[attr-defined]


def _among(functions: list[tuple[str, str]], file: str, name: str) -> bool:
    return any(file.endswith("/summarize/" + ending) and name == wanted for ending, wanted in functions)


def _bandwidth() -> float:
    """GB a second that one core reads from memory: a sum over an array far larger than the caches."""
    import numpy as np

    data = np.ones(50_000_000, dtype=np.float64)
    best = float("inf")
    for _ in range(5):
        started = time.perf_counter()
        data.sum()
        best = min(best, time.perf_counter() - started)
    return data.nbytes / best / 1e9


def _floor(suite: Suite, spec: str | Path) -> dict[str, float]:
    """Seconds a sentence if nothing but multiplications took time, at the speed that the same library reaches when it
    scores given translations: large products, no search."""
    import ctranslate2
    import sentencepiece

    model = models.checkpoint(spec, suite.cache)
    config = json.loads((model.path / "config.json").read_text(encoding="utf-8"))
    converted = prepared(model, "int8", suite.cache)
    pieces = sentencepiece.SentencePieceProcessor(model_file=str(companions(converted) / "source.spm"))
    sample = texts.spread(suite.drop_sentences, BLOCK)
    sources = [[*pieces.encode(text, out_type=str), "</s>"] for text in sample]
    targets = [(source * TARGETS)[:TARGETS] for source in sources]
    translator = ctranslate2.Translator(
        str(converted), compute_type="int8", inter_threads=suite.threads, intra_threads=1
    )
    best = float("inf")
    for _ in range(3):
        started = time.perf_counter()
        waiting = [translator.score_batch(sources[i::suite.threads], targets[i::suite.threads], asynchronous=True)
                   for i in range(suite.threads)]  # fmt: skip
        for batch in waiting:
            for one in batch:
                one.result()
        best = min(best, time.perf_counter() - started)
    length = sum(map(len, sources)) / len(sources)
    encoder, decoder, output = products(config)
    rate = len(sample) * (encoder * length + (decoder + output) * TARGETS + cross(config) * length) / best
    beams = Decoding().beams
    work = encoder * length + cross(config) * length + beams * (decoder + output) * TARGETS
    return {
        "source tokens": length,
        "target tokens": TARGETS,
        "million a sentence": work / 1e6,
        "output share": beams * output * TARGETS / work,
        "billion a second": rate / 1e9,
        "sentences a second": rate / work,
        "greedy sentences a second": rate / (work - (beams - 1) * (decoder + output) * TARGETS),
        "decoder megabytes": (decoder + output) / 1e6,
    }


def products(config: dict[str, Any]) -> tuple[int, int, int]:
    """Multiply-adds for one token: encoder, decoder (its own keys and values of the source apart), output layer."""
    d = config["d_model"]
    encoder = config["encoder_layers"] * (4 * d * d + 2 * d * config["encoder_ffn_dim"])
    decoder = config["decoder_layers"] * (6 * d * d + 2 * d * config["decoder_ffn_dim"])
    return encoder, decoder, d * config["decoder_vocab_size"]


def cross(config: dict[str, Any]) -> int:
    """Multiply-adds for one source token: the decoder's keys and values of it."""
    return config["decoder_layers"] * 2 * config["d_model"] ** 2
