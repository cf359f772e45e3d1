"""Part 7, what was tried: each a variant of one thing with all else equal, kept or rejected by its figures."""

from __future__ import annotations

import shutil
import sys
from collections import Counter
from functools import partial
from pathlib import Path
from typing import Any

from summarize import articles, catalog
from summarize.backends import neural
from summarize.backends.fitted import Fitted
from summarize.engines.convert import companions, prepared
from summarize.engines.decoding import Decoding
from summarize.files import new_folder
from summarize.job.accounting import prepare
from summarize.types import Article

from . import models, texts
from .measure import Worker, interleaved, team
from .suite import SHIPPED, Suite
from .translation import SHAPED, SLICE

PRECISIONS = ("int8", "int8_bfloat16", "float32")
SENTENCES = {SHIPPED: 320, SHAPED: 24}
SLICES = (64, 256, 1024)
SHORT_LIST = 4_000  # of a vocabulary's most frequent pieces
QUALITY = ("flores-dev", 300)  # set, sentences of it


def measure(suite: Suite) -> dict[str, Any]:
    found: dict[str, Any] = {"repeated": _repeated(suite), "search": _search(suite)}
    found[SHIPPED] = _variants(suite, SHIPPED, SHIPPED)
    if suite.shape:
        found[SHAPED] = _variants(suite, SHAPED, models.shaped(suite.shape, suite.work))
    return found


def _variants(suite: Suite, name: str, spec: str | Path) -> dict[str, Any]:
    """Precision of the weights, sentences sent at once, a short-list: sentences a second, in turn."""
    model = models.checkpoint(spec, suite.cache)
    common = {"fill": name != SHIPPED, "threads": suite.threads, "cache": str(suite.cache), "model": str(spec)}
    entering: dict[str, tuple[str, dict[str, Any]]] = {
        f"weights {p}": ("ours", {**common, "slice": SLICE, "quantization": p}) for p in PRECISIONS
    }
    for size in SLICES:
        entering[f"{size} sentences sent at once"] = ("ours", {**common, "slice": size})
    short = _short_listed(model, suite)
    raw = {"tokenizer": str(companions(prepared(model, "int8", suite.cache)) / "source.spm")}
    for label, folder, more in (
        ("by hand, whole vocabulary", prepared(model, "int8", suite.cache), {}),
        (f"by hand, short-list of {SHORT_LIST:,} pieces", short, {"vmap": True}),
    ):
        entering[label] = ("raw", {**common, **raw, "converted": str(folder), **more})
    sample = texts.spread(suite.drop_sentences, suite.size(SENTENCES[name]))
    starts = {label: partial(Worker, *how, sys.executable, first=sample[:4]) for label, how in entering.items()}
    with team(starts) as (workers, failed):
        runs = {label: (lambda n, worker=worker: worker.run(sample)) for label, worker in workers.items()}
        rounds = interleaved(runs, suite.rounds)
        return {"rounds": rounds, "failed": failed, "mb": {label: w.mb for label, w in workers.items()}}


def _short_listed(model: catalog.Checkpoint, suite: Suite) -> Path:
    """The converted model with a map that allows the most frequent pieces for every source: the least that a
    short-list could cost, and so the most that one could gain."""
    converted = prepared(model, "int8", suite.cache)
    final = suite.work / f"short-{converted.name}"  # which names the weights, too
    if not final.is_dir():
        with new_folder(final) as folder:
            for path in converted.iterdir():
                if path.is_file():
                    shutil.copyfile(path, folder / path.name)
            ids = neural.load(model, cache=suite.cache)._model.tokens._ids
            pieces = sorted(ids, key=ids.__getitem__)[:SHORT_LIST]
            allowed = " ".join(piece for piece in pieces if piece.strip())
            (folder / "vmap.txt").write_text(f"\t{allowed}\n", encoding="utf-8")
    return final


def _search(suite: Suite) -> dict[str, dict[str, float | str]]:
    """Greedy against beams: quality on a development set."""
    import sacrebleu

    name, size = QUALITY
    pairs = list(zip(*(texts.lines(suite.evaluation / f"{name}.{code}") for code in ("de", "en")), strict=True))
    pairs = pairs[: suite.size(size)]
    found = {}
    model = neural.load(models.checkpoint(SHIPPED, suite.cache), cache=suite.cache)
    for beams in (1, 2, 4):
        outputs = [o.text for o in Fitted(model.variant(Decoding(beams=beams))).run([source for source, _ in pairs])]
        references = [[reference for _, reference in pairs]]
        chrf, bleu = sacrebleu.CHRF(), sacrebleu.BLEU()
        found[str(beams)] = {
            "chrf": chrf.corpus_score(outputs, references).score,
            "bleu": bleu.corpus_score(outputs, references).score,
            "signatures": f"{chrf.get_signature()} · {bleu.get_signature()}",
            "sentences": len(outputs),
        }
    return found


def _repeated(suite: Suite) -> dict[str, int]:
    """How many sentences of the drops stand in them more than once: what translating each once saves."""
    drafts = [prepare(a, "de") for a in articles.read([str(suite.drops)]) if isinstance(a, Article)]
    counts = Counter(s.text for d in drafts for _, code, s in d.spans if d.needs_model(code, s.text))
    return {"all": sum(counts.values()), "distinct": len(counts)}
