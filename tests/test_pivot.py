"""Two models in a row, by way of a second language, where none goes to the target itself."""

from __future__ import annotations

import json

import pytest
import tiny_bergamot
from hypothesis import given
from hypothesis import strategies as st
from test_catalog import checkpoint

from summarize import catalog, config
from summarize.backends.canary import ENGLISH, SENTENCES
from summarize.backends.fake import Fake
from summarize.backends.guard import Guarded
from summarize.backends.judge import Judge
from summarize.backends.pivot import Pivot
from summarize.backends.rungs import Rung
from summarize.errors import ConfigError, NoModelForLanguage
from summarize.job.plan import Plan
from summarize.store import Store
from summarize.types import SECOND, Backend, Outcome, Output

UKRAINIAN, FRENCH = SENTENCES["uk"], SENTENCES["fr"]


# -- the backend ------------------------------------------------------------------------------------------------------


@given(st.lists(st.text(min_size=1)))
def test_each_text_takes_both_ways(texts):
    pivot = Pivot(Fake(lambda text: f"<{text}>", name="a"), Fake(lambda text: f"({text})", name="b"))
    assert isinstance(pivot, Backend) and pivot.signature.parts["model"] == "a, then b"
    assert [out.text for out in pivot.run(texts)] == [f"(<{text}>)" for text in texts]
    assert pivot.alternatives(texts, 5) == [[out] for out in pivot.run(texts)]


def test_what_the_first_could_not_do_is_not_sent_on():
    first = Fake(
        lambda text: Output("[not translated: x]", Outcome.FAILED, faults=("loop",)) if text == "bad" else text
    )
    then = Fake(str.upper)
    outputs = Pivot(first, then).run(["good", "bad", "better"])
    assert then.calls == [["good", "better"]]
    assert [out.text for out in outputs] == ["GOOD", "", "BETTER"]
    assert outputs[1].outcome is Outcome.FAILED and outputs[1].faults == ("loop",)


def test_repairs_and_doubts_of_both_are_told():
    first = Fake(lambda text: Output(text, Outcome.REPAIRED, "re-split", ("length",), ("names",), 2, -0.1))
    then = Fake(lambda text: Output(text.upper(), Outcome.REPAIRED, "n-best+re-split", (), ("dates",), 1, -0.2))
    guarded = Guarded(Pivot(first, then), (), Judge("de"))
    (out,) = guarded.run(["Er kommt mit ihr."])
    assert (out.outcome, out.rung, out.parts, out.logprob) == (Outcome.REPAIRED, "re-split+n-best", 2, None)
    assert set(out.doubts) == {"names", "dates"}


def test_the_end_is_checked_against_the_beginning():
    """Each half is right by its own lights; together they lose the number, and a second model has it."""
    first, then = Fake(lambda text: "He has a dozen."), Fake(lambda text: "Il en a treize.")
    ladder = [Rung(SECOND, Fake(lambda text: "Il en a 12."))]
    (bare,) = Guarded(Pivot(first, then), (), Judge("de", target="fr")).run(["Er hat 12 davon."])
    (mended,) = Guarded(Pivot(first, then), ladder, Judge("de", target="fr")).run(["Er hat 12 davon."])
    assert "numbers" in bare.doubts
    assert (mended.text, mended.rung, mended.doubts) == ("Il en a 12.", SECOND, ())


def test_either_half_is_in_the_signature():
    one, two, three = (Fake(str.upper, name=name) for name in ("one", "two", "three"))
    found = [Pivot(a, b).signature for a, b in ((one, two), (two, one), (one, three))]
    assert len({json.dumps(dict(s.parts), sort_keys=True) for s in found}) == 3


# -- routes -----------------------------------------------------------------------------------------------------------


@pytest.fixture
def own(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path / "hub"))
    (tmp_path / "own").mkdir()

    def add(source, target):
        name = f"{source}-{target}"
        folder = checkpoint(tmp_path / name)
        pair = {"source_lang": source, "target_lang": target}
        (folder / "tokenizer_config.json").write_text(json.dumps(pair))
        catalog.add(folder, name, tmp_path / "own")
        return name

    add.cache = tmp_path / "own"
    return add


