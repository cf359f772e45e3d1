"""The contract of `types.Backend`, which every backend passes: fakes, wrappers, engines on real checkpoints."""

from __future__ import annotations

import functools
import json
from contextlib import contextmanager, nullcontext
from dataclasses import replace

import pytest
import tiny_models
import tiny_packages
from model_server import serving

from summarize import catalog, config, keys, prompts
from summarize.backends import neural
from summarize.backends.asking import Asking, Readings, answers
from summarize.backends.cached import Cached
from summarize.backends.fake import Fake
from summarize.backends.fitted import Fitted
from summarize.backends.guard import Guarded
from summarize.backends.judge import Judge
from summarize.backends.opening import Opening
from summarize.backends.pivot import Pivot
from summarize.backends.rungs import NBest, Recased, Rung
from summarize.engines.decoding import Decoding
from summarize.errors import TextTooLong
from summarize.store import Store
from summarize.summarizers.abstractive import Abstractive
from summarize.summarizers.extractive import Extractive
from summarize.types import Backend, Outcome, Output

SENTENCES = [
    "Guten Morgen.",
    "Ich habe gestern ein Buch gekauft.",
    "Die Gespräche waren im Herbst 2021 auf Eis gelegt worden.",
    "Der Hund schläft.",
    "Wir haben heute keine Zeit, aber morgen kommen wir gern.",
    "Das Haus ist alt </s> und <pad> groß.",
    "1.234,56 Euro!",
    "😀 Ein Satz mit Zeichen: ½ CO₂ …",
    "Guten Morgen.",
]
ARTICLE = "# Die Reise\n\n" + "\n\n".join(
    f"The delegation of town {i} met in hall {i % 7} to talk about the new bridge. It will cost {i * 3} million euros. "
    f"Nobody in town {i} had expected such a price."
    for i in range(1, 9)
)
DOCUMENTS = [ARTICLE, "One short text.", ARTICLE.replace("bridge", "school"), ARTICLE]


def de_en(engine):
    def make(tmp_path, cache):
        return neural.load(
            catalog.resolve("de-en", cache=cache), engine=engine, quantization="int8" if engine == "ct2" else "float32",
            decoding=Decoding(beams=2), cache=cache,
        )  # fmt: skip

    return make


def tiny(kind, engine):
    """A checkpoint of a family, random weights and all; a translator for German texts."""

    def make(tmp_path, cache):
        prompt = None
        if kind == "causal":
            prompt = prompts.load("short", prompts.folders())
        checkpoint = tiny_models.make(kind, tmp_path)
        cache = tmp_path / "own"
        tiny_models.convert_here(checkpoint, engine, cache)
        decoding = Decoding(beams=2, max_new=24)
        how = {"engine": engine, "quantization": "float32", "decoding": decoding}
        return neural.load(checkpoint, cache=cache, prompt=prompt, **how).speaking("de")

    return make


def chat(engine):
    """A chat model that translates, as the ladder sees it."""

    def make(tmp_path, cache):
        checkpoint = replace(tiny_models.make("causal", tmp_path), task="translate", source=("de",))
        asking = Asking(prompts.load("translate", prompts.folders()))
        how = {"engine": engine, "quantization": "float32", "decoding": Decoding(beams=1, max_new=24)}
        model = neural.load(checkpoint, cache=cache, prompt=asking, variables=asking.variables("de", 2), **how)
        return Fitted(NBest(Readings(model), 1, Judge("de", answers())))

    return make


@contextmanager
def behind_a_server(tmp_path, cache):
    with serving(lambda text: text.upper()) as model:
        settings = config.load({"cache": str(tmp_path), "canary": False}, {}, tmp_path)
        opening = Opening(settings, lambda line: None, None)
        yield opening.translator(opening.find(model.spec, "translate")).speaking("de")


def cached(tmp_path, cache):
    return Cached(Store.open(tmp_path / "store"), Fake(str.upper), slice_size=2)


def translator(tmp_path, cache):
    inner = de_en("ct2")(tmp_path, cache)
    return Guarded(
        Fitted(inner),
        [Rung("re-case", Recased(Fitted(inner)), Recased.serves), Rung("re-split", Fitted(inner, longest=60))],
    )


def argos(tmp_path, cache):
    package = tiny_packages.zipped(tmp_path / "packed.argosmodel", tiny_packages.argos(cache))
    catalog.add(package, "packed", tmp_path / "own")
    return neural.load(catalog.resolve("packed", cache=tmp_path / "own"), decoding=Decoding(beams=2), cache=cache)


def firefox(tmp_path, cache):
    pytest.importorskip("fxtranslate")
    catalog.add(_taught(tmp_path.parent), "fx", tmp_path / "own")
    return neural.load(catalog.resolve("fx", cache=tmp_path / "own"), decoding=Decoding(beams=2), cache=cache)


@functools.cache
def _taught(root):
    import tiny_bergamot

    tiny_bergamot.write(root / "deen", [("Guten Morgen.", "Good morning."), ("Der Hund schläft.", "The dog sleeps.")])
    return root / "deen"


