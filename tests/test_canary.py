"""The canary: a model that is not what it should be is found out by four sentences, and nothing of it is kept."""

from __future__ import annotations

import json
import random
import shutil
from contextlib import suppress
from dataclasses import replace
from itertools import pairwise
from types import SimpleNamespace

import pytest
import sacrebleu
from conftest import ROOT

from summarize import catalog, config, keys
from summarize.backends import canary, neural
from summarize.backends import model as loaded
from summarize.backends.canary import ENGLISH, SENTENCES, Canary
from summarize.engines import choice as engines
from summarize.engines import convert
from summarize.errors import CanaryFailed, ModelCorrupt, ModelError, ModelUnsupported
from summarize.job import pipeline
from summarize.job.plan import Plan
from summarize.store import Store
from summarize.types import UNPROVEN, Article, Failure

TEXT = "Der Minister sprach am Dienstag in Berlin."
FOUND_OUT = "says (nothing|the same)|does not say what its card says"


@pytest.fixture
def copy(tmp_path):
    """A copy of the shipped model, to be damaged; `golden=False` takes away what its card knows."""

    def make(change=lambda tensors: None, golden=True):
        from safetensors.torch import load_file, save_file

        folder = tmp_path / "copy"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(ROOT / "models" / "de-en", folder)
        tensors = load_file(folder / "model.safetensors")
        change(tensors)
        save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
        if not golden:
            card = json.loads((folder / "card.json").read_text())
            (folder / "card.json").write_text(json.dumps({k: v for k, v in card.items() if k != "golden"}))
        return folder

    return make


@pytest.fixture
def own(tmp_path):
    """A cache of its own: converted copies of damaged models do not go among the healthy ones."""
    return tmp_path / "own"


class Run:
    """One process's plan for a model, and one sentence through it."""

    def __init__(self, model, cache, code="de", **settings):
        self.said = []
        flags = {"mt": f"{code}={model}", "cache": str(cache), "threads": 1, "beams": 1, **settings}
        self.store = Store.open(cache)
        self.plan = Plan(config.load(flags, {}, cache), self.store, announce=self.said.append)
        self.translator = self.plan.translator(code)

    def __call__(self, text=TEXT):
        return self.translator.run([text])[0].text

    def kept(self, text=TEXT):
        return bool(self.translator.known([text]))


def zero(*names):
    def change(tensors):
        for name in tensors:
            if any(part in name for part in names):
                tensors[name].zero_()

    return change


def scrambled(tensors):
    """What an untied output layer amounts to: rows that belong to other words."""
    import torch

    rows = tensors["model.shared.weight"]
    order = torch.randperm(len(rows) - 1, generator=torch.Generator().manual_seed(1))
    tensors["model.shared.weight"] = torch.cat([rows[:-1][order], rows[-1:]])


def not_a_number(tensors):
    tensors["model.decoder.layers.0.fc1.weight"].fill_(float("nan"))


DAMAGES = {
    "scrambled embeddings": scrambled,
    "zeroed encoder layer": zero("encoder.layers.0."),
    "zeroed decoder layer": zero("decoder.layers.1."),
    "zeroed attention to the source": zero("encoder_attn.out_proj"),
    "all zeros": zero("layers"),
    "not a number": not_a_number,
}


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
def test_damaged_weights_of_a_model_with_golden_outputs_are_found_out(change, copy, own):
    run = Run(copy(change), own, engine="transformers")
    with pytest.raises(CanaryFailed, match=FOUND_OUT) as caught:
        run()
    assert "summarize models verify" in caught.value.hint and caught.value.code == 3
    assert not run.kept() and not list((own / "models").glob("canaries/*.json"))


def test_a_conversion_that_may_be_bad_is_not_used_again(copy, own):
    with pytest.raises(CanaryFailed, match=FOUND_OUT):
        Run(copy(scrambled), own)()
    assert not [p for p in (own / "models" / "converted").iterdir() if p.is_dir()]


def test_a_shuffled_vocabulary_is_found_out(copy, own):
    model = copy()
    names = json.loads((model / "vocab.json").read_text())
    words = [name for name in names if name not in ("</s>", "<unk>", "<pad>")]
    numbers = [names[word] for word in words]
    random.Random(1).shuffle(numbers)
    (model / "vocab.json").write_text(json.dumps({**names, **dict(zip(words, numbers, strict=True))}))
    with pytest.raises(CanaryFailed, match=FOUND_OUT):
        Run(model, own, engine="transformers")()


