"""The gate on performance: what a small fixed drop costs in counts, which cannot flake. No clock is read here.

A number that grows is a loss of speed that somebody must want; one that shrinks is put down here, so that it stays.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field

import pytest

from summarize import api, batch, catalog
from summarize.backends import neural
from summarize.backends.fake import Fake
from summarize.backends.fitted import Fitted
from summarize.backends.guard import Guarded
from summarize.engines.ct2 import Ct2Engine
from summarize.engines.decoding import Decoding
from summarize.families.marian import MarianTokens
from summarize.job.plan import Plan
from summarize.store import Store

RAIN = "Am Morgen hat es in der ganzen Stadt geregnet."
SHARED = "Die Polizei bittet um Hinweise aus der Bevölkerung."
DROP = {
    "wetter": f"Regen in der Stadt\n\n{RAIN} Danach schien wieder die Sonne. {RAIN}\n\n***\n",
    "unfall": f"Unfall auf der Autobahn\n\nEin Lastwagen ist gestern umgekippt. {SHARED}\n",
    "feuer": f"Feuer in einem Lager\n\nNiemand wurde bei dem Brand verletzt. {SHARED}\n",
}
DISTINCT = 8  # that need a model


@dataclass
class Counts:
    """What one run asked of its model, its store and its disk."""

    asked: list[list[str]] = field(default_factory=list)
    statements: Counter = field(default_factory=Counter)  # by first word
    written: list[str] = field(default_factory=list)  # names of files

    @property
    def sent(self) -> int:
        return sum(map(len, self.asked))

    @property
    def transactions(self) -> int:
        return self.statements["COMMIT"]


@pytest.fixture
def count(monkeypatch, tmp_path):
    """A run of a folder with a fake in the model's place; returns what it cost."""
    counts = Counts()

    class Faked(Plan):
        def _translator(self, *given):
            fake = Fake(lambda sentence: f"Translated: {len(sentence)} letters were there.", name="counted")
            fake.calls = counts.asked
            return Guarded(fake, ())

    open_store, replace = Store.open, os.replace

    def opened(folder, **more):
        store = open_store(folder, **more)
        own = lambda sql: not sql.startswith("--")  # what an index of words does within
        store.db.set_trace_callback(lambda sql: counts.statements.update([sql.split()[0].upper()] * own(sql)))
        return store

    def replaced(source, target, **more):
        counts.written.append(os.path.basename(target))
        replace(source, target, **more)

    monkeypatch.setattr(batch, "Plan", Faked)
    monkeypatch.setattr(Store, "open", opened)
    monkeypatch.setattr(os, "replace", replaced)

    def run(folder, home="home") -> Counts:
        nonlocal counts
        counts = Counts()
        report = api.run([str(folder)], cache=str(tmp_path / home / "cache"), out=str(tmp_path / home / "out"))
        assert not report.failures
        return counts

    return run


@pytest.fixture
def drop(tmp_path):
    folder = tmp_path / "drop"
    folder.mkdir()
    for name, text in DROP.items():
        (folder / f"{name}.txt").write_text(text, encoding="utf-8")
    return folder


def test_every_distinct_sentence_is_sent_once_in_one_call(count, drop):
    first = count(drop)
    assert (len(first.asked), first.sent) == (1, DISTINCT)


def test_an_unchanged_drop_costs_no_call_and_writes_only_its_manifest(count, drop):
    count(drop)
    again = count(drop)
    assert again.asked == []
    assert again.written == ["run-manifest.json"]


def test_a_changed_sentence_costs_one(count, drop):
    count(drop)
    path = drop / "unfall.txt"
    path.write_text(path.read_text(encoding="utf-8").replace("gestern", "heute"), encoding="utf-8")
    changed = count(drop)
    assert changed.asked == [["Ein Lastwagen ist heute umgekippt."]]
    assert sorted(changed.written) == ["run-manifest.json", "unfall.json", "unfall.md"]


def grown(folder, copies: int):
    """So many times three articles, each with one sentence that no other has."""
    folder.mkdir()
    for n in range(copies):
        for name, text in DROP.items():
            own = f"Das ist der Satz {n} in {name}."
            (folder / f"{name}-{n}.txt").write_text(f"{text.rstrip()}\n\n{own}\n", encoding="utf-8")
    return folder


