"""Part 1, translation: source sentences a second, against what others would run on the same weights."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from summarize.catalog import Checkpoint
from summarize.engines.convert import companions, prepared

from . import models, texts
from .measure import ChildFailed, Worker, interleaved
from .suite import SHIPPED, Suite, cold

SLICE = 256  # sentences sent at once; a run has two slices of 128 with the engine
SHAPED = "opus-mt-de-en shape"
# Sentences in a round: whatever is slow runs on a sample with the lengths of the whole.
SIZES = {
    SHIPPED: {"one": 8, "batch": 64, "txtai": 32, "argos": 128, "raw": 640, "ours": 640, "tune": 200},
    SHAPED: {"one": 2, "batch": 16, "txtai": 0, "argos": 12, "raw": 256, "ours": 256, "tune": 48},
}
EVERY = 2  # article of the drops, in whole runs
NAMES = {
    "one": "transformers, one sentence at a time",
    "16": "transformers, sorted batches of 16",
    "32": "transformers, sorted batches of 32",
    "argos": "Argos Translate, same weights in int8",
    "txtai": "txtai, its translation pipeline",
    "raw": "CTranslate2 by hand, best setting found",
    "ours": "summarize, the translator alone",
}
RUN, FLAT = "summarize run, files to files, checks and ladder", "the same, checks without ladder"


def grid(threads: int) -> list[tuple[int, int, int, bool]]:
    """(translators, threads of each, tokens in a batch, equal lengths only?)"""
    shapes = dict.fromkeys([(threads, 1), (1, threads)])
    return [(*shape, size, equal) for shape in shapes for size in (1024, 2048, 4096) for equal in (False, True)]


def measure(suite: Suite) -> dict[str, Any]:
    found = {SHIPPED: contest(suite, SHIPPED, models.checkpoint(SHIPPED, suite.cache))}
    if suite.shape:
        shaped = models.checkpoint(models.shaped(suite.shape, suite.work), suite.cache)
        found[SHAPED] = contest(suite, SHAPED, shaped)
    return found


def contest(suite: Suite, name: str, model: Checkpoint) -> dict[str, Any]:
    """All contestants on sentences of the drops, beam 4 and greedy; with the shipped model also whole runs and the
    large set."""
    workers, failed = enter(suite, name, model)
    sizes = {key: suite.size(n) for key, n in SIZES[name].items()}
    samples = {
        key: texts.spread(suite.drop_sentences, sizes["batch" if key in ("16", "32") else key]) for key in workers
    }
    for worker in workers.values():  # what is slow only once
        worker.run(texts.spread(suite.drop_sentences, 4))
    runs: dict[str, Callable[[int], dict]] = {
        f"{key}, beam {beams}": partial(_once, worker, samples[key], beams)
        for beams in (4, 1)
        for key, worker in workers.items()
    }
    whole = 0
    try:
        with suite.scratch() as folder:
            if name == SHIPPED:
                drop = texts.every(suite.drops, folder / "drop", EVERY)
                whole = len(texts.drop_sentences(drop))
                run, flat = suite.summarize(folder, "run", str(drop), "-q"), suite.variant(folder, drop)
                runs[RUN] = lambda n: asdict(cold(suite, run, folder))
                runs[FLAT] = lambda n: asdict(cold(suite, [*flat, "--translator", "no-ladder"], folder))
            rounds = interleaved(runs, suite.rounds)
        many = _large(suite, workers) if name == SHIPPED else {}
    finally:
        for worker in workers.values():
            worker.close()
    return {
        "rounds": rounds,
        "failed": failed,
        "many": many,
        "load": {key: worker.load for key, worker in workers.items()},
        "mb": {key: worker.mb for key, worker in workers.items()},
        "about": {key: worker.about for key, worker in workers.items()},
        "sentences": len(suite.drop_sentences),
        "whole": whole,
        "fill": name != SHIPPED,
    }


def shares(sentences: int, runs: Sequence[Mapping], limits: Sequence[Mapping]) -> list[float]:
    """Round by round: the speed of a whole run over so many sentences as a share of the limit's."""
    return [sentences / b["wall"] / (a["texts"] / a["seconds"]) for a, b in zip(limits, runs, strict=False)]


def _once(worker: Worker, sample: list[str], beams: int, n: int) -> dict:
    return worker.run(sample, beams)


def _large(suite: Suite, workers: Mapping[str, Worker]) -> dict[str, list[dict]]:
    """Ours and the limit on all of the large set: every round has another fifth of it, with like lengths."""
    parts = texts.slices(suite.many, suite.rounds)
    runs = {
        f"{key}, beam 4": (lambda n, worker=workers[key]: worker.run(parts[n], 4))
        for key in ("raw", "ours")
        if key in workers
    }
    return interleaved(runs, suite.rounds)


def enter(suite: Suite, name: str, model: Checkpoint) -> tuple[dict[str, Worker], dict[str, str]]:
    """The loaded contestants, and why others could not take part."""
    fill, threads = name == SHAPED, suite.threads
    common = {"fill": fill, "threads": threads, "cache": str(suite.cache), "model": str(model.path), "slice": SLICE}
    converted = prepared(model, "int8", suite.cache)
    tune = texts.spread(suite.drop_sentences, suite.size(SIZES[name]["tune"]))
    options: dict[str, tuple[str, dict]] = {
        "one": ("transformers", {"batch": 1}),
        "16": ("transformers", {"batch": 16}),
        "32": ("transformers", {"batch": 32}),
        "txtai": ("txtai", {}),
        "argos": ("argos", {}),
        "raw": (
            "raw",
            {
                "converted": str(converted),
                "tokenizer": str(companions(converted) / "source.spm"),
                "tune": tune,
                "grid": grid(threads),
            },
        ),
        "ours": ("ours", {"model": SHIPPED if name == SHIPPED else str(model.path)}),
    }
    workers, failed = {}, {}
    if fill:
        del options["txtai"]  # it cannot be told how long an output is to be
    for key, (contestant, more) in options.items():
        try:
            python = models.rival_python(key, suite.rivals) if key in models.RIVALS else sys.executable
            if key == "argos":
                package = models.argos_package(model, suite.cache, suite.work)
                more = {"package": str(package), "home": str(suite.work / "argos-home")}
            workers[key] = Worker(contestant, {**common, **more}, python)
        except (ChildFailed, OSError, subprocess.CalledProcessError) as error:
            failed[key] = str(error)
    return workers, failed