def test_an_untied_output_layer_is_found_out(copy, own):
    """As after an upgrade that forgets to tie: the output layer is what it was drawn as."""
    import torch

    def untie(tensors):
        shared = tensors["model.shared.weight"]
        noise = torch.randn(shared.shape, generator=torch.Generator().manual_seed(1)).to(shared.dtype) * 0.02
        for part in ("encoder", "decoder"):
            tensors[f"model.{part}.embed_tokens.weight"] = shared.clone()
        tensors["lm_head.weight"] = noise

    model = copy(untie)
    facts = json.loads((model / "config.json").read_text())
    (model / "config.json").write_text(json.dumps({**facts, "tie_word_embeddings": False}))
    with pytest.raises(CanaryFailed, match=FOUND_OUT):
        Run(model, own, engine="transformers")()


def test_a_wrong_row_of_pad_is_found_out_by_conversion_and_by_the_canary(copy, own):
    def wrong(tensors):
        tensors["model.shared.weight"][-1] = 3 * tensors["model.shared.weight"][:50].sum(0)

    with pytest.raises(ModelUnsupported, match="not zero"):
        Run(copy(wrong), own)()
    with pytest.raises(CanaryFailed):
        Run(copy(wrong), own, engine="transformers")()


def test_the_shipped_model_sings_once_a_process_and_is_remembered(cache, monkeypatch):
    asked = []
    judge = canary._judge
    monkeypatch.setattr(canary, "_judge", lambda *a: asked.append(a) or judge(*a))
    shutil.rmtree(cache / "models" / "canaries", ignore_errors=True)  # what other tests had it sing
    run = Run("de-en", cache)
    assert run.plan.signatures and not asked, "a signature asks nothing"
    run()
    run("Es regnet.")
    assert len(asked) == 1 and run.kept() and run.plan.notes(["de"])[0].quality != UNPROVEN
    (record,) = (cache / "models" / "canaries").glob("*.json")
    assert [p["engine"] for p in json.loads(record.read_text())["past"]][:1] == ["ct2"]
    again = Run("de-en", cache)
    again()
    assert len(asked) == 1, "what is known needs no model, and no canary"


def test_another_engine_and_precision_sing_the_same(cache):
    Run("de-en", cache)()
    other = Run("de-en", cache, engine="transformers")
    other()
    assert other.kept() and not other.said


def test_without_golden_outputs_sense_is_judged_by_a_human_translation(copy, own):
    good = Run(copy(golden=False), own, engine="transformers")
    good()
    assert good.kept() and not good.plan.canary.doubted


def test_a_model_without_a_past_that_makes_no_sense_is_served_and_not_kept(copy, own):
    bad = Run(copy(scrambled, golden=False), own, engine="transformers")
    bad()
    assert not bad.kept() and any("makes little of simple sentences" in line for line in bad.said)
    assert bad.plan.notes(["de"])[0].quality == UNPROVEN
    assert not list((own / "models").glob("canaries/*.json")), "no past to be compared with"
    allowed = Run(copy(scrambled, golden=False), own, canary=False, engine="transformers")
    allowed()
    assert allowed.kept()


def test_an_article_of_a_doubted_model_is_made_again_and_is_no_success(copy, own):
    run = Run(copy(scrambled, golden=False), own, engine="transformers")
    article = Article("a", (TEXT, "Sie sprach mit der Presse über das neue Gesetz."), language="de")
    totals = pipeline.Totals()
    for _ in range(2):
        (done,) = pipeline.run([article], run.plan, run.store)
        totals.count(done)
        if not isinstance(done.item, Failure):
            assert done.item.unproven and not done.unchanged
    assert totals.exit_code == 1


def test_a_failed_canary_fails_the_articles_of_its_language(copy, own):
    run = Run(copy(zero("layers")), own, engine="transformers")
    (done,) = pipeline.run([Article("a", (TEXT,), language="de")], run.plan, run.store)
    assert isinstance(done.item, Failure) and done.item.error == "CanaryFailed" and done.item.code == 3


