"""Translators on parallel test sets: what they say, how good it is, how fast it came and what it took."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from .. import catalog, text
from ..backends.cached import Cached
from ..backends.fitted import Fitted
from ..backends.opening import Opening
from ..catalog import Checkpoint
from ..config import Settings
from ..engines import choice as engines
from ..errors import NoModelForLanguage, UsageError
from ..job.plan import Plan
from ..languages.detection import name
from ..store import Store
from ..types import Backend, Json, Outcome, Output
from . import peak, scores
from .scores import Score
from .sets import ParallelSet

SLICE = 256  # sentences sent at once, shortest first: as a run sends them
OnProgress = Callable[[str, int, int], None]  # what is done, sentences done, sentences in all


@dataclass(frozen=True)
class System:
    """One model under one decoding. `settings.beams` is its beam size; `language` what it translates from."""

    name: str
    checkpoint: Checkpoint
    language: str
    settings: Settings

    @property
    def decoding(self) -> str:
        """
        >>> System("", None, "de", Settings(beams=4)).decoding, System("", None, "de", Settings(beams=1)).decoding
        ('beam 4', 'greedy')
        """
        return "greedy" if self.settings.beams == 1 else f"beam {self.settings.beams}"

    @property
    def how(self) -> str:
        """Engine and number format, as they are after "auto" is settled."""
        s = self.settings
        runtime = engines.choose(self.checkpoint, s.engine, s.quantization, s.device)
        return f"{runtime.engine} {runtime.quantization}"


@dataclass(frozen=True)
class TranslationScores:
    """One system on one set. `outputs`: one line a sentence, in the set's order.

    `seconds` and `peak` are None when the store was in between: then nothing can be said of speed and peak.
    `cached`: outputs that came from it. `fates`: sentences that were copied, flagged, repaired, failed, or kept with a
    doubt. `peak`: most bytes of main memory that the process held, libraries and model included.
    """

    system: System
    set: str
    outputs: tuple[str, ...]
    seconds: float | None
    peak: int | None
    fates: Mapping[str, int]
    cached: int
    scored: Mapping[str, Score]
    logprobs: tuple[float, ...] = ()  # of the outputs whose model told

    @property
    def speed(self) -> float | None:
        """Sentences a second."""
        return len(self.outputs) / self.seconds if self.seconds else None

    @property
    def words(self) -> float | None:
        """Words of the output (between white space) a second: sentences differ in length, this less."""
        return sum(len(line.split()) for line in self.outputs) / self.seconds if self.seconds else None


@dataclass(frozen=True)
class Evaluation:
    """Rows by set, then by system, in the order they were asked for; the signatures of each set's scores.

    `load` is how many processes wanted a core when the measuring began: from about half of the cores on, speeds are
    those of a busy machine.
    """

    rows: tuple[TranslationScores, ...]
    signatures: Mapping[str, Mapping[str, str]]  # set -> metric -> signature
    bootstrap: Mapping[str, Mapping[str, str]]
    checks: bool
    load: float

    @property
    def busy(self) -> bool:
        return self.load > (os.cpu_count() or 1) / 2


def systems(specs: Sequence[str], beams: Sequence[int], settings: Settings) -> list[System]:
    """Every model (none: the one that a run would take) under every beam size, all for one source language.

    That is `settings.language`, else what the models say. Raises ModelError for a model that is not there, UsageError
    when it cannot be told what to translate from.
    """
    specs = specs or [_routed(settings)]
    find = Opening(settings, lambda line: None, None).find
    found = {spec: find(spec, "translate") for spec in dict.fromkeys(specs)}
    names = _names(list(found))
    made = []
    for spec, checkpoint in found.items():
        language = settings.language or (checkpoint.source[0] if len(checkpoint.source) == 1 else "")
        if not language:
            named = ", ".join(checkpoint.source) or "none"
            raise UsageError(f"{spec} does not say which one language it reads (it names: {named})", "--lang de")
        if checkpoint.source and language not in checkpoint.source:
            raise NoModelForLanguage(f"{spec} reads {', '.join(checkpoint.source)}, not {language}", "another --lang")
        for n in dict.fromkeys(beams):
            mt = MappingProxyType({language: spec})
            own = replace(settings, mt=mt, beams=n)
            made.append(System(names[spec], checkpoint, language, own))
    if len({s.language for s in made}) > 1:
        raise UsageError("the models read different languages, but a test set has one", "evaluate one language a time")
    return made


def _routed(settings: Settings) -> str:
    code = settings.language or "de"
    found = catalog.routes(settings.mt, Path(settings.cache), settings.target).get(code)
    if found is None or found.into != settings.target:
        raise NoModelForLanguage(f"no model translates {code} to {name(settings.target)}", "name one: --mt MODEL")
    return found.spec


def evaluate(
    made: Sequence[System],
    sets: Sequence[ParallelSet],
    store: Store,
    *,
    checks: bool = False,
    reuse: bool = False,
    progress: OnProgress = lambda what, done, total: None,
    announce: Callable[[str], None] = lambda message: None,
) -> Evaluation:
    """Every system on every set.

    Without `checks` a sentence goes straight to the model, which is what others publish scores of; with them it takes
    the way of a run, through checks and repairs, and what fails is scored as the marked source that a reader would
    see. `reuse` takes outputs from the store and puts new ones there.
    """
    scores.require("sacrebleu")
    if len(set(names := [s.name for s in sets])) < len(names):
        raise UsageError(f"two test sets have one name: {', '.join(names)}", "rename the files of one of them")
    load = os.getloadavg()[0]
    measured: dict[tuple[str, int], TranslationScores] = {}
    for i, system in enumerate(made):
        backend = _backend(system, store, checks=checks, reuse=reuse, announce=announce)
        for chosen in sets:
            measured[chosen.name, i] = _measure(system, backend, chosen, progress)
        del backend  # its model leaves the memory before the next one comes
    rows: list[TranslationScores] = []
    signatures, bootstrap = {}, {}
    for chosen in sets:
        candidates = [measured[chosen.name, i] for i in range(len(made))]
        outputs = {f"{i}": row.outputs for i, row in enumerate(candidates)}
        found = scores.score(outputs, chosen.references)
        rows += [replace(row, scored=found.by_system[f"{i}"]) for i, row in enumerate(candidates)]
        signatures[chosen.name], bootstrap[chosen.name] = found.signatures, found.bootstrap
    return Evaluation(tuple(rows), signatures, bootstrap, checks, load)


def _backend(system: System, store: Store, *, checks: bool, reuse: bool, announce: Callable[[str], None]) -> Backend:
    s = system.settings
    if checks:
        guarded = Plan(s, store, announce=announce).translator(system.language)
        return guarded if reuse else guarded.inner
    opening = Opening(s, announce, None)
    bare = Fitted(opening.translator(system.checkpoint).speaking(system.language))
    return Cached(store, bare) if reuse else bare


def _measure(system: System, backend: Backend, chosen: ParallelSet, progress: OnProgress) -> TranslationScores:
    what = f"{chosen.name}, {system.name} {system.decoding}"
    # What has no letters is copied, as in a run: models answer it with inventions.
    sent = [i for i, source in enumerate(chosen.sources) if text.has_letters(source)]
    sent.sort(key=lambda i: (len(chosen.sources[i]), i))
    outputs = [Output(source) for source in chosen.sources]
    hits = getattr(backend, "hits", 0)
    peak.forget_peak()
    if not isinstance(backend, Cached):
        backend.run([chosen.sources[i] for i in sent[:1]])  # loads the model; loading is not translating
    started = time.perf_counter()
    for at in range(0, len(sent), SLICE):
        part = sent[at : at + SLICE]
        for i, output in zip(part, backend.run([chosen.sources[i] for i in part]), strict=True):
            outputs[i] = output
        progress(what, at + len(part), len(sent))
    seconds = time.perf_counter() - started
    cached = getattr(backend, "hits", 0) - hits
    counted = {"copied": len(outputs) - len(sent), **fates(outputs)}
    lines = tuple(" ".join(output.text.split("\n")) for output in outputs)
    took = (None, None) if isinstance(backend, Cached) else (seconds, peak.peak())
    logprobs = tuple(output.logprob for output in outputs if output.logprob is not None)
    return TranslationScores(system, chosen.name, lines, *took, counted, cached, {}, logprobs)


def fates(outputs: Iterable[Output]) -> dict[str, int]:
    """How many outputs had a flag at the first try, and what became of those.

    >>> fates([Output("a"), Output("b", rung="n-best", outcome=Outcome.REPAIRED, faults=("loop",), doubts=("names",))])
    {'flagged': 1, 'repaired': 1, 'failed': 0, 'doubtful': 1}
    """
    counts: Counter[str] = Counter()
    for output in outputs:
        counts["flagged"] += bool(output.faults or output.doubts or output.rung or output.outcome is not Outcome.OK)
        counts["repaired"] += output.outcome is Outcome.REPAIRED
        counts["failed"] += output.outcome is Outcome.FAILED
        counts["doubtful"] += bool(output.doubts)
    return {name: counts[name] for name in ("flagged", "repaired", "failed", "doubtful")}


def as_json(found: Evaluation) -> Json:
    """All figures; the outputs themselves are for `--save`."""
    return {
        "checks": found.checks,
        "load": round(found.load, 2),
        "rows": [_row_json(row) for row in found.rows],
        "signatures": found.signatures,
        "bootstrap": found.bootstrap,
    }


def _row_json(row: TranslationScores) -> Json:
    rounded = lambda value, digits: None if value is None else round(value, digits)
    return {
        "set": row.set,
        "model": row.system.name,
        "weights": row.system.checkpoint.weights,
        "language": row.system.language,
        "beams": row.system.settings.beams,
        "engine": row.system.how,
        "sentences": len(row.outputs),
        **{
            metric: {
                "score": round(score.value, 2),
                "mean": round(score.mean, 2),
                "ci95": round(score.spread, 2),
                "p": rounded(score.p, 4),
            }
            for metric, score in row.scored.items()
        },
        "seconds": rounded(row.seconds, 3),
        "sentences_per_second": rounded(row.speed, 1),
        "words_per_second": rounded(row.words, 1),
        "peak_bytes": row.peak,
        "from_cache": row.cached,
        **row.fates,
    }


def _names(specs: Sequence[str]) -> dict[str, str]:
    """Short names for the tables: the last part of a folder, unless two models share it."""
    short = {spec: Path(spec).name if Path(spec).is_dir() else spec for spec in specs}
    return {spec: name if list(short.values()).count(name) == 1 else spec for spec, name in short.items()}


__all__ = ["Evaluation", "System", "TranslationScores", "as_json", "evaluate", "fates", "systems"]
