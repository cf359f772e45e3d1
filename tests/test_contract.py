"""The contract of `types.Backend`, which every backend passes: fakes, wrappers, engines on real checkpoints."""

from __future__ import annotations

import json

import pytest
import tiny_models

from summarize import catalog, keys
from summarize.backends import neural
from summarize.backends.cached import Cached
from summarize.backends.fake import Fake
from summarize.backends.fitted import Fitted
from summarize.backends.guard import Guarded
from summarize.backends.rungs import Recased, Rung
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


def tiny(kind, engine, task="summarize"):
    def make(tmp_path, cache):
        prompt = None
        if kind == "causal":
            from summarize import prompts

            prompt = prompts.load("short", prompts.folders())
        checkpoint = tiny_models.make(kind, tmp_path)
        decoding = Decoding(beams=2, max_new=24)
        how = {"engine": engine, "quantization": "float32", "decoding": decoding}
        return neural.load(checkpoint, cache=cache, prompt=prompt, **how)

    return make


def cached(tmp_path, cache):
    return Cached(Store.open(tmp_path / "store"), Fake(str.upper), slice_size=2)


def translator(tmp_path, cache):
    inner = de_en("ct2")(tmp_path, cache)
    return Guarded(
        Fitted(inner),
        [Rung("re-case", Recased(Fitted(inner)), Recased.serves), Rung("re-split", Fitted(inner, longest=60))],
    )


LEAD = Extractive("short", "lead")
TRANSLATORS = {
    "fake": lambda tmp_path, cache: Fake(str.upper),
    "fake with failures": lambda tmp_path, cache: Fake(lambda t: Output(t, Outcome.FAILED, flags=("x",))),
    "cached": cached,
    "guarded": lambda tmp_path, cache: Guarded(
        Fake(lambda t: ""), [Rung("re-case", Recased(Fake(str.upper)), Recased.serves)]
    ),
    "fitted": lambda tmp_path, cache: Fitted(Fake(str.upper, limit=3)),
    "marian ct2": de_en("ct2"),
    "marian transformers": de_en("transformers"),
    "translator": translator,
}
SUMMARIZERS = {
    "lead": lambda tmp_path, cache: LEAD,
    "textrank": lambda tmp_path, cache: Extractive("short", "textrank"),
    "central": lambda tmp_path, cache: Extractive("bullets", "central"),
    "abstractive": lambda tmp_path, cache: Abstractive(Fake(lambda t: t[:90] + ".", limit=60), LEAD, sentences=3),
    "bart ct2": tiny("bart", "ct2"),
    "pegasus transformers": tiny("pegasus", "transformers"),
    "t5 ct2": tiny("t5", "ct2"),
    "causal ct2": tiny("causal", "ct2"),
    "causal transformers": tiny("causal", "transformers"),
}
CASES = [
    *(pytest.param(make, SENTENCES, id=name) for name, make in TRANSLATORS.items()),
    *(pytest.param(make, DOCUMENTS, id=name) for name, make in SUMMARIZERS.items()),
]


@pytest.mark.parametrize("make, texts", CASES)
def test_contract(make, texts, tmp_path, cache):
    backend = make(tmp_path, cache)
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
        pytest.param(tiny("bart", "ct2"), id="bart ct2"),
        pytest.param(tiny("causal", "transformers"), id="causal transformers"),
    ],
)
def test_nothing_is_truncated(make, tmp_path, cache):
    backend = make(tmp_path, cache)
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