# What a new version made of the same weights; the canary is told of it through the record of an older one.


def earlier(model, cache, said, **more):
    """Writes down that these weights once said `said` under an older engine."""
    checkpoint = catalog.resolve(str(model), cache=cache)
    past = {"engine": "transformers", "versions": "transformers 4.0.0", "quantization": "float32", "said": said, **more}
    Canary(cache)._remember(checkpoint, list(SENTENCES["de"]), [past])


def test_an_upgrade_that_changes_the_words_a_little_is_nothing(copy, own):
    model = copy(golden=False)
    earlier(model, own, [s.replace("president", "President") for s in ENGLISH])
    run = Run(model, own, engine="transformers")
    run()
    assert run.kept() and not run.said[1:], run.said


def test_an_upgrade_that_changes_the_words_much_stops_caching_and_says_what_changed(copy, own):
    model = copy(golden=False)
    earlier(model, own, ["No hour is ours.", "Press met head of state.", "Crash: a pair hurt.", "Clinic starts work."])
    run = Run(model, own, engine="transformers")
    run()
    assert not run.kept()
    (line,) = [line for line in run.said if "differs from what it was" in line]
    assert "transformers 4.0.0 -> transformers" in line and "--no-canary" in line


def test_an_upgrade_that_makes_nonsense_of_a_model_is_fatal(copy, own):
    model = copy(scrambled, golden=False)
    earlier(model, own, list(ENGLISH))
    with pytest.raises(CanaryFailed, match=r"transformers 4\.0\.0.* -> transformers"):
        Run(model, own, engine="transformers")()


def test_a_summarizer_has_a_canary_too(own, tmp_path, cache):
    import tiny_models

    model = tiny_models.make("causal", tmp_path)
    article = Article("a", (" ".join([TEXT] * 12),), language="de")
    settings = {"summarizer": str(model.path), "kind": "headline"}
    first = Run("de-en", cache, **settings)
    assert [d.item.id for d in pipeline.run([article], first.plan, first.store)] == ["a"]
    checkpoint = catalog.resolve(str(model.path), cache=cache, task="summarize")
    past = first.plan.canary._past(checkpoint, ENGLISH)
    assert len(past) == 1 and len(past[0]["said"]) == len(ENGLISH)
    first.plan.canary._remember(checkpoint, ENGLISH, [{**past[0], "said": ["Quite another text."] * 3 + ["So."]}])
    second = Run("de-en", cache, **settings, sentences=2)
    (done,) = pipeline.run([article], second.plan, second.store)
    assert done.item.unproven and not done.unchanged
    assert "differs from what it was" in second.plan.canary.doubted[str(model.path)]


def test_without_golden_and_human_words_the_past_may_be_what_was_wrong(copy, own):
    """Of Estonian no sentence is known: garbage became the past, and the right words are doubted, never refused."""
    model = copy(golden=False)
    card = json.loads((model / "card.json").read_text())
    (model / "card.json").write_text(json.dumps({**card, "source": ["et"]}))
    checkpoint = catalog.resolve(str(model), cache=own)
    past = {"said": ["Xq", "Yq yq", "Zq zq zq", "Wq"], "engine": "transformers", "versions": "transformers 4.0.0"}
    Canary(own)._remember(checkpoint, list(ENGLISH), [past])
    run = Run(model, own, engine="transformers", code="et")
    run()
    (line,) = [line for line in run.said if "differs from what it was" in line]
    (record,) = (own / "models" / "canaries").glob("*.json")
    assert not run.kept() and f"delete {record}" in line
    record.unlink()
    again = Run(model, own, engine="transformers", code="et")
    again()
    assert again.kept()


@pytest.mark.parametrize(
    "golden", [["Guten Tag."], [["Guten Tag."]], [["Guten Tag.", 3]], "Guten Tag.", [["a", "b", "c"]]]
)
def test_golden_pairs_that_are_none_name_the_card(golden, tmp_path):
    (tmp_path / "card.json").write_text(json.dumps({"golden": golden}))
    with pytest.raises(ModelCorrupt, match=r"`golden` in .*card\.json"):
        canary._expected(SimpleNamespace(path=tmp_path, source=("de",), target="en"))


