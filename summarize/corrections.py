"""Corrections: what a reader puts right in the translation of an article, to be kept for good.

A correction is a unit of the translation memory. The next run of any article with that sentence takes it in place of
every model's translation; here it is only kept, and checked.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from . import compare
from .articles.discovery import STDIN
from .backends.human import Human
from .backends.judge import Judge
from .errors import UsageError
from .job.accounting import needs_model
from .languages import detection
from .memory import Unit, base, exchange, key, spoken
from .memory.near import Near
from .memory.sheet import Row, changed
from .store import Store
from .types import Output, Result, Sentence, Status, flags

ORIGIN = "fix"  # of a unit that was typed


@dataclass(frozen=True, slots=True)
class Correction:
    """What became of a sentence, by its number in `summarize show`. `doubts` are the checks that the new text fails;
    `after` is "" where a correction was taken back."""

    sentence: int
    source: str
    before: str
    after: str
    doubts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Correctable:
    """The newest result of an article, with what was corrected since, and how the run that made it was called."""

    result: Result
    inputs: Sequence[str]

    @property
    def next_step(self) -> str:
        """What to type so that the corrections are in the outputs."""
        return "" if STDIN in self.inputs else f"summarize run {shlex.join(self.inputs)}"

    def rows(self, number: int | None = None) -> list[Row]:
        """The sentences that a person can correct (or one of them), equal ones once. Raises UsageError if it is not
        one of them."""
        if number is not None:
            return [self._row(number, self.sentence(number))]
        found: dict[tuple[str, str], Row] = {}
        for n, s in enumerate(self.result.sentences, 1):
            if needs_model(s.language, s.source, self.result.target):
                found.setdefault((s.language, s.source), self._row(n, s))
        return list(found.values())

    def _row(self, number: int, s: Sentence) -> Row:
        fate = [str(s.status)] * (s.status is not Status.TRANSLATED)
        unsure = ["low confidence"] * (self.result.confidence(s) == "low")
        said = "" if s.status is Status.FAILED else s.target
        return Row(number, s.source, said, ", ".join([*fate, *flags(s.faults, s.doubts), *unsure]))

    def sentence(self, number: int) -> Sentence:
        """Raises UsageError if there is none of this number that a model would translate."""
        sentences = self.result.sentences
        if not 1 <= number <= len(sentences):
            raise UsageError(
                f"{self.result.id} has no sentence {number}",
                f"it has {len(sentences)}: summarize show {self.result.id}",
            )
        s = sentences[number - 1]
        if not needs_model(s.language, s.source, self.result.target):
            there = f"{detection.name(s.language)} already"
            what = there if s.language == self.result.target else "no language, or has no letters"
            raise UsageError(
                f"sentence {number} is taken over as it is: it is {what}",
                "if it is not, say which language the article is in: summarize run PATH --lang CODE",
            )
        return s

    def units(self) -> Iterator[Unit]:
        """The sentences as units, to be corrected elsewhere: what no person made is a draft."""
        for row in self.rows():
            s = self.result.sentences[row.number - 1]
            human = s.status is Status.HUMAN
            yield Unit(s.source, row.target, s.language, self.result.target, note=row.remarks, finished=human)


def open_article(store: Store, article: str) -> Correctable:
    """Raises UsageError if there is none of this name, or no result of it."""
    item = compare.newest(store, article)
    result = compare.load(store, item.result or "")
    sources: dict[str, list[str]] = {}
    for s in result.sentences:
        sources.setdefault(s.language, []).append(s.source)
    said = {code: Human(store, Judge(code, target=result.target)).texts(of) for code, of in sources.items()}
    now = (
        replace(s, target=text, status=Status.HUMAN, faults=(), doubts=())
        if (text := said[s.language].get(s.source))
        else s
        for s in result.sentences
    )
    return Correctable(replace(result, sentences=tuple(now)), compare.run_of(store, item.run).inputs)


def keep(store: Store, article: Correctable, texts: Mapping[int, str]) -> list[Correction]:
    """Keeps what was typed, by the number of the sentence."""
    units = {}
    for number, said in texts.items():
        s = article.sentence(number)
        if not key(said):
            raise UsageError("a correction without a word in it", "to take one back: --undo")
        units[number] = Unit(s.source, key(said), s.language, article.result.target, origin=ORIGIN)
    return _kept(store, article, units)


def keep_file(store: Store, article: Correctable, path: Path) -> tuple[list[Correction], int]:
    """Keeps what a file says otherwise of sentences of the article; and how many of its units are of none."""
    rows = {(article.result.sentences[r.number - 1].language, key(r.source)): r for r in article.rows()}
    units: dict[int, Unit] = {}
    others = 0
    for unit in exchange.read(path, article.result.target, article.result.language):
        row = rows.get((base(unit.source_language), key(unit.source)))
        if row is None:
            others += 1
        elif changed({row.number: unit.target}, {row.number: row.target}):
            note = unit.note if unit.note != row.remarks else ""  # what `--to` had told
            units[row.number] = replace(unit, note=note, finished=True)
    return _kept(store, article, units), others


def _kept(store: Store, article: Correctable, units: Mapping[int, Unit]) -> list[Correction]:
    store.keep(units.values(), replace=True)
    made = []
    for number, unit in sorted(units.items()):
        s = article.sentence(number)
        said = spoken(unit.target)
        doubts = Judge(s.language, target=article.result.target).flags(s.source, Output(said))
        made.append(Correction(number, s.source, s.target, said, doubts))
    return made


def undo(store: Store, article: Correctable, number: int | None) -> list[Correction]:
    """Takes back the correction of a sentence, or all of the article. Raises UsageError if there is none."""
    gone = []
    for row in article.rows(number):
        s = article.result.sentences[row.number - 1]
        if store.forget((s.language, article.result.target), s.source):
            gone.append(Correction(row.number, s.source, s.target, ""))
    if not gone:
        where = "no sentence" if number is None else f"sentence {number}"
        raise UsageError(
            f"{where} of {article.result.id} has a correction to take back", "summarize memory search WORDS"
        )
    return gone


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the memory has for a sentence: its own translation by a person ("": none), and near ones."""

    sentence: int
    source: str
    exact: str
    near: tuple[Near, ...]


def remembered(store: Store, result: Result) -> list[Remembered]:
    """The sentences of an article that the memory has something for. Raises UsageError without rapidfuzz."""
    humans: dict[str, Human] = {}
    found = []
    for row in Correctable(result, ()).rows():
        code = result.sentences[row.number - 1].language
        human = humans.setdefault(code, Human(store, Judge(code, target=result.target)))
        one = Remembered(
            row.number, row.source, human.texts([row.source]).get(row.source, ""), tuple(human.near(row.source))
        )
        if one.exact or one.near:
            found.append(one)
    return found
