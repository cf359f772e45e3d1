"""Memory that runs out in a batch: it is done again in smaller ones, and only a text that is too much alone fails."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import tiny_models

from summarize.backends import neural
from summarize.engines import memory
from summarize.engines.decoding import Decoding
from summarize.errors import ModelTooLarge, OutOfMemory
from summarize.job import accounting

TEXTS = tiny_models.SENTENCES[:12]
SAID = [
    MemoryError(),
    RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB."),
    RuntimeError("std::bad_alloc"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:124] err == 0. DefaultCPUAllocator: can't allocate memory"),
]


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    root = tmp_path_factory.mktemp("memory")
    return {kind: tiny_models.make(kind, root) for kind in ("marian", "encoder")}, root


def loaded(tiny, engine):
    found, root = tiny
    return neural.load(
        found["marian"], engine=engine, quantization="float32", decoding=Decoding(beams=2, max_new=24), cache=root
    )


class Small:
    """A model's door that only lets so many through, as a card of that size would."""

    def __init__(self, inner, room, error):
        self.inner, self.room, self.error = inner, room, error
        self.refused = 0

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def generate(self, **options):
        if len(options["input_ids"]) > self.room:
            self.refused += 1
            raise self.error
        return self.inner.generate(**options)

    def translate_batch(self, tokens, max_batch_size, **options):
        if max_batch_size > self.room * max(map(len, tokens)):
            self.refused += 1
            raise self.error
        return self.inner.translate_batch(tokens, max_batch_size=max_batch_size, **options)


class Late:
    """What asynchronous work gives: the error comes with the result."""

    def __init__(self, error):
        self.error = error

    def result(self):
        raise self.error


@pytest.mark.parametrize("error", SAID, ids=lambda e: str(e)[:20] or "MemoryError")
@pytest.mark.parametrize("room", [1, 5])
def test_a_batch_of_the_reference_engine_is_halved_until_it_fits(tiny, error, room):
    model = loaded(tiny, "transformers")
    right = model.run(TEXTS)
    engine = model._model.engine
    engine._model = small = Small(engine._model, room, error)
    assert model.run(TEXTS) == right and small.refused


@pytest.mark.parametrize("error", SAID, ids=lambda e: str(e)[:20] or "MemoryError")
def test_a_batch_of_ctranslate2_is_halved_until_it_fits(tiny, error, monkeypatch):
    model = loaded(tiny, "ct2")
    right = model.run(TEXTS)
    engine = model._model.engine
    search, rows = engine._search, []

    def crowded(sources, **more):
        rows.append(len(sources))
        return Late(error).result if len(sources) > 2 else search(sources, **more)

    monkeypatch.setattr(engine, "_search", crowded)
    assert model.run(TEXTS) == right
    assert max(rows) > 4 and {n for n in rows if n <= 2}


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_embeddings_are_halved_too(tiny, engine):
    found, root = tiny
    encoder = neural.load_encoder(found["encoder"], engine=engine, quantization="float32", cache=root)
    right = encoder.embed(TEXTS)
    inner = encoder._model.engine._model

    class Crowded:
        def forward_batch(self, sources):
            if len(sources) > 2:
                raise RuntimeError("std::bad_alloc")
            return inner.forward_batch(sources)

        def __call__(self, input_ids, **more):
            if len(input_ids) > 3:
                raise RuntimeError("DefaultCPUAllocator: can't allocate memory")
            return inner(input_ids=input_ids, **more)

    encoder._model.engine._model = Crowded()
    assert abs(encoder.embed(TEXTS * 2)[: len(TEXTS)] - right).max() < 1e-5


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_a_text_that_is_too_much_alone_fails_alone(tiny, engine):
    """The accounts go on in halves, and what is left over is one sentence with its reason."""
    model = loaded(tiny, engine)
    model.run(TEXTS)
    opened = model._model.engine
    longest = max(TEXTS, key=lambda t: len(model._encode(t)))
    limit = len(model._encode(longest))
    work = opened.nbest

    def crowded(sources, decoding, caps, n):
        if any(len(source) >= limit for source in sources):
            raise memory.alone(limit)
        return work(sources, decoding, caps, n)

    opened.nbest = crowded
    outputs, errors = accounting._run(model, TEXTS)
    assert all(isinstance(error, OutOfMemory) and "--beams 1" in error.hint for error in errors.values())
    assert set(TEXTS) - set(outputs) == set(errors) == {t for t in TEXTS if len(model._encode(t)) >= limit}


