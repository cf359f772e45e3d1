"""The rung of a second model: `--fallback de=MODEL` is asked where the first one's ladder ends in doubt or failure."""

from __future__ import annotations

import json
import shutil

import pytest
import tiny_models
from conftest import ROOT

from summarize import config, keys
from summarize.errors import ConfigError, ModelNotFound
from summarize.job import pipeline
from summarize.job.plan import Plan
from summarize.store import Store
from summarize.types import SECOND, Article, Failure

TEXT = "Der Präsident sprach am Montag mit der Presse. Bei dem Unfall wurden zwei Menschen verletzt."


@pytest.fixture
def weak(tmp_path):
    """A model with random weights that says it reads German: whatever it says fails some check."""
    return tiny_models.make("marian", tmp_path).path


@pytest.fixture
def plan(cache):
    def make(announce=lambda line: None, **flags):
        store = Store.open(cache)
        return Plan(config.load({"cache": str(cache), "threads": 1, **flags}, {}, cache), store, announce=announce)

    return make


def test_the_second_model_translates_what_the_first_could_not(cli, weak, isolated):
    (isolated / "a.txt").write_text(TEXT, encoding="utf-8")
    how = ("run", "a.txt", "--json", "--lang", "de", "--engine", "ct2", "--mt", f"de={weak}")
    _, out, _ = cli(*how)
    told = json.loads(out)
    assert "items" in told, told
    (alone,) = told["items"]
    assert "president" not in json.dumps(alone).casefold()

    code, out, _ = cli(*how, "--fallback", "de=de-en")
    (item,) = json.loads(out)["items"]
    assert [s["rung"] for s in item["sentences"]] == [SECOND, SECOND]
    assert "president" in item["sentences"][0]["target"].casefold() and item["sentences"][0]["status"] == "repaired"
    models = {m["role"]: (m["id"], m["quality"]) for m in item["models"]}
    assert models["translate:de:second"] == ("de-en", "draft") and models["translate:de"][0] == str(weak)
    assert code == 1, "the first model is random: its canary casts doubt on it, and the run says so"


def test_the_first_models_good_sentences_are_its_own(plan, weak):
    """The weak model is asked only for what the shipped one could not do; its nonsense is not taken."""
    both = plan(mt="de=de-en", fallback=f"de={weak}", canary=False).translator("de")
    one = plan(mt="de=de-en").translator("de")
    texts = ["Wir haben heute keine Zeit.", "Es kamen 3.500 Gäste aus Abu Dhabi."]
    assert [o.text for o in both.run(texts)] == [o.text for o in one.run(texts)]


def test_the_second_model_is_in_signature_and_fingerprint(plan, weak):
    key = lambda plan: keys.signature_key(plan.signatures["translate:de"])
    one, two = plan(mt="de=de-en"), plan(mt="de=de-en", fallback=f"de={weak}")
    assert key(one) != key(two) and one.fingerprint != two.fingerprint
    ladder = dict(two.signatures["translate:de"].parts["ladder"])
    assert ladder[SECOND]["model"] == str(weak) and list(ladder)[-1] == SECOND
    assert SECOND not in dict(one.signatures["translate:de"].parts["ladder"])


def test_a_second_model_must_exist_and_be_another_one(plan, tmp_path):
    with pytest.raises(ModelNotFound):
        plan(fallback="de=nowhere").translator("de")
    same = shutil.copytree(ROOT / "models" / "de-en", tmp_path / "same")
    with pytest.raises(ConfigError, match="first model again"):
        plan(fallback=f"de={same}").translator("de")
    with pytest.raises(ConfigError, match="only model for fr"):
        plan(fallback=f"fr={same}").translator("de")


def test_a_bare_second_model_serves_the_languages_it_names(plan, weak):
    assert {c: m.id for c, m in plan(mt="de=de-en", fallback=str(weak)).seconds.items()} == {"de": str(weak)}


def test_a_bare_second_model_skips_the_languages_that_it_cannot_serve(plan, weak):
    facts = json.loads((weak / "tokenizer_config.json").read_text())
    (weak / "tokenizer_config.json").write_text(json.dumps({k: v for k, v in facts.items() if k != "source_lang"}))
    (weak / "card.json").write_text(json.dumps({"source": ["fr", "de"], "target": "en"}))
    assert list(plan(mt="de=de-en", fallback=str(weak)).seconds) == ["de"]
    with pytest.raises(ConfigError, match="only model for fr"):
        assert plan(mt="de=de-en", fallback=f"fr={weak}").seconds
    (weak / "card.json").write_text(json.dumps({"source": ["fr"], "target": "en"}))
    with pytest.raises(ConfigError, match="only model for fr"):
        assert plan(mt="de=de-en", fallback=str(weak)).seconds


def test_a_second_model_that_cannot_be_used_costs_nothing_that_the_first_can_do(plan, weak):
    """Its canary refuses it: it does not say what its card says it does."""
    (weak / "card.json").write_text(json.dumps({"golden": [["Guten Tag.", "Good day."], ["Nein.", "No."]]}))
    kept, easy, hard = "Es regnet.", "Wir haben heute keine Zeit.", "x" * 200
    how = {"mt": "de=de-en", "fallback": f"de={weak}"}
    plan(**how, canary=False).translator("de").run([kept])
    said = []
    without = plan(said.append, **how)
    translator = without.translator("de")
    alone = [o.text for o in plan(mt="de=de-en").translator("de").run([kept, easy, hard])]
    assert [o.text for o in translator.run([kept, easy, hard])] == alone
    (line,) = [line for line in said if "goes on without it" in line]
    assert str(weak) in line and "verify" in line
    assert set(translator.known([kept, easy, hard])) == {kept, easy}, "the second might have mended the other one"
    assert translator.run([hard])[0].text == alone[2] and len(said) == len({*said}), "told once"
    article = Article("a", (easy, hard), language="de")
    for _ in range(2):
        (done,) = pipeline.run([article], without, without.store)
        assert not done.unchanged and not isinstance(done.item, Failure)


def test_of_a_second_model_in_doubt_nothing_is_kept_and_of_the_first_all_that_is_its_own(plan, weak):
    """Its weights are random: it makes little of the sentences that everybody knows."""
    both = plan(mt="de=de-en", fallback=f"de={weak}")
    easy, hard = "Wir haben heute keine Zeit.", "x" * 200
    translator = both.translator("de")
    translator.run([easy, hard])
    assert list(both.doubted) == [str(weak)] and list(translator.known([easy, hard])) == [easy]
    article = Article("a", (easy, hard), language="de")
    for _ in range(2):
        (done,) = pipeline.run([article], both, both.store)
        assert not done.unchanged, "a sound second model might do better"
    again = plan(mt="de=de-en", fallback=f"de={weak}", canary=False).translator("de")
    again.run([easy, hard])
    assert again.misses == 1 and len(again.known([easy, hard])) == 2


def test_of_a_first_model_in_doubt_nothing_is_kept(plan, weak):
    both = plan(mt=f"de={weak}", fallback="de=de-en")
    translator = both.translator("de")
    texts = TEXT.split(". ")
    translator.run(texts)
    assert list(both.doubted) == [str(weak)] and not translator.known(texts)


def test_it_is_set_as_mt_is(isolated, weak):
    (isolated / "summarize.toml").write_text(f'[fallback]\nde = "{weak}"\n')
    assert dict(config.load({}, {}, isolated).fallback) == {"de": str(weak)}
    assert dict(config.load({"fallback": "de=x"}, {}, isolated).fallback) == {"de": "x"}