LEAD = Extractive("short", "lead")
ENGINES = ("ct2", "transformers")
TRANSLATING = ("marian", "marian to many", "nllb", "m2m100", "mbart", "madlad")
WRITING = ("bart", "pegasus", "t5", "flan", "causal")
TRANSLATORS = {
    "fake": lambda tmp_path, cache: Fake(str.upper),
    "fake with failures": lambda tmp_path, cache: Fake(lambda t: Output(t, Outcome.FAILED, faults=("x",))),
    "cached": cached,
    "guarded": lambda tmp_path, cache: Guarded(
        Fake(lambda t: ""), [Rung("re-case", Recased(Fake(str.upper)), Recased.serves)]
    ),
    "fitted": lambda tmp_path, cache: Fitted(Fake(str.upper, limit=3)),
    "shipped ct2": de_en("ct2"),
    "shipped transformers": de_en("transformers"),
    "argos ct2": argos,
    "firefox fxtranslate": firefox,
    "translator": translator,
    "chat ct2": chat("ct2"),
    "chat transformers": chat("transformers"),
    "server": behind_a_server,
    "two in a row": lambda tmp_path, cache: Pivot(de_en("ct2")(tmp_path, cache), Fake(str.upper)),
    **{f"{kind} {engine}": tiny(kind, engine) for kind in TRANSLATING for engine in ENGINES},
}
SUMMARIZERS = {
    "lead": lambda tmp_path, cache: LEAD,
    "textrank": lambda tmp_path, cache: Extractive("short", "textrank"),
    "central": lambda tmp_path, cache: Extractive("bullets", "central"),
    "abstractive": lambda tmp_path, cache: Abstractive(Fake(lambda t: t[:90] + ".", limit=60), LEAD, sentences=3),
    **{f"{kind} {engine}": tiny(kind, engine) for kind in WRITING for engine in ENGINES},
}


def test_every_kind_of_checkpoint_is_held_to_it():
    """Sentence encoders give no text."""
    assert {*TRANSLATING, *WRITING, "encoder"} == set(tiny_models.FACTORIES)


CASES = [
    *(pytest.param(make, SENTENCES, id=name) for name, make in TRANSLATORS.items()),
    *(pytest.param(make, DOCUMENTS, id=name) for name, make in SUMMARIZERS.items()),
]


@pytest.mark.parametrize("make, texts", CASES)
def test_contract(make, texts, tmp_path, cache):
    made = make(tmp_path, cache)
    with made if hasattr(made, "__enter__") else nullcontext(made) as backend:
        _keeps_the_contract(backend, texts)


def _keeps_the_contract(backend, texts):
    assert isinstance(backend, Backend)
    before = keys.canonical(dict(backend.signature.parts))
    assert backend.run([]) == []
    if hasattr(backend, "fits"):
        texts = [t for t in texts if backend.fits(t)] or ["Short."]

    outputs = backend.run(texts)

    assert len(outputs) == len(texts) and all(isinstance(o, Output) and isinstance(o.text, str) for o in outputs)
    assert backend.run(texts) == outputs, "the same texts give the same outputs"
    assert [backend.run([t])[0] for t in texts] == outputs, "alone or in a batch, the output is the same"
    assert backend.run(texts[::-1]) == outputs[::-1], "outputs follow the order of the texts"
    assert outputs[texts.index(texts[-1])] == outputs[-1], "equal texts have equal outputs"

    after = keys.canonical(dict(backend.signature.parts))
    assert after == before, "running changes no signature"
    parts = json.loads(after)
    assert not {"device", "threads", "batch_size", "batch_tokens"} & set(parts)


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda tmp_path, cache: Fake(str.upper, limit=10), id="fake"),
        pytest.param(de_en("ct2"), id="marian ct2"),
        pytest.param(de_en("transformers"), id="marian transformers"),
        pytest.param(argos, id="argos ct2"),
        pytest.param(firefox, id="firefox fxtranslate"),
        pytest.param(tiny("bart", "ct2"), id="bart ct2"),
        pytest.param(tiny("causal", "transformers"), id="causal transformers"),
        pytest.param(chat("ct2"), id="chat ct2"),
        pytest.param(behind_a_server, id="server"),
    ],
)
def test_nothing_is_truncated(make, tmp_path, cache):
    made = make(tmp_path, cache)
    with made if hasattr(made, "__enter__") else nullcontext(made) as backend:
        _truncates_nothing(backend)


def _truncates_nothing(backend):
    if isinstance(backend, Fitted):  # what cuts is not what is asked here
        backend = backend.inner.inner.inner
    text = "Das ist ein sehr langer Satz, der nicht aufhört, " * 400
    assert not backend.fits(text)
    with pytest.raises(TextTooLong) as caught:
        backend.run(["Kurz.", text])
    assert caught.value.tokens > caught.value.limit > 0
    (out,) = Fitted(backend).run([text[:20000]]) if "fake" in str(backend.signature.parts) else [None]
    assert out is None or out.parts > 100


def test_signatures_tell_everything_apart_that_changes_an_output(tmp_path, cache):
    load = lambda **more: neural.load(
        catalog.resolve("de-en", cache=cache), **{"engine": "ct2", "decoding": Decoding(), "cache": cache, **more}
    )
    variants = [
        load(),
        load(decoding=Decoding(beams=1)),
        load(decoding=Decoding(no_repeat_ngram=3)),
        load(quantization="float32"),
        load(engine="transformers"),
        Fitted(load()),
        Fitted(load(), longest=50),
        Guarded(load(), ()),
    ]
    found = [keys.signature_key(v.signature) for v in variants]
    assert len(set(found)) == len(found)
    assert keys.signature_key(load(threads=1).signature) == keys.signature_key(load(threads=2, device="cpu").signature)
