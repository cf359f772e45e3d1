"""Settings + store -> what a run is made of: a translator for each language, one summarizer, and their signatures.

Nothing is loaded here. Signatures need the hashes of weights, which are remembered by file; the models themselves load
at the first miss.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

from . import catalog, chunk, glossary, keys, prompts
from .backends import neural
from .backends.cached import Cached
from .backends.canary import Canary
from .backends.fitted import Fitted
from .backends.glossed import WIDER, Terms, honouring
from .backends.guard import Guarded
from .backends.judge import Judge
from .backends.rungs import Around, NBest, Recased, Rung, Spare
from .catalog import Checkpoint
from .config import Settings
from .engines.decoding import Decoding
from .errors import ConfigError, ModelError, ModelNotFound, NoModelForLanguage, PromptError
from .glossary import Glossary, Term
from .languages import detection
from .languages.detection import NAMES, UNKNOWN
from .store import Store
from .summarizers.abstractive import Abstractive
from .types import SECOND, SIZES, UNPROVEN, Backend, ModelNote, Outcome, Output, Sentence, Signature, Status

VERSION = 1
EXTRACTIVE = ("lead", "textrank", "central", "minilm")
WEIGHTLESS = "central"  # the best of them without a second model, by docs/summarizers.md
DEFAULT_SUMMARIZER = WEIGHTLESS
REPETITION = ("loop", "length", "truncated")  # flags of an output that says things twice
HYPOTHESES = 8  # of the wider search: its beams, so its cost

Announce = Callable[[str], None]
OnProgress = Callable[[int], None]


class Plan:
    """`translator` and `summarizer` return cached backends; `fingerprint` names all that a result depends on."""

    def __init__(self, settings: Settings, store: Store, *, announce: Announce = lambda message: None):
        self.settings = settings
        self.store = store
        self.announce = announce
        self.cache = Path(settings.cache)
        self.canary = Canary(self.cache, announce) if settings.canary else None
        self.unusable: dict[str, ModelError] = {}  # second models that the run had to do without, by id

    @property
    def doubted(self) -> Mapping[str, str]:
        """The models that their canary casts doubt on, by id, and why."""
        return self.canary.doubted if self.canary else {}

    # -- translation --------------------------------------------------------------------------------------------------

    @cached_property
    def routes(self) -> dict[str, Checkpoint]:
        """Language -> checkpoint. A model that the user named must exist; of the others, those that cannot be read are
        left out."""
        routes = {}
        for code, spec in catalog.routes(self.settings.mt, cache=self.cache).items():
            routes[code] = catalog.resolve(spec, cache=self.cache, task="translate") if isinstance(spec, str) else spec
        return routes

    @cached_property
    def seconds(self) -> dict[str, Checkpoint]:
        """Language -> the model that is asked where the first one fell short. Only what the user named, and it must
        exist. Without a language it serves those of its own that it can, and there must be one."""
        table = catalog.chosen(self.settings.fallback, self.cache, "--fallback")
        seconds: dict[str, Checkpoint] = {}
        useless: list[ConfigError] = []
        for code, spec in table.items():
            second = catalog.resolve(spec, cache=self.cache, task="translate")
            first = self.routes.get(code)
            if first is None:
                error = ConfigError(f"{second.id} is the only model for {code}", f"--mt {code}={second.id}")
            elif (first.weights, first.tokenizer) == (second.weights, second.tokenizer):
                again = f"the fallback for {code} is the first model again: {second.id}"
                error = ConfigError(again, f"name two: --mt {code}=ONE --fallback {code}=TWO")
            else:
                seconds[code] = second
                continue
            if code in self.settings.fallback:
                raise error
            useless.append(error)
        if useless and not seconds:
            raise useless[0]
        return seconds

    @cached_property
    def glossary(self) -> list[Term]:
        """The terms of every language."""
        return glossary.load(self.settings.glossary)

    @cached_property
    def _translators(self) -> dict[str, Cached | Terms]:
        made: dict[tuple[str, str, str], tuple[Guarded, Cached]] = {}
        models: dict[str, neural.Neural] = {}
        found: dict[str, Cached | Terms] = {}
        for code, first in self.routes.items():
            second = self.seconds.get(code)
            pair = (first.id, second.id if second else "")
            if first.id not in models:
                models[first.id] = self._neural(first, Decoding(beams=self.settings.beams))
            model = models[first.id].speaking(code)
            if (*pair, code) not in made:
                guarded = self._translator(model, self._spares.get(code), Judge(code))
                slices = {"ahead": 2, "slice_size": 128} if model.concurrent else {}
                made[*pair, code] = (guarded, self._kept(guarded, *filter(None, pair), **slices))
            guarded, plain = made[*pair, code]
            terms = Glossary(self.glossary, code)
            if not terms:
                found[code] = plain
                continue
            honoured = self._kept(honouring(guarded, model, terms, HYPOTHESES), *filter(None, pair))
            found[code] = Terms(plain, honoured, terms)
        return found

    def _kept(self, backend: Backend, first: str, second: str = "", **more) -> Cached:
        """The backend behind the store, which keeps nothing while its first model is in doubt; while the second one is,
        or cannot be used, what the first could do alone."""

        def sound(out: Output) -> bool:
            lost = {*self.doubted, *self.unusable}
            alone = out.rung != SECOND and out.outcome is not Outcome.FAILED and not out.doubts
            return first not in lost and (second not in lost or alone)

        return Cached(self.store, backend, retry=self.settings.retry, keep=sound, **more)

    @cached_property
    def _spares(self) -> dict[str, Spare]:
        """The models of `seconds` as rungs."""
        decoding = Decoding(beams=self.settings.beams)
        return {
            code: Spare(Fitted(self._neural(second, decoding).speaking(code)), second.id, self.unusable, self.announce)
            for code, second in self.seconds.items()
        }

    def unasked(self, sentence: Sentence) -> bool:
        """Whether the sentence fell short and its second model, which might have mended it, could not be used, or did
        not do what it should."""
        lost = {*self.doubted, *self.unusable}
        second = self.seconds.get(sentence.language) if lost else None
        return second is not None and second.id in lost and (sentence.status is Status.FAILED or bool(sentence.doubts))

    def _translator(self, model: neural.Neural, second: Spare | None, judge: Judge) -> Guarded:
        unrepeating = model.variant(replace(model.decoding, no_repeat_ngram=3))
        plain, clauses, pieces = Fitted(model), Fitted(model, longest=100), Fitted(unrepeating, longest=60)
        ladder = [
            Rung("around addresses", Around(plain), Around.serves),
            Rung("re-case", Recased(plain, judge.language), Recased.serves),
            Rung("re-split", clauses, lambda text: not clauses.fits(text)),
            Rung(WIDER, Fitted(NBest(model, HYPOTHESES, judge))),
            Rung("no-repeat", Fitted(unrepeating), mends=REPETITION),
            Rung("re-split no-repeat", pieces, lambda text: not pieces.fits(text)),
            Rung("around addresses, re-split", Around(pieces), Around.serves),
        ]
        if second:
            ladder.append(Rung(SECOND, second, second.serves))
        return Guarded(plain, ladder, judge, hypotheses=self.settings.beams)

    def translator(self, code: str, progress: OnProgress = lambda n: None) -> Cached | Terms:
        """The backend for one source language. Raises NoModelForLanguage, with the line to type."""
        translator = self._translators.get(code)
        if translator is None:
            if code == UNKNOWN:
                raise NoModelForLanguage("too little text to tell its language", "name it: --lang de")
            known = ", ".join(sorted(self.routes)) or "none"
            raise NoModelForLanguage(
                f"no model translates {NAMES.get(code, code)} ({code}) to English; served: {known}",
                f"summarize models pull Helsinki-NLP/opus-mt-{code}-en   (or --mt {code}=DIRECTORY)",
            )
        translator.progress = progress
        return translator

    def translators(self) -> list[Cached]:
        """Every cache of translations once, though it may serve several languages."""
        caches = (c for t in self._translators.values() for c in (t.caches if isinstance(t, Terms) else (t,)))
        return list({id(c): c for c in caches}.values())

    # -- summaries ----------------------------------------------------------------------------------------------------

    @property
    def sentences(self) -> int:
        return self.settings.sentences or SIZES[self.settings.kind][0]

    @property
    def summarizer_name(self) -> str:
        """One of EXTRACTIVE, or what names a checkpoint."""
        return DEFAULT_SUMMARIZER if self.settings.summarizer == "auto" else self.settings.summarizer

    def summarizer(self, progress: OnProgress = lambda n: None) -> Cached:
        self._summarizer.progress = progress
        return self._summarizer

    @cached_property
    def _summarizer(self) -> Cached:
        return self._kept(self._make_summarizer(), self.summarizer_name, slice_size=32)

    def _make_summarizer(self) -> Backend:
        if self.summarizer_name in EXTRACTIVE:
            return self._extractive(self.summarizer_name)
        try:
            checkpoint = catalog.resolve(self.summarizer_name, cache=self.cache, task="summarize")
        except ModelNotFound as e:
            near = difflib.get_close_matches(self.summarizer_name, EXTRACTIVE, n=1)
            raise ModelNotFound(e.message, f"did you mean {near[0]}?" if near else e.hint) from e
        return Abstractive(self._writer(checkpoint), self._extractive(WEIGHTLESS), sentences=self.sentences)

    def _extractive(self, name: str) -> Backend:
        from .summarizers.extractive import Extractive

        kind, sentences = self.settings.kind, self.settings.sentences
        if name != "minilm":
            return Extractive(kind, name, sentences)
        s = self.settings
        checkpoint = catalog.resolve("minilm", cache=self.cache, task="embed")
        where = {"device": s.device, "threads": s.threads, "cache": self.cache, "announce": self.announce}
        encoder = neural.load_encoder(checkpoint, engine=s.engine, quantization=s.quantization, **where)
        return Extractive(kind, "centroid", sentences, encoder.embed, dict(encoder.signature.parts))

    def _writer(self, checkpoint: Checkpoint):
        decoding = Decoding(beams=self.settings.beams, max_new=SIZES[self.settings.kind][1], no_repeat_ngram=3)
        if checkpoint.family.network != "causal":
            return self._neural(checkpoint, decoding)
        prompt = prompts.load(self.settings.prompt or self.settings.kind, prompts.folders(self.settings.prompts))
        offered = {"sentences": str(self.sentences), "kind": self.settings.kind}
        if unknown := set(prompt.variables) - {"text", *offered}:
            raise PromptError(
                f"{prompt.path}: nothing is known to put in for {', '.join(sorted(unknown))}",
                f"the variables of a summary are text, {', '.join(offered)}",
            )
        variables = {name: value for name, value in offered.items() if name in prompt.variables}
        return self._neural(checkpoint, replace(decoding, beams=1), prompt=prompt, variables=variables)

    # -- both ---------------------------------------------------------------------------------------------------------

    def _neural(self, checkpoint: Checkpoint, decoding: Decoding, **more) -> neural.Neural:
        s = self.settings
        return neural.load(
            checkpoint,
            engine=s.engine,
            quantization=s.quantization,
            decoding=decoding,
            threads=s.threads,
            device=s.device,
            cache=self.cache,
            announce=self.announce,
            canary=self.canary,
            **more,
        )

    @cached_property
    def signatures(self) -> dict[str, Signature]:
        """By role: translate:de, …, summarize. Raises ModelError when a model that the user named is not there."""
        found = {f"translate:{code}": t.signature for code, t in sorted(self._translators.items())}
        return {**found, "summarize": self._summarizer.signature}

    @cached_property
    def fingerprint(self) -> str:
        s = self.settings
        return keys.fingerprint(
            "plan",
            {
                "version": VERSION,
                "models": {role: keys.signature_key(sig) for role, sig in self.signatures.items()},
                "quality": {code: checkpoint.card.quality for code, checkpoint in self.routes.items()},
                "confidence": {code: list(checkpoint.card.confidence) for code, checkpoint in self.routes.items()},
                **({"second": {code: c.card.quality for code, c in self.seconds.items()}} if self.seconds else {}),
                "cutting": [detection.VERSION, chunk.VERSION, *map(version, ("py3langid", "sentencex"))],
                "kind": s.kind,
                "sentences": s.sentences,
                "unsupported": s.unsupported,
            },
        )

    def notes(self, languages: Iterable[str], seconds: Iterable[str] = ()) -> tuple[ModelNote, ...]:
        """What to tell a reader about the models behind a result with sentences in `languages`, some of which, in
        `seconds`, are the second model's."""
        used = [(f"translate:{code}", self.routes[code], self.signatures[f"translate:{code}"]) for code in languages]
        used += [(f"translate:{code}:second", self.seconds[code], self._spares[code].signature) for code in seconds]
        notes = [
            ModelNote(role, c.id, self._quality(c), keys.signature_key(signature), c.card.confidence)
            for role, c, signature in used
        ]
        signature = keys.signature_key(self.signatures["summarize"])
        name = self.summarizer_name
        if name in EXTRACTIVE:
            return (*notes, ModelNote("summarize", f"extractive:{name}", "verbatim", signature))
        quality = self._quality(catalog.resolve(name, cache=self.cache, task="summarize"))
        return (*notes, ModelNote("summarize", name, quality, signature))

    def _quality(self, checkpoint: Checkpoint) -> str:
        """The class of its card, unless its canary casts doubt on it."""
        return UNPROVEN if checkpoint.id in self.doubted else checkpoint.card.quality

    def describe(self) -> dict:
        """For the history of runs: every signature in full, and the settings that shaped the output."""
        s = self.settings
        return {
            "fingerprint": self.fingerprint,
            "kind": s.kind,
            "sentences": s.sentences,
            "unsupported": s.unsupported,
            "signatures": {role: dict(sig.parts) for role, sig in self.signatures.items()},
        }


__all__ = ["EXTRACTIVE", "Plan"]