def by_article(few: Counter, many: Counter, articles: int) -> dict[str, float]:
    """Statements that one more article costs."""
    return {word: n / articles for word in many if (n := many[word] - few[word])}


def test_a_new_article_costs_few_statements_and_one_transaction(count, tmp_path):
    few, many = grown(tmp_path / "few", 2), grown(tmp_path / "many", 12)  # in one window
    cost = by_article(count(few, "a").statements, count(many, "b").statements, 30)
    # inserts: its own sentence, its summary, the result, that it is indexed, its words, the answer, a line of
    # history; and now and then a common one
    assert cost == {"BEGIN": 1, "COMMIT": 1, "SELECT": 3, "INSERT": 7.1}


def test_an_unchanged_article_costs_three_looks_and_no_transaction(count, tmp_path):
    few, many = grown(tmp_path / "few", 2), grown(tmp_path / "many", 12)
    count(few, "a"), count(many, "b")
    cost = by_article(count(few, "a").statements, count(many, "b").statements, 30)
    # looks: its answer, the result, what people have translated of it
    assert cost == {"SELECT": 3, "INSERT": 1}


def test_a_drop_is_translated_window_by_window_each_in_slices(count, tmp_path):
    """66 articles are two windows, and what the first has translated the second does not ask for again."""
    asked = count(grown(tmp_path / "drop", 22)).asked
    assert [len(call) for call in asked] == [DISTINCT + 64, 2]


@pytest.fixture
def model(cache, monkeypatch):
    """The shipped model, with a record of what its tokenizer and its engine were given."""
    given = {"bytes": 0, "texts": 0, "tokens": 0, "calls": 0, "sources": 0}
    encode, nbest = MarianTokens.encode, Ct2Engine.nbest

    def encoding(self, text):
        given["bytes"] += len(text.encode("utf-8"))
        given["texts"] += 1
        return encode(self, text)

    def searching(self, sources, *more):
        given["calls"] += 1
        given["sources"] += len(sources)
        given["tokens"] += sum(map(len, sources))
        return nbest(self, sources, *more)

    monkeypatch.setattr(MarianTokens, "encode", encoding)
    monkeypatch.setattr(Ct2Engine, "nbest", searching)
    backend = Fitted(neural.load(catalog.resolve("de-en", cache=cache), decoding=Decoding(beams=1), cache=cache))
    return backend, given


def test_text_is_tokenised_once_and_searched_in_one_call(model):
    backend, given = model
    texts = [RAIN, SHARED, "Niemand wurde bei dem Brand verletzt."]
    backend.run(texts)
    size = sum(len(text.encode("utf-8")) for text in texts)
    passes = 2  # once to see that it fits, once to send it
    assert (given["texts"], given["bytes"]) == (passes * len(texts), passes * size)
    assert (given["calls"], given["sources"]) == (1, len(texts))


START = {"annotated_doc", "shellingham", "typer"}
COMMAND = START | {"annotated_types", "pydantic", "pydantic_core", "typing_extensions", "typing_inspection"}
UNCHANGED = COMMAND | {"rich"}
TRANSLATING = UNCHANGED | {"babel", "ctranslate2", "numpy", "py3langid", "sentencepiece", "sentencex"}


def imported(arguments: list[str]) -> set[str]:
    """The packages from outside the standard library that are in the process after a command."""
    script = f"import sys\nfrom summarize.cli import main\ntry: main({arguments})\nexcept SystemExit: pass\n"
    script += "import json; print(json.dumps(sorted(sys.modules)))"
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    names = {name.split(".")[0] for name in json.loads(out.splitlines()[-1])}
    names -= {"pytz"}  # which babel takes where it happens to be there
    return {n for n in names - set(sys.stdlib_module_names) - {"summarize"} if not n.startswith("_")}


def test_a_start_imports_the_command_line_and_nothing_else(drop):
    assert imported(["--version"]) <= START
    assert imported(["run", "--help"]) <= COMMAND


def test_a_run_imports_the_engine_and_an_unchanged_one_not_even_that(drop, cache, tmp_path):
    arguments = ["run", str(drop), "--cache", str(cache), "--out", str(tmp_path / "out"), "-q"]
    assert imported(arguments) <= TRANSLATING
    assert imported(arguments) <= UNCHANGED
