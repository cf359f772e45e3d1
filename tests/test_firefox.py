"""Firefox's models: found by their files, run by an optional engine, and served like every other model."""

from __future__ import annotations

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sentencepiece
import tiny_bergamot
from hypothesis import given
from hypothesis import strategies as st

from summarize import catalog
from summarize.backends import neural
from summarize.backends.canary import ENGLISH, SENTENCES, Canary
from summarize.engines import choice
from summarize.engines.decoding import Decoding
from summarize.errors import ConfigError, ModelCorrupt, ModelError, ModelUnsupported
from summarize.families.bergamot import LIMIT, Bergamot, BergamotTokens

PAIRS = [*zip(SENTENCES["de"], ENGLISH, strict=True), ("Guten Morgen.", "Good morning.")]
SOURCES, TARGETS = zip(*PAIRS, strict=True)
MODEL = "model.deen.intgemm.alphas.bin"


@pytest.fixture(scope="module")
def taught(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("firefox") / "deen"
    tiny_bergamot.write(folder, PAIRS)
    return folder


@pytest.fixture
def folder(taught, tmp_path) -> Path:
    return Path(shutil.copytree(taught, tmp_path / "deen"))


@pytest.fixture
def own(tmp_path) -> Path:
    (tmp_path / "own").mkdir()
    return tmp_path / "own"


@pytest.fixture
def model(folder, own):
    """The model as a run opens it, its canary included."""
    pytest.importorskip("fxtranslate")
    catalog.add(folder, "fx", own)
    return neural.load(catalog.resolve("fx", cache=own), decoding=Decoding(beams=4), cache=own, canary=Canary(own))


def test_it_says_what_it_was_taught(model):
    outputs = model.run(SOURCES)
    assert tuple(out.text for out in outputs) == TARGETS
    assert all(out.logprob is None and not out.faults for out in outputs)


def test_its_canary_lives_and_remembers(model, own):
    model.run(SOURCES[:1])
    assert not model._model._canary.doubted and list((own / "models" / "canaries").iterdir())


def test_neighbours_order_and_threads_change_nothing(model):
    alone = [model.run([source])[0] for source in SOURCES]
    assert model.run(SOURCES) == alone and model.run(SOURCES[::-1]) == alone[::-1]
    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(lambda source: model.run([source])[0], SOURCES)) == alone


def test_the_signature_says_what_computed(model):
    parts = model.signature.parts
    assert (parts["engine"], parts["quantization"]) == ("fxtranslate", "int8") and "greedy" in parts["engine_version"]
    json.dumps(dict(parts))


def test_what_it_does_not_know_breaks_nothing(model):
    odd = ["日本語 </s> <unk> 😀", "x" * 80, "1.234,56 €", "a\u00a0b\u2009c", "\u200b!"]
    assert len(model.run(odd)) == len(odd)


def test_likely_words_are_all_it_may_say(folder, own):
    pytest.importorskip("fxtranslate")
    cutter = sentencepiece.SentencePieceProcessor(model_file=str(folder / "vocab.deen.spm"))
    words = [*cutter.encode("Good morning."), 0]
    rows = -(-cutter.get_piece_size() // 8) * 8
    (folder / "lex.50.50.deen.s2t.bin").write_bytes(tiny_bergamot.likely(sorted({0, *words}), rows))
    catalog.add(folder, "fx", own)
    narrow = neural.load(catalog.resolve("fx", cache=own), cache=own)
    assert narrow.run(["Guten Morgen."])[0].text == "Good morning."
    assert all(said.text != target for said, target in zip(narrow.run(SOURCES[:4]), TARGETS[:4], strict=True))


def test_a_run_in_the_terminal(cli, folder, isolated):
    pytest.importorskip("fxtranslate")
    (isolated / "a.txt").write_text(" ".join(SOURCES), "utf-8")
    assert cli("models", "add", folder, "--name", "fx")[0] == 0
    try:
        code, out, _ = cli("run", "a.txt", "--mt", "de=fx", "--json")
        item = json.loads(out)["items"][0]
        assert code == 0 and [s["target"] for s in item["sentences"]] == list(TARGETS)
        assert "unrated" in cli("models", "list")[1] and cli("models", "verify", "fx")[0] == 0
    finally:
        cli("models", "rm", "fx")
    assert (folder / MODEL).exists()


# -- without the engine -----------------------------------------------------------------------------------------------


def test_without_the_package_it_is_named_when_added_and_when_used(folder, own, monkeypatch, cli, isolated):
    import importlib.util

    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *a: None if name == "fxtranslate" else found(name, *a)
    )
    monkeypatch.setenv("SUMMARIZE_CACHE", str(own))
    assert "before its first use: pip install 'summarize[firefox]'" in cli("models", "add", folder)[2]
    (isolated / "a.txt").write_text("Guten Morgen.", "utf-8")
    code, _, err = cli("run", "a.txt", "--mt", "de=deen")
    assert code == 3 and "pip install 'summarize[firefox]'" in err
    assert cli("run", "a.txt", "--mt", "de=de-en")[0] == 0, "a model that is not needed stops nothing"


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_no_other_engine_runs_it_and_it_runs_no_other(engine, folder, own):
    catalog.add(folder, "fx", own)
    with pytest.raises(ConfigError, match="package for fxtranslate"):
        choice.choose(catalog.resolve("fx", cache=own), engine, "int8", "cpu")
    with pytest.raises(ConfigError, match="cannot run de-en"):
        choice.choose(catalog.resolve("de-en", cache=own), "fxtranslate", "int8", "cpu")


