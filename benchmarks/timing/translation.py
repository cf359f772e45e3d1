"""Part 1, translation: source sentences a second, against what others would run on the same weights."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from functools import partial
from typing import Any

from summarize.catalog import Checkpoint
from summarize.engines.convert import companions, prepared

from . import models, texts
from .measure import Worker, interleaved, team
from .suite import SHIPPED, Suite, cold

SLICE = 256  # sentences sent at once; as in a run, two slices are with the engine at a time
SHAPED = "opus-mt-de-en shape"
WIDE = "de-en, twice as wide"
# Who takes part, and the sentences in a round: whatever is slow runs on a sample with the lengths of the whole. (txtai
# cannot be told how long an output is to be, so that untrained weights would write for ever.)
SIZES = {
    SHIPPED: {"one": 8, "batch": 64, "txtai": 32, "argos": 128, "raw": 640, "ours": 640, "tune": 200},
    SHAPED: {"one": 2, "batch": 16, "argos": 12, "raw": 256, "ours": 256, "tune": 48},
    WIDE: {"raw": 256, "ours": 256, "tune": 48},
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
    shipped = models.checkpoint(SHIPPED, suite.cache)
    found = {SHIPPED: contest(suite, SHIPPED, shipped)}
    if suite.shape:
        shaped = models.checkpoint(models.shaped(suite.shape, suite.work), suite.cache)
        found[SHAPED] = contest(suite, SHAPED, shaped)
    found[WIDE] = contest(suite, WIDE, models.checkpoint(models.widened(shipped, suite.work), suite.cache))
    return found


def contest(suite: Suite, name: str, model: Checkpoint) -> dict[str, Any]:
    """All contestants on sentences of the drops, beam 4 and greedy; whole runs with the models that can translate, and
    with the shipped one the large set."""
    with team(starts(suite, name, model)) as (workers, failed), suite.scratch() as folder:
        runs: dict[str, Callable[[int], dict]] = {}
        for beams in (4, 1):
            for key, worker in workers.items():
                size = suite.size(SIZES[name][_listed(key)])
                sample = texts.spread(suite.drop_sentences, size)
                runs[f"{key}, beam {beams}"] = partial(_once, worker, sample, beams)
        whole = 0
        if name != SHAPED:
            drop = texts.every(suite.drops, folder / "drop", EVERY)
            whole = len(texts.drop_sentences(drop))
            mt = ["--mt", f"de={SHIPPED if name == SHIPPED else model.path}"]
            run, flat = suite.summarize(folder, "run", str(drop), "-q", *mt), suite.variant(folder, drop, *mt)
            runs[RUN] = lambda n: asdict(cold(suite, run, folder))
            runs[FLAT] = lambda n: asdict(cold(suite, [*flat, "--translator", "no-ladder"], folder))
        return {
            "rounds": interleaved(runs, suite.rounds),
            "failed": failed,
            "many": _large(suite, workers) if name == SHIPPED else {},
            "load": {key: worker.load for key, worker in workers.items()},
            "mb": {key: worker.mb for key, worker in workers.items()},
            "about": {key: worker.about for key, worker in workers.items()},
            "sentences": len(suite.drop_sentences),
            "whole": whole,
            "fill": name == SHAPED,
        }


def shares(sentences: int, runs: Sequence[Mapping], limits: Sequence[Mapping]) -> list[float]:
    """Round by round: the speed of a whole run over so many sentences as a share of the limit's."""
    return [sentences / b["wall"] / (a["texts"] / a["seconds"]) for a, b in zip(limits, runs, strict=False)]


def _listed(key: str) -> str:
    """What SIZES calls a contestant."""
    return "batch" if key in ("16", "32") else key


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


def starts(suite: Suite, name: str, model: Checkpoint) -> dict[str, Callable[[], Worker]]:
    """How each contestant is started and, for what is slow only once, given a few sentences."""
    fill, converted = name == SHAPED, prepared(model, "int8", suite.cache)
    tune = texts.spread(suite.drop_sentences, suite.size(SIZES[name]["tune"]))
    spm = str(companions(converted) / "source.spm")
    by_hand = {"converted": str(converted), "tokenizer": spm, "tune": tune, "grid": grid(suite.threads)}
    options: dict[str, tuple[str, dict]] = {
        "one": ("transformers", {"batch": 1}),
        "16": ("transformers", {"batch": 16}),
        "32": ("transformers", {"batch": 32}),
        "txtai": ("txtai", {}),
        "argos": ("argos", {"home": str(suite.work / "argos-home")}),
        "raw": ("raw", by_hand),
        "ours": ("ours", {"model": SHIPPED if name == SHIPPED else str(model.path)}),
    }
    common = {
        "fill": fill,
        "threads": suite.threads,
        "cache": str(suite.cache),
        "model": str(model.path),
        "slice": SLICE,
    }

    def start(key: str, contestant: str, more: dict) -> Worker:
        python = models.rival_python(key, suite.rivals) if key in models.RIVALS else sys.executable
        if key == "argos":
            more = {**more, "package": str(models.argos_package(model, suite.cache, suite.work))}
        return Worker(contestant, {**common, **more}, python, first=texts.spread(suite.drop_sentences, 4))

    return {key: partial(start, key, *how) for key, how in options.items() if _listed(key) in SIZES[name]}