def test_only_where_nothing_goes_there_itself(own):
    own("uk", "ru")
    assert "uk" not in catalog.routes({}, own.cache)
    own("ru", "en")
    assert catalog.routes({}, own.cache)["uk"] == ("uk-ru", "ru")
    own("uk", "en")
    assert catalog.routes({}, own.cache)["uk"] == ("uk-en", "en")
    assert catalog.routes({"uk": "uk-ru"}, own.cache)["uk"] == ("uk-ru", "ru"), "asked for"


def test_english_goes_before_other_ways(own):
    for pair in (("uk", "ru"), ("ru", "fr"), ("uk", "en"), ("en", "fr")):
        own(*pair)
    found = catalog.routes({}, own.cache, "fr")
    assert found["uk"] == ("uk-en", "en") and found["de"] == ("de-en", "en") and found["ru"] == ("ru-fr", "fr")


def test_never_more_than_two(own):
    for pair in (("be", "uk"), ("uk", "ru"), ("ru", "en")):
        own(*pair)
    found = catalog.routes({}, own.cache)
    assert "be" not in found and found["uk"] == ("uk-ru", "ru")
    with pytest.raises(NoModelForLanguage, match="be-uk translates into Ukrainian, and no model here Ukrainian into"):
        catalog.routes({"be": "be-uk"}, own.cache)


def test_a_fallback_goes_there_itself(own):
    for pair in (("uk", "ru"), ("ru", "en")):
        own(*pair)
    given = {"cache": str(own.cache), "fallback": "uk=uk-ru", "canary": False}
    with pytest.raises(ConfigError, match="the fallback uk-ru translates into Russian"):
        _ = Plan(config.load(given, {}, own.cache), Store.open(own.cache)).seconds


# -- a run ------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def taught(tmp_path_factory):
    """Ukrainian to English, and English to French."""
    root = tmp_path_factory.mktemp("pivot")
    for code, sources, targets in (("uken", UKRAINIAN, ENGLISH), ("enfr", ENGLISH, FRENCH)):
        tiny_bergamot.write(root / code, list(zip(sources, targets, strict=True)), code)
    return root


@pytest.fixture
def added(cli, taught):
    pytest.importorskip("fxtranslate")
    for code in ("uken", "enfr"):
        assert cli("models", "add", taught / code)[0] == 0


def test_a_package_that_the_named_engine_cannot_run_is_in_nobodys_way(cli, added, isolated):
    (isolated / "a.txt").write_text("Die Stadt hat eine neue Brücke.", encoding="utf-8")
    assert cli("run", "a.txt", "--lang", "de", "--engine", "ct2")[0] == 0
    (isolated / "b.txt").write_text(UKRAINIAN[0], encoding="utf-8")
    status, _, err = cli("run", "b.txt", "--lang", "uk", "--engine", "ct2")
    assert status == 3 and "no model translates Ukrainian" in err
    status, _, err = cli("run", "b.txt", "--lang", "uk", "--engine", "ct2", "--mt", "uk=uken")
    assert status == 2 and "leave out --engine" in err, "this one was asked for"


def test_ukrainian_to_french_by_way_of_english(cli, added, isolated, cache):
    (isolated / "a.txt").write_text("\n\n".join([*UKRAINIAN, UKRAINIAN[0]]), encoding="utf-8")
    status, _, err = cli("run", "a.txt", "--target", "fr", "--lang", "uk")
    assert status == 0, err
    assert "Ukrainian goes to French by way of English: uken, then enfr" in " ".join(err.split())
    made = json.loads((isolated / "out/a.json").read_text())
    assert [s["target"] for s in made["sentences"]] == [*FRENCH, FRENCH[0]]
    assert {m["role"]: m["id"] for m in made["models"] if m["role"] != "summarize"} == {
        "translate:uk": "uken",
        "translate:uk:en": "enfr",
    }
    page = (isolated / "out/a.md").read_text()
    assert "`uken`" in page and "`enfr`" in page
    with Store.open(cache) as store:
        parts = store.runs(1)[0].plan["signatures"]["translate:uk"]
    assert parts["first"]["model"] == "uken" and parts["then"]["model"] == "enfr"

    # English articles share the second half's outputs
    (isolated / "b.txt").write_text(" ".join(ENGLISH), encoding="utf-8")
    status, _, err = cli("run", "b.txt", "--target", "fr", "--json")
    with Store.open(cache) as store:
        assert store.runs(1)[0].totals["misses"] == 0
    status, out, _ = cli("run", "a.txt", "--target", "fr", "--lang", "uk", "--json")
    assert json.loads(out)["items"] and status == 0
    cli("models", "rm", "enfr")