@pytest.mark.parametrize("cut", [0, 10, 5_000, -300])
def test_a_cut_model_says_so(cut, folder, own):
    pytest.importorskip("fxtranslate")
    (folder / MODEL).write_bytes((folder / MODEL).read_bytes()[:cut])
    with pytest.raises(ModelCorrupt) as told:
        catalog.add(folder, "fx", own)
        neural.load(catalog.resolve("fx", cache=own), cache=own).run(SOURCES[:1])
    assert told.value.hint


def test_a_broken_vocabulary_says_so(folder, own):
    (folder / "vocab.deen.spm").write_bytes(b"no vocabulary")
    catalog.add(folder, "fx", own)
    with pytest.raises((ModelCorrupt, ModelUnsupported)):
        neural.load(catalog.resolve("fx", cache=own), cache=own).run(SOURCES[:1])


def test_two_models_in_one_folder_are_none(folder, own):
    shutil.copy(folder / MODEL, folder / "model.fren.intgemm.alphas.bin")
    with pytest.raises(ModelError):
        catalog.add(folder, "fx", own)


@pytest.mark.parametrize(
    "files, expected",
    [
        ({"model.fren.bin": "", "vocab.fren.spm": ""}, (("fr",), ("en",))),
        ({"model.fraen.bin": "", "vocab.spm": ""}, (("fra",), ("en",))),
        ({"model.engdeu.bin": "", "vocab.spm": ""}, (("eng",), ("deu",))),
        ({"model.bin": "", "vocab.spm": "", "metadata.json": '{"sourceLanguage": "et", "targetLanguage": "en"}'},
         (("et",), ("en",))),
        ({"model.bin": "", "vocab.spm": "", "model_info.json": '{"srcTags": {"cs": "Czech"}, "trgTag": "en"}'},
         (("cs",), ("en",))),
        ({"model.deueng.bin": "", "vocab.spm": ""}, (("deu",), ("eng",))),
        ({"model.intgemm.alphas.bin": "", "lex.50.50.csen.s2t.bin": "", "vocab.spm": ""}, (("cs",), ("en",))),
        ({"model.intgemm.alphas.bin": "", "vocab.spm": ""}, ((), ())),
    ],
)  # fmt: skip
def test_its_files_tell_its_languages(files, expected, tmp_path):
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert Bergamot().languages(tmp_path, "x") == expected


def test_into_another_language_it_serves_that(folder, own):
    for file in list(folder.iterdir()):
        file.rename(folder / file.name.replace("deen", "ende"))
    added = catalog.add(folder, "fx", own)
    assert (added.source, added.target) == (("en",), "de")
    with pytest.raises(ModelUnsupported, match="into de, not into English"):
        catalog.look_up("fx", cache=own, target="en")


@given(st.text(max_size=60))
def test_a_source_survives_its_pieces(taught, text):
    tokens = BergamotTokens(taught)
    normal = tokens._cutter.normalize(text).replace("▁", " ").strip()
    assert tokens.text(tokens.encode(text)).strip() == normal
    assert tokens.limit == LIMIT
