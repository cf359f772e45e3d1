"""From routes to backends: a translator for each language, with its ladder, its glossary and its second model.

Nothing is loaded here: the models load at the first miss.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Protocol

from .. import catalog, glossary
from ..backends.asking import Readings, answers
from ..backends.cached import Cached, Outputs
from ..backends.canary import Canary
from ..backends.fitted import Fitted
from ..backends.glossed import WIDER, Terms, asking_for, honouring, watched
from ..backends.guard import Guarded
from ..backends.human import Human, HumanStore
from ..backends.judge import Judge
from ..backends.opening import Opening, Translating
from ..backends.pivot import Pivot
from ..backends.rungs import Around, NBest, Recased, Rung, Spare
from ..catalog import Checkpoint, Route
from ..config import Settings
from ..errors import ConfigError, ModelError, NoModelForLanguage
from ..families.tokens import sources
from ..glossary import Glossary, Term
from ..languages.detection import UNKNOWN, name
from ..types import SECOND, Backend, Outcome, Output, Sentence, Status

REPETITION = ("loop", "length", "truncated")  # flags of an output that says things twice
WORDS = ("leftover", "invented")  # flags of single words, for whose sake no sentence is torn into pieces
HYPOTHESES = 8  # of the wider search: its beams, so its cost

Announce = Callable[[str], None]
OnProgress = Callable[[int], None]


class TranslatorStore(Outputs, HumanStore, Protocol):
    """What is needed of a store."""


class Translators:
    """`translator` returns a cached backend for a language."""

    def __init__(self, settings: Settings, store: TranslatorStore, *, announce: Announce = lambda message: None):
        self.settings = settings
        self.target = settings.target
        self.store = store
        self.announce = announce
        self.cache = Path(settings.cache)
        self.canary = Canary(self.cache, announce) if settings.canary else None
        self.opening = Opening(settings, announce, self.canary)
        self.unusable: dict[str, ModelError] = {}  # second models that the run had to do without, by id
        self._legs: dict[str, list[Cached]] = {}  # of the languages that go through a second one
        self._told: set[str] = set()  # those of them of which this was announced

    @property
    def into(self) -> str:
        """The target, for readers."""
        return name(self.target)

    @property
    def doubted(self) -> Mapping[str, str]:
        """The models that their canary casts doubt on, by id, and why."""
        return self.canary.doubted if self.canary else {}

    @cached_property
    def routes(self) -> dict[str, Checkpoint]:
        """Language -> checkpoint; where that does not translate into the target itself, the one for the language that
        it translates into goes on from there. A model that the user named must exist; of the others, those that cannot
        be read, or not by the engine that the user named, are left out."""
        found = self._found(catalog.routes(self.settings.mt, self.cache, self.target))
        engine, named = self.settings.engine, self.settings.mt
        if engine != "auto":
            found = {code: c for code, c in found.items() if code in named or c.family.engine in ("", engine)}
        return {code: c for code, c in found.items() if c.target == self.target or c.target in found}

    def _found(self, table: Mapping[str, Route]) -> dict[str, Checkpoint]:
        """The checkpoints of a table. A chat model that does not say what it reads, reads what it is asked for."""
        found = {code: self.opening.find(route.spec, "translate", route.into) for code, route in table.items()}
        return {
            code: replace(c, source=sources((o for o, route in table.items() if route == table[code]), c.target))
            if c.family.prompted and not c.source
            else c
            for code, c in found.items()
        }

    @cached_property
    def seconds(self) -> dict[str, Checkpoint]:
        """Language -> the model that is asked where the first one fell short. Only what the user named, and it must
        exist. Without a language it serves those of its own that it can, and there must be one."""
        table = catalog.chosen(self.settings.fallback, self.cache, "--fallback", self.target)
        seconds: dict[str, Checkpoint] = {}
        useless: list[ConfigError] = []
        for code, second in self._found(table).items():
            first = self.routes.get(code)
            if second.target != self.target:
                what = f"the fallback {second.id} translates into {name(second.target)}"
                error = ConfigError(what, f"name one that translates into {self.into}")
            elif first is None:
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
        """The terms of every language. Raises ConfigError where there are none in the target."""
        terms = glossary.load(self.settings.glossary, self.target)
        if self.settings.glossary and not terms:
            todo = f"summarize glossary check {self.settings.glossary[0]} --target {self.target}"
            raise ConfigError(f"--glossary has no terms in {self.into}", todo)
        return terms

    @cached_property
    def _translators(self) -> dict[str, Cached | Terms]:
        found: dict[str, Cached | Terms] = {}
        for code, first in self.routes.items():
            if first.target != self.target:
                found[code] = self._pivot(code, first)
                continue
            second = self.seconds.get(code)
            guarded, model = self._guarded(code, first, self._spares.get(code))
            plain = self._kept(guarded, [first.id], second.id if second else "", ahead=model.abreast)
            terms = Glossary(self.glossary, code, self.target)
            if not terms:
                found[code] = plain
                continue
            reader = Readings(model) if model.asks else model
            honoured = honouring(guarded, reader, terms, HYPOTHESES, model.telling(terms))
            honoured = self._kept(honoured, [first.id], second.id if second else "")
            found[code] = Terms(plain, honoured, terms)
        return found

    def _guarded(self, code: str, first: Checkpoint, spare: Spare | None) -> tuple[Guarded, Translating]:
        """A model behind its ladder, and the model."""
        model = self.opening.translator(first).speaking(code)
        judge = Judge(code, answers(first.target) if model.asks else {}, first.target)
        return self._translator(model, spare, judge), model

    def _pivot(self, code: str, first: Checkpoint) -> Cached:
        """Two models in a row, each behind its own ladder and cache; the end is checked against the beginning."""
        then, second = self.routes[first.target], self.seconds.get(code)
        legs = [
            self._kept(self._guarded(spoken, leg, None)[0], [leg.id])
            for spoken, leg in ((code, first), (first.target, then))
        ]
        spare, terms = self._spares.get(code), Glossary(self.glossary, code, self.target)
        ladder = [Rung(SECOND, spare, spare.serves)] if spare else []
        guarded = Guarded(Pivot(*legs), ladder, Judge(code, target=self.target))
        self._legs[code] = legs
        backend = watched(guarded, terms) if terms else guarded
        return self._kept(backend, [first.id, then.id], second.id if second else "")

    def _kept(self, backend: Backend, firsts: Sequence[str], second: str = "", **more) -> Cached:
        """The backend behind the store, which keeps nothing while one of its first models is in doubt; while the second
        one is, or cannot be used, what the first could do alone."""

        def sound(out: Output) -> bool:
            lost = {*self.doubted, *self.unusable}
            alone = out.rung != SECOND and out.outcome is not Outcome.FAILED and not out.doubts
            return lost.isdisjoint(firsts) and (second not in lost or alone)

        return Cached(self.store, backend, retry=self.settings.retry, keep=sound, **more)

    @cached_property
    def _spares(self) -> dict[str, Spare]:
        """The models of `seconds` as rungs."""
        spares = {}
        for code, second in self.seconds.items():
            model = self.opening.translator(second).speaking(code)
            judge = Judge(code, answers(self.target), self.target)
            best = NBest(Readings(model), 1, judge) if model.asks else model
            spares[code] = Spare(Fitted(best), second.id, self.unusable, self.announce)
        return spares

    def unasked(self, sentence: Sentence) -> bool:
        """Whether the sentence fell short and its second model, which might have mended it, could not be used, or did
        not do what it should."""
        lost = {*self.doubted, *self.unusable}
        second = self.seconds.get(sentence.language) if lost else None
        return second is not None and second.id in lost and (sentence.status is Status.FAILED or bool(sentence.doubts))

    def _translator(self, model: Translating, second: Spare | None, judge: Judge) -> Guarded:
        read = Readings if model.asks else lambda model: model
        best = (lambda model: NBest(read(model), 1, judge)) if model.asks else lambda model: model
        unrepeating = best(model.variant(replace(model.decoding, no_repeat_ngram=3)))
        plain, clauses, pieces = Fitted(best(model)), Fitted(best(model), longest=100), Fitted(unrepeating, longest=60)
        ladder = [
            Rung("around addresses", Around(plain), Around.serves),
            Rung("re-case", Recased(plain, judge.language), Recased.serves),
            Rung("re-split", clauses, lambda text: not clauses.fits(text), leaves=WORDS),
            *[Rung(WIDER, Fitted(NBest(read(model), HYPOTHESES, judge)))] * model.searches,
            Rung("no-repeat", Fitted(unrepeating), mends=REPETITION),
            Rung("re-split no-repeat", pieces, lambda text: not pieces.fits(text), leaves=WORDS),
            Rung("around addresses, re-split", Around(pieces), Around.serves, leaves=WORDS),
        ]
        if second:
            ladder.append(Rung(SECOND, second, second.serves))
        return Guarded(Fitted(read(model)), ladder, judge, hypotheses=model.decoding.beams)

    def _models(self, code: str) -> list[Checkpoint]:
        return [table[code] for table in (self.routes, self.seconds) if code in table]

    def context(self, code: str) -> int:
        """How many sentences before it a sentence in a language is translated with."""
        return max(map(self.opening.context, self._models(code)), default=0)

    @cached_property
    def human(self) -> Callable[[str], Human]:
        """By language, what people translated from it, which no model is asked for."""
        judge = lambda code: asking_for(Glossary(self.glossary, code, self.target), Judge(code, target=self.target))
        return functools.cache(lambda code: Human(self.store, judge(code)))

    def shows_near(self, code: str) -> bool:
        """Whether a model of this language is shown translations by people of texts that are like its own."""
        return any(self.opening.shows(c, "nearest") for c in self._models(code))

    def nearest(self, code: str, text: str) -> tuple[str, ...]:
        """These translations."""
        return self.human(code).nearest(text) if self.shows_near(code) else ()

    def translator(self, code: str, progress: OnProgress = lambda n: None) -> Cached | Terms:
        """The backend for one source language. Raises NoModelForLanguage, with the line to type. That a language goes
        through a second one is announced once."""
        translator = self._translators.get(code)
        if translator is None:
            if code == UNKNOWN:
                raise NoModelForLanguage("too little text to tell its language", "name it: --lang de")
            known = ", ".join(sorted(self.routes)) or "none"
            fetch = [f"summarize models pull {o.id}" for o in catalog.offers([code], self.target)]
            raise NoModelForLanguage(
                f"no model translates {name(code)} ({code}) to {self.into}; served: {known}",
                f"{fetch[0]}   (or --mt {code}=MODEL)" if fetch else f"name one: --mt {code}=MODEL",
            )
        if code in self._legs and code not in self._told:
            self._told.add(code)
            first = self.routes[code]
            way = f"{first.id}, then {self.routes[first.target].id}"
            self.announce(f"{name(code)} goes to {self.into} by way of {name(first.target)}: {way}")
        translator.progress = progress
        return translator

    def translators(self, codes: Iterable[str] | None = None) -> list[Cached]:
        """Every cache of translations, or those that serve these languages."""
        found: list[Cached] = []
        for code in self._translators if codes is None else codes:
            made = self._translators[code]
            found += made.caches if isinstance(made, Terms) else (made,)
            found += self._legs.get(code, ())
        return found


__all__ = ["HYPOTHESES", "REPETITION", "Announce", "OnProgress", "Translators"]