def test_a_card_that_cannot_be_understood_fails_the_articles_once(copy, own):
    model = copy()
    card = json.loads((model / "card.json").read_text())
    (model / "card.json").write_text(json.dumps({**card, "golden": ["Guten Tag."]}))
    run = Run(model, own, engine="transformers")
    (done,) = pipeline.run([Article("a", (TEXT, "Es regnet."), language="de")], run.plan, run.store)
    assert isinstance(done.item, Failure) and (done.item.error, done.item.code) == ("ModelCorrupt", 3)
    assert "card.json" in done.item.message


def test_a_canary_that_breaks_is_not_tried_for_every_sentence(copy, own):
    """Its own record is damaged in a way that nobody thought of."""
    model = copy(golden=False)
    earlier(model, own, [3, 4, 5, 6])
    run = Run(model, own, engine="transformers")
    opened, opening = [], loaded.open_engine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(loaded, "open_engine", lambda *a: opened.append(a) or opening(*a))
        for _ in range(2):
            with pytest.raises(ModelError, match="could not be asked"):
                run()
    assert len(opened) == 1


def test_a_t5_is_asked_with_the_prefix_of_a_run(tmp_path):
    import tiny_models

    checkpoint = replace(tiny_models.make("t5", tmp_path), task="translate", source=("de",))
    runtime, place = engines.choose(checkpoint, "transformers", "float32", "cpu"), engines.Place("cpu", 1)
    open_model = neural.Model(checkpoint, runtime, place, tmp_path / "own", print, singer := Canary(tmp_path / "own"))
    read = []
    with pytest.MonkeyPatch.context() as patch:
        encode = type(open_model.tokens).encode
        patch.setattr(type(open_model.tokens), "encode", lambda self, text: read.append(text) or encode(self, text))
        with suppress(CanaryFailed):
            assert open_model.engine
    assert read == ["translate German to English: " + sentence for sentence in SENTENCES["de"]], singer.failed


# -- what it is made of -----------------------------------------------------------------------------------------------


def test_chrf_is_sacrebleus():
    pairs = [
        ("The cat sleeps.", "The cats are asleep."),
        ("a", "ab"),
        ("Ein Satz", "A phrase"),
        *pairwise(ENGLISH),
    ]
    for ours, reference in pairs:
        expected = sacrebleu.sentence_chrf(ours, [reference]).score
        assert canary.chrf(ours, reference) == pytest.approx(expected, abs=0.01)


def test_every_language_says_the_same_four_sentences():
    assert all(len(said) == len(set(said)) == len(ENGLISH) for said in SENTENCES.values())


def test_the_golden_outputs_of_a_model_are_written_by_one_command(copy, own):
    model = copy(golden=False)
    assert canary.main([str(model)]) == 0
    written = json.loads((model / "card.json").read_text())
    shipped = json.loads((ROOT / "models" / "de-en" / "card.json").read_text())
    assert written == shipped


def test_a_damaged_conversion_is_made_again(copy, own):
    model = copy()
    run = Run(model, own)
    right = run()
    (folder,) = [p for p in (own / "models" / "converted").iterdir() if p.is_dir()]
    whole = keys.hash_file(folder / "model.bin")

    def flip(path):
        data = bytearray(path.read_bytes())
        data[len(data) // 2] ^= 0x40
        path.write_bytes(data)

    checkpoint = catalog.resolve(str(model), cache=own)
    for name, damage in (
        ("model.bin", lambda path: path.write_bytes(path.read_bytes()[:-1000])),
        ("model.bin", lambda path: path.unlink()),
        (f"{convert.CHECKPOINT}/source.spm", lambda path: path.write_bytes(b"")),
        (convert.MADE, lambda path: path.unlink()),
        ("model.bin", flip),
    ):
        data = (folder / name).read_bytes()
        damage(folder / name)
        assert not convert._sound(folder, own), name
        if damage is not flip:
            (folder / name).write_bytes(data)
            assert convert._sound(folder, own)
    said = []
    assert convert.prepared(checkpoint, "int8", own, said.append) == folder
    assert "damaged" in said[0] and keys.hash_file(folder / "model.bin") == whole
    again = Run(model, own)
    assert again("Guten Tag.") and again() == right
