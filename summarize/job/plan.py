"""Settings + store -> what a run is made of: a translator for each language, one summarizer, and their signatures.

Nothing is loaded here. Signatures need the hashes of weights, which are remembered by file; the models themselves load
at the first miss.
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable
from functools import cached_property
from importlib.metadata import version

from .. import catalog, chunk, keys, prompts
from ..backends import neural
from ..backends.cached import Cached
from ..catalog import Checkpoint
from ..errors import ConfigError, ModelNotFound
from ..languages import detection
from ..languages.language import language
from ..summarizers.abstractive import Abstractive
from ..types import (
    NO_LANGUAGE,
    SECOND,
    SIZES,
    TARGET,
    UNPROVEN,
    Backend,
    ModelNote,
    Sentence,
    Signature,
    confidence,
)
from .translators import OnProgress, Translators

VERSION = 1
EXTRACTIVE = ("lead", "textrank", "central", "minilm")
ANY_LANGUAGE = EXTRACTIVE[:3]  # these go by the words of the text, whatever they are
WEIGHTLESS = "central"  # the best of them without a second model, by docs/summarizers.md
DEFAULT_SUMMARIZER = WEIGHTLESS


class Plan(Translators):
    """`translator` and `summarizer` return cached backends; `fingerprint` names all that a result depends on."""

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
        return self._kept(self._make_summarizer(), [self.summarizer_name], slice_size=32)

    def _make_summarizer(self) -> Backend:
        if self.target != TARGET and self.summarizer_name not in ANY_LANGUAGE:
            what = f"the summarizer {self.summarizer_name} is for English, and the translation is in {self.into}"
            raise ConfigError(what, f"take one that chooses its sentences: --summarizer {' or '.join(ANY_LANGUAGE)}")
        if self.summarizer_name in EXTRACTIVE:
            return self._extractive(self.summarizer_name)
        try:
            checkpoint = self.opening.find(self.summarizer_name, "summarize")
        except ModelNotFound as e:
            near = difflib.get_close_matches(self.summarizer_name, EXTRACTIVE, n=1)
            raise ModelNotFound(e.message, f"did you mean {near[0]}?" if near else e.hint) from e
        writer = self.opening.writer(checkpoint, self.sentences)
        return Abstractive(writer, self._extractive(WEIGHTLESS), sentences=self.sentences)

    def _extractive(self, name: str) -> Backend:
        from ..summarizers.extractive import Extractive

        kind, sentences = self.settings.kind, self.settings.sentences
        if name != "minilm":
            return Extractive(kind, name, sentences, language=self.target)
        s = self.settings
        checkpoint = catalog.resolve("minilm", cache=self.cache, task="embed")
        where = {"device": s.device, "threads": s.threads, "cache": self.cache, "announce": self.announce}
        encoder = neural.load_encoder(checkpoint, engine=s.engine, quantization=s.quantization, **where)
        return Extractive(kind, "centroid", sentences, encoder.embed, dict(encoder.signature.parts))

    # -- both ---------------------------------------------------------------------------------------------------------

    @cached_property
    def signatures(self) -> dict[str, Signature]:
        """By role: translate:de, …, summarize. Raises ModelError when a model that the user named is not there."""
        found = {f"translate:{code}": t.signature for code, t in sorted(self._translators.items())}
        return {**found, "summarize": self._summarizer.signature}

    def refuse(self) -> None:
        """Raises here, once, what else would be said of every article: ModelError for a model that was named and is not
        there or a language without one, PromptError and ConfigError for a prompt that is not there or not used."""
        s, parts = self.settings, self.signatures["summarize"].parts
        if s.prompt:
            prompts.load(s.prompt, prompts.folders(s.prompts))
        if s.origin("prompt") == "flag --prompt" and s.prompt and not parts.get("prompt"):
            raise ConfigError(
                f"--prompt {s.prompt} has no use: the summarizer {self.summarizer_name} takes no prompt",
                "name a chat model: --summarizer smollm2",
            )
        if "docx" in s.to and language(self.target).direction == "rtl":
            raise ConfigError(f"--to docx writes from left to right, not {self.into}", "--to html and epub can")
        if s.language not in ("", self.target, NO_LANGUAGE):
            self.translator(s.language)
        for code in self.routes:
            self.nearest(code, "")

    @cached_property
    def fingerprint(self) -> str:
        s = self.settings
        nearest = {code: self.human(code).version for code in self.routes if self.shows_near(code)}
        return keys.fingerprint(
            "plan",
            {
                "version": VERSION,
                "models": {role: keys.signature_key(sig) for role, sig in self.signatures.items()},
                "quality": {code: checkpoint.card.quality for code, checkpoint in self.routes.items()},
                "confidence": {code: list(checkpoint.card.confidence) for code, checkpoint in self.routes.items()},
                **({"nearest": nearest} if nearest else {}),
                **({"second": {code: c.card.quality for code, c in self.seconds.items()}} if self.seconds else {}),
                "cutting": [detection.VERSION, chunk.VERSION, *map(version, ("py3langid", "sentencex"))],
                "kind": s.kind,
                "sentences": s.sentences,
                "unsupported": s.unsupported,
                **({"target": s.target} if s.target != TARGET else {}),
            },
        )

    def unsure(self, sentence: Sentence) -> bool:
        """Whether something speaks against a translation: a check's doubt, or the low confidence of its model."""
        checkpoint = (self.seconds if SECOND in sentence.rung else self.routes).get(sentence.language)
        return bool(sentence.doubts) or (checkpoint and confidence(sentence, self._levels(checkpoint))) == "low"

    def notes(self, languages: Iterable[str], seconds: Iterable[str] = ()) -> tuple[ModelNote, ...]:
        """What to tell a reader about the models behind a result with sentences in `languages`, some of which, in
        `seconds`, are the second model's."""
        used = []
        for code in languages:
            first, role = self.routes[code], f"translate:{code}"
            used.append((role, first, self.signatures[role]))
            if first.target != self.target:
                used.append((f"{role}:{first.target}", self.routes[first.target], self._legs[code][1].signature))
        used += [(f"translate:{code}:second", self.seconds[code], self._spares[code].signature) for code in seconds]
        notes = [
            ModelNote(role, c.id, self._quality(c), keys.signature_key(signature), self._levels(c))
            for role, c, signature in used
        ]
        return (*notes, self.summarizer_note)

    @property
    def summarizer_note(self) -> ModelNote:
        signature, name = keys.signature_key(self._summarizer.signature), self.summarizer_name
        if name in EXTRACTIVE:
            return ModelNote("summarize", f"extractive:{name}", "verbatim", signature)
        return ModelNote("summarize", name, self._quality(self.opening.find(name, "summarize")), signature)

    def _levels(self, checkpoint: Checkpoint) -> tuple[float, ...]:
        """How confidence is told, where the card is of this pair; of two models in a row it is not known."""
        return checkpoint.card.confidence if checkpoint.targets == (self.target,) else ()

    def _quality(self, checkpoint: Checkpoint) -> str:
        """The class of its card, which of a model for many targets is that for English, unless its canary casts doubt
        on it."""
        if checkpoint.id in self.doubted:
            return UNPROVEN
        rated = checkpoint.target == TARGET or len(checkpoint.targets) < 2
        return checkpoint.card.quality if rated else "unrated"

    def used(self, roles: Collection[str]) -> list[Signature]:
        """The signatures of whatever had a hand in a run with these roles: their outputs are worth keeping."""
        codes = {role.split(":")[1] for role in roles if role.startswith("translate:")}
        own = (signature for role, signature in self.signatures.items() if role in {"summarize", *roles})
        return [*own, *(cache.signature for cache in self.translators(codes))]

    def describe(self, roles: Collection[str] | None = None) -> dict:
        """For the history of runs: the signatures of these roles (of all) in full, the summarizer's, and the settings
        that shaped the output. A model for a hundred languages has a signature for each."""
        s = self.settings
        used = {"summarize", *(self.signatures if roles is None else roles)}
        return {
            "fingerprint": self.fingerprint,
            "kind": s.kind,
            "sentences": s.sentences,
            "unsupported": s.unsupported,
            **({"target": s.target} if s.target != TARGET else {}),
            "signatures": {role: dict(sig.parts) for role, sig in self.signatures.items() if role in used},
        }


__all__ = ["EXTRACTIVE", "Plan"]