@pytest.mark.parametrize("engine", ["ct2", "transformers"])
def test_no_room_for_even_one_is_told_as_such(tiny, engine, monkeypatch):
    model = loaded(tiny, engine)
    model.run(TEXTS[:1])
    opened = model._model.engine
    if engine == "ct2":
        monkeypatch.setattr(opened, "_search", lambda *given, **more: Late(MemoryError()).result)
    else:
        opened._model = Small(opened._model, 0, MemoryError())
    with pytest.raises(OutOfMemory, match=r"one text of \d+ tokens"):
        model.run(TEXTS)


def test_other_errors_are_not_taken_for_it(tiny):
    model = loaded(tiny, "transformers")
    model.run(TEXTS[:1])
    model._model.engine._model = Small(model._model.engine._model, 0, RuntimeError("shape mismatch"))
    with pytest.raises(RuntimeError, match="shape"):
        model.run(TEXTS)


def test_a_model_that_does_not_fit_is_not_taken_for_a_damaged_one(tiny, monkeypatch):
    import ctranslate2

    def full(*args, **options):
        raise RuntimeError("std::bad_alloc")

    model = loaded(tiny, "ct2")
    folder = model._model.folder
    monkeypatch.setattr(ctranslate2, "Translator", full)
    with pytest.raises(ModelTooLarge, match="not enough memory to load") as caught:
        model.run(TEXTS)
    assert caught.value.code == 3 and folder.is_dir()


STARVED = """
import json, resource, sys
from pathlib import Path
from summarize import catalog
from summarize.backends import neural
from summarize.engines import ct2
from summarize.errors import OutOfMemory

cache, room, texts = Path(sys.argv[1]), int(sys.argv[2]), json.loads(sys.argv[3])
model = neural.load(catalog.resolve("de-en", cache=cache), engine="ct2", threads=1, cache=cache)
model.run(["Guten Morgen."])  # it is open, and what comes now is a batch
model._model.engine._batch_tokens = 32768  # of a size that does not fit
sizes = []
halves = ct2.memory.in_halves
ct2.memory.in_halves = lambda work, sources, begun=None: sizes.append(begun is None) or halves(work, sources, begun)
if room:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + room * 2**20, resource.RLIM_INFINITY))
try:
    said = [output.text for output in model.run(texts)]
except (OutOfMemory, MemoryError) as error:
    said = type(error).__name__
print(json.dumps([said, any(sizes)]))
"""


@pytest.mark.slow
@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="address space is limited as Linux does it")
def test_a_process_that_is_starved_for_real_works_in_smaller_batches_and_says_the_same(converted):
    """No error is injected: the address space of the process is limited, tighter and tighter."""
    texts = [" ".join(tiny_models.SENTENCES[i : i + 8]) for i in range(8)] * 8

    def starved(room: int) -> tuple[list[str] | str, bool]:
        given = [sys.executable, "-c", STARVED, str(converted), str(room), json.dumps(texts)]
        done = subprocess.run(given, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, (room, done.returncode, done.stderr[-2000:])
        return tuple(json.loads(done.stdout))

    enough, _ = starved(0)
    outcomes = {room: starved(room) for room in (64, 40, 28, 16, 8)}
    assert all(said == enough or said in ("OutOfMemory", "MemoryError") for said, _ in outcomes.values())
    assert any(said == enough and smaller for said, smaller in outcomes.values()), outcomes
