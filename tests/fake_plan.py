"""A plan of fakes: German becomes capitals, French has a model or not, summaries are the first sentences."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from summarize import config, keys
from summarize.backends.cached import Cached
from summarize.backends.fake import Fake
from summarize.backends.guard import Guarded
from summarize.backends.human import Human
from summarize.backends.judge import Judge
from summarize.errors import NoModelForLanguage
from summarize.types import ModelNote


class FakePlan:
    """What the pipeline needs of `plan.Plan`, with backends that count what they are asked."""

    def __init__(self, store, *, languages=("de",), answer=str.upper, summarize=None, name="fake", **settings):
        self.settings = replace(config.load({}, {}, Path.cwd()), **settings)
        self.store = store
        self.models = {code: Fake(answer, name=f"{name}-{code}") for code in languages}
        self.writer = Fake(summarize or (lambda text: text.split("\n\n")[-1].split(". ")[0]), name="writer")
        retry = self.settings.retry
        self._translators = {c: Cached(store, Guarded(f, (), Judge(c)), retry=retry) for c, f in self.models.items()}
        self._summarizer = Cached(store, self.writer, retry=retry)
        self.fingerprint = keys.fingerprint("fake plan", [name, sorted(languages), self.settings.kind])

    def context(self, code):
        return 0

    def nearest(self, code, text):
        return ()

    def human(self, code):
        return Human(self.store, Judge(code, target=self.settings.target))

    def translator(self, language, progress=lambda n: None):
        if language not in self._translators:
            raise NoModelForLanguage(f"no model for {language}", f"summarize models pull opus-mt-{language}-en")
        self._translators[language].progress = progress
        return self._translators[language]

    def summarizer(self, progress=lambda n: None):
        self._summarizer.progress = progress
        return self._summarizer

    def notes(self, languages, seconds=()):
        return tuple(ModelNote(f"translate:{c}", f"fake-{c}", "unrated", "0") for c in languages)

    def unasked(self, sentence):
        return False

    def unsure(self, sentence):
        return bool(sentence.doubts)

    @property
    def asked(self) -> list[str]:
        """Every sentence that reached a translation model."""
        return [t for f in self.models.values() for call in f.calls for t in call]
