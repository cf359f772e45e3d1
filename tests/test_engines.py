"""The two engines against each other and `Neural` on top: on small checkpoints of every family and on the real one."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
from dataclasses import replace
from itertools import pairwise

import pytest
import tiny_models

from summarize import config
from summarize.backends import neural
from summarize.engines import convert
from summarize.engines.ct2 import Ct2Engine, batches
from summarize.engines.decoding import Decoding
from summarize.engines.recipe import ENGINES
from summarize.errors import ConfigError, ModelCorrupt, ModelUnsupported, TextTooLong
from summarize.families import FAMILIES
from summarize.resources import PACKAGE, shipped
from summarize.types import Backend, Outcome

WRITERS = sorted(set(tiny_models.FACTORIES) - {"encoder"})
TEXTS = [*tiny_models.SENTENCES[:50], *tiny_models.LONGER]
GREEDY, BEAMS = Decoding(beams=1, max_new=24), Decoding(beams=4, max_new=24)


def test_settings_name_the_engines_there_are():
    """But for those that run packages of their own alone, for which nobody has to ask."""
    own = {family.engine for family in FAMILIES.values()} - {"ct2"}
    assert {*config.ENGINES} == {"auto", *ENGINES} - own


@pytest.fixture(scope="session")
def root(tmp_path_factory):
    return tmp_path_factory.mktemp("engines")


@pytest.fixture(scope="session")
def tiny(root):
    """kind -> its checkpoint, each made once."""
    made = {}

    def get(kind):
        if kind not in made:
            made[kind] = tiny_models.make(kind, root)
        return made[kind]

    return get


@pytest.fixture(scope="session")
def shipped_model():
    return tiny_models.TinyCheckpoint("de-en", shipped("models") / "de-en", FAMILIES["marian"], "translate", ("de",))


class Engines:
    """Both engines on one checkpoint in float32, and the ids that both are given."""

    def __init__(self, checkpoint, cache):
        from summarize.engines.torch_engine import TorchEngine

        folder = convert.prepared(checkpoint, "float32", cache)
        self.tokens = checkpoint.family.open_tokens(convert.companions(folder), "de", "en")
        kind = checkpoint.family.network
        ends = {"start": self.tokens.start, "ends": self.tokens.ends, "never": self.tokens.never}
        self.ct2 = Ct2Engine(folder, kind, "float32", **ends)
        self.reference = TorchEngine(checkpoint.path, kind, device="cpu", **ends)
        self.sources = [self.tokens.encode(text) for text in TEXTS]

    def agreement(self, decoding):
        """(share of equal outputs, outputs of CTranslate2)"""
        caps = [decoding.cap(len(s)) for s in self.sources]
        ours = self.ct2.generate(self.sources, decoding, caps)
        theirs = self.reference.generate(self.sources, decoding, caps)
        pairs = list(zip(ours, theirs, strict=True))
        equal = [(a, b) for a, b in pairs if a.ids == b.ids and a.finished == b.finished]
        assert all(abs(a.score - b.score) < 1e-3 for a, b in equal)
        return len(equal) / len(pairs), ours


OFTEN = ("marian", "causal", "shipped")  # the other families are slow tests


def families(*names):
    return [name if name in OFTEN else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.fixture(scope="module", params=families(*WRITERS, "shipped"))
def engines(request, tiny, root, shipped_model):
    checkpoint = shipped_model if request.param == "shipped" else tiny(request.param)
    return Engines(checkpoint, root / "cache")


def test_greedy_outputs_are_equal(engines):
    share, outputs = engines.agreement(GREEDY)
    assert share == 1.0
    assert len({tuple(o.ids) for o in outputs}) > 5  # different sources, different outputs


def test_beam_outputs_are_equal_nearly_always(engines):
    assert engines.agreement(BEAMS)[0] >= 0.95


def test_greedy_outputs_are_equal_under_penalties(engines):
    share, outputs = engines.agreement(replace(GREEDY, no_repeat_ngram=2, repetition_penalty=1.2, min_new=3))
    assert share >= 0.95
    assert all(len(o.ids) + len(engines.tokens.start) >= 3 for o in outputs)


def test_outputs_alone_and_in_a_batch_are_the_same(engines):
    caps = [BEAMS.cap(len(s)) for s in engines.sources]
    together = engines.ct2.generate(engines.sources, BEAMS, caps)
    for i in range(0, len(TEXTS), 9):
        assert engines.ct2.generate([engines.sources[i]], BEAMS, [caps[i]])[0].ids == together[i].ids


def test_alternatives_come_best_first(engines):
    sources = engines.sources[:5]
    for engine in (engines.ct2, engines.reference):
        found = engine.nbest(sources, BEAMS, [24] * 5, 3)
        assert [len(hypotheses) for hypotheses in found] == [3] * 5
        assert all(a.score >= b.score for h in found for a, b in pairwise(h))


def test_embeddings_are_equal(tiny, root):
    import numpy as np

    found = [
        neural.load_encoder(tiny("encoder"), engine=engine, quantization="float32", cache=root / "cache").embed(TEXTS)
        for engine in ("ct2", "transformers")
    ]
    assert found[0].shape == (len(TEXTS), 32)
    assert np.allclose(found[0], found[1], atol=1e-5)
    assert np.allclose(np.linalg.norm(found[0], axis=1), 1, atol=1e-5)


def test_embedding_of_a_text_longer_than_the_model_reads(tiny, root):
    encoder = neural.load_encoder(tiny("encoder"), cache=root / "cache")
    long, end = " ".join(TEXTS), "Polizei"
    first = encoder.embed([long, long + " " + end * 40])
    assert first.shape == (2, 32)
    assert (first[0] != first[1]).any()  # the end counts


@pytest.fixture(scope="module")
def translator(shipped_model, root):
    return neural.load(shipped_model, decoding=Decoding(), cache=root / "cache")


def test_neural_keeps_the_order_and_is_the_same_alone(translator):
    assert isinstance(translator, Backend)
    texts = tiny_models.SENTENCES[:40]
    outputs = translator.run(texts)
    assert translator.run(texts[::-1]) == outputs[::-1]
    assert translator.run([texts[7]]) == [outputs[7]]
    assert translator.run([]) == []


@pytest.mark.parametrize("beams", [1, 4])
@pytest.mark.parametrize("name", families(*WRITERS, "shipped"))
def test_int8_outputs_are_the_same_to_the_bit_whatever_the_neighbours(name, beams, tiny, shipped_model, root):
    """Texts of many lengths, alone, all together, and in companies drawn anew each time."""
    checkpoint = shipped_model if name == "shipped" else tiny(name)
    model = neural.load(checkpoint, engine="ct2", quantization="int8", cache=root / "cache")._model
    sources = [model.tokens.encode(text) for text in [*tiny_models.SENTENCES[:50], *tiny_models.LONGER[:8]]]
    decoding = Decoding(beams=beams, max_new=24)
    alone = [model.engine.nbest([source], decoding, [24], 2)[0] for source in sources]
    for size in (len(sources), 19, 7):
        places = random.Random(size).sample(range(len(sources)), len(sources))
        for company in (places[i : i + size] for i in range(0, len(places), size)):
            found = model.engine.nbest([sources[i] for i in company], decoding, [24] * len(company), 2)
            assert found == [alone[i] for i in company]


@pytest.mark.parametrize("limit", [30, 41])
def test_no_text_is_padded_beyond_what_the_model_reads(shipped_model, root, limit):
    model = neural.load(shipped_model, cache=root / "cache")._model
    sources = [[*range(20, 20 + n), *model.tokens.ends] for n in range(1, limit)]
    widths = {width for (_, width), _ in batches(sources, [24] * len(sources), 1024, "seq2seq", limit)}
    assert widths == {*range(8, limit, 8), limit}


def test_neural_on_the_reference_engine_gives_the_same_text(shipped_model, root):
    run = [
        neural.load(shipped_model, engine=e, quantization="float32", cache=root / "cache").run(TEXTS[:10])
        for e in ("ct2", "transformers")
    ]
    assert run[0] == run[1]


@pytest.mark.parametrize("name", ["nllb", "mbart"])
def test_a_model_that_is_told_the_language_is_loaded_once_for_all(name, tiny, root):
    german = neural.load(tiny(name), engine="ct2", cache=root / "cache")
    other = "fr" if name == "nllb" else "cs"
    french = german.speaking(other)
    a, b = german._encode("Paris."), french._encode("Paris.")
    assert a != b and a[1:-1] == b[1:-1]
    assert german.signature.parts["source"] != french.signature.parts["source"] == [other]
    assert german.run(["Guten Tag."]) and french.run(["Bonjour."])
    assert german._model.engine is french._model.engine is french.variant(BEAMS)._model.engine
    with pytest.raises(ModelUnsupported, match="no language code for 'xx'"):
        german.speaking("xx").count("a")


def test_too_long_a_text_is_refused_before_any_work(shipped_model, root):
    fresh = neural.load(shipped_model, cache=root / "cache")
    long = "Haus und Hof " * 400
    assert fresh.count(long) > fresh.limit == 512
    assert not fresh.fits(long)
    with pytest.raises(TextTooLong) as caught:
        fresh.run(["Guten Tag.", long])
    assert (caught.value.tokens, caught.value.limit) == (fresh.count(long), 512)
    assert "engine" not in vars(fresh._model)  # nothing was opened for it


def test_a_text_at_the_limit_is_read_whole(translator):
    text = ""
    while translator.fits(text + "Haus "):
        text += "Haus "
    assert translator.limit - 4 <= translator.count(text) <= translator.limit
    short = translator.variant(Decoding(beams=1, max_new=2))
    assert len(short.run([text])) == 1


def test_cut_off_output_is_flagged(translator, tiny, root):
    cut = translator.variant(Decoding(beams=1, max_new=2)).run(["Der Bürgermeister begrüßte die Gäste."])[0]
    assert (cut.outcome, cut.faults) == (Outcome.FAILED, ("truncated",))


def test_cut_off_summary_ends_with_a_whole_sentence():
    assert neural.whole_sentences('It rained 3.5 cm. "Why?" The riv') == 'It rained 3.5 cm. "Why?"'
    assert neural.whole_sentences("no end in sight") == ""


def test_control_tokens_in_an_output_are_flagged(tiny, root):
    from summarize.engines.decoding import Generated

    model = neural.load(tiny("flan"), cache=root / "cache", quantization="float32")
    sentinel = FAMILIES["t5"].open_tokens(convert.companions(model._model.folder))._names["<extra_id_0>"]
    assert model._output(Generated([10, sentinel, 11], True, -1.0)).faults == ("sentinel",)


def test_variants_share_the_model_but_not_the_signature(translator):
    other = translator.variant(Decoding(beams=1))
    assert other._model is translator._model
    assert other.signature != translator.signature
    assert translator.variant(translator.decoding).signature == translator.signature


def test_signature_names_what_can_change_an_output(shipped_model, root):
    def key(**changes):
        from summarize.keys import signature_key

        checkpoint = replace(shipped_model, **{k: changes.pop(k) for k in ("weights", "tokenizer") if k in changes})
        return signature_key(neural.load(checkpoint, cache=root / "cache", **changes).signature)

    base = key()
    changed = [
        key(weights="1"),
        key(tokenizer="1"),
        key(engine="transformers"),
        key(quantization="float32"),
        key(decoding=Decoding(beams=2)),
    ]
    assert len({base, *changed}) == len(changed) + 1
    assert key(threads=1) == base


def test_caps_depend_on_the_source_alone():
    decoding = Decoding(ratio=1.5, extra=5)
    assert [decoding.cap(n) for n in (1, 18, 19, 40)] == [32, 32, 64, 96]
    with pytest.raises(ConfigError):
        Decoding(max_new=5, min_new=6)


def test_conversion_happens_once_for_two_at_a_time(tiny, tmp_path):
    told, found = [], []

    def convert_it():
        found.append(convert.prepared(tiny("marian"), "int8", tmp_path, told.append))

    threads = [threading.Thread(target=convert_it) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(told) == 1 and found[0] == found[1] and (found[0] / "model.bin").is_file()
    assert [p.name for p in found[0].parent.iterdir() if p.is_dir()] == [found[0].name]


def altered(checkpoint, tmp_path, change):
    """A copy of a checkpoint with its weights changed by `change(dict of tensors)`."""
    import shutil

    from safetensors.torch import load_file, save_file

    copy = tmp_path / "altered"
    shutil.copytree(checkpoint.path, copy)
    tensors = load_file(copy / "model.safetensors")
    change(tensors)
    save_file(tensors, copy / "model.safetensors", metadata={"format": "pt"})
    return replace(checkpoint, id="altered", path=copy)


def test_missing_weights_are_refused_by_both_engines(tiny, tmp_path):
    bad = altered(tiny("marian"), tmp_path, lambda t: t.pop("model.encoder.layers.0.fc1.weight"))
    with pytest.raises(ModelCorrupt, match=r"fc1\.weight"):
        convert.prepared(bad, "int8", tmp_path)
    with pytest.raises(ModelCorrupt, match=r"fc1\.weight"):
        neural.load(bad, engine="transformers", cache=tmp_path).run(["Hallo"])
    assert not [p for p in (tmp_path / "models" / "converted").iterdir() if p.is_dir()]


def test_a_pad_row_that_is_not_zero_is_refused_by_conversion(tiny, tmp_path):
    def raise_pad(tensors):
        tensors["model.shared.weight"][-1] += 0.5

    with pytest.raises(ModelUnsupported, match="not zero") as caught:
        convert.prepared(altered(tiny("marian"), tmp_path, raise_pad), "int8", tmp_path)
    assert "transformers" in caught.value.hint


def test_broken_weights_are_corrupt(tiny, tmp_path):
    bad = altered(tiny("marian"), tmp_path, lambda t: None)
    (bad.path / "model.safetensors").write_bytes(b"not a model")
    with pytest.raises(ModelCorrupt):
        convert.prepared(bad, "int8", tmp_path)


def test_converted_model_runs_without_torch_and_transformers(shipped_model, root, translator):
    translator.run(["Guten Tag."])  # converted from here on
    code = f"""
import sys
sys.path[:0] = [{str(PACKAGE.parent)!r}, {str(PACKAGE.parent / "tests")!r}]
from pathlib import Path
import tiny_models
from summarize import config
from summarize.backends import neural
from summarize.families import FAMILIES
heavy = ("torch", "transformers", "ctranslate2", "numpy", "sentencepiece", "tokenizers")
path = Path({str(shipped_model.path)!r})
checkpoint = tiny_models.TinyCheckpoint("de-en", path, FAMILIES["marian"], "translate", ("de",))
model = neural.load(checkpoint, cache=Path({str(root / "cache")!r}), announce=print)
model.signature
print([m for m in heavy if m in sys.modules])
assert model.run(["Guten Tag."])[0].text
print([m for m in heavy[:2] if m in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert (done.stdout, done.returncode) == ("[]\n[]\n", 0), done.stderr
