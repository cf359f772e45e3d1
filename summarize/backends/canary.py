"""The canary: before anything of a model is kept, the model as it runs here and now says a few known sentences.

Silent garbage is what an upgrade of a library, a half-read checkpoint or a bad conversion makes: fluent nonsense that
no single check can tell from a hard sentence. Four short sentences can, because what they mean is known. Each model
that really loads translates them once per process, greedily and in one batch, and is

* **broken** when it says nothing, says the same to everything, is not what its card says it should be, or neither
  makes sense nor is what it was: `CanaryFailed`, nothing is translated with it;
* **doubted** when it differs from its past and may still make sense (a drift; where no human translation is known the
  past alone refuses nothing, since it may be the past that was wrong), or makes little of the sentences and has no
  past: its outputs are given, marked as unproven, and not kept;
* **sound** else: what it said is remembered under its weights, for the next version to be compared with.

What is compared, always by chrF (0 to 100), in this order: with the `golden` pairs of the model's card.json (which
`python -m summarize.backends.canary FOLDER` writes: greedy, float32); with what the same weights said before under
any engine, quantization and versions; with a human translation.
"""

from __future__ import annotations

import math
import sys
import tomllib
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..catalog.cards import CARD
from ..catalog.checkpoint import Checkpoint
from ..catalog.hashing import models_folder
from ..engines import convert
from ..engines.choice import Place, choose
from ..engines.decoding import Decoding
from ..engines.recipe import Engine, Runtime
from ..errors import CanaryFailed, ModelCorrupt, ModelError
from ..families.tokens import Tokens
from ..files import locked, read_json, write_json
from ..keys import fingerprint
from ..languages.language import DATA
from ..types import TARGET

VERSION = 2  # raised by hand when SENTENCES or the way they are asked change: older records then say nothing

_SIMPLE = tomllib.loads(DATA.with_name("simple-sentences.toml").read_text(encoding="utf-8"))
ENGLISH = tuple(_SIMPLE.pop("en"))
SENTENCES = {code: tuple(lines) for code, lines in _SIMPLE.items()}  # ENGLISH, in other languages
SAME = 60.0  # chrF from which on two outputs of one model are the same but for rounding
SANE = 30.0  # chrF against a human translation that the weakest model which still translates passes
TRANSLATOR, WRITER = Decoding(beams=1), Decoding(beams=1, max_new=16)
NEXT = "`summarize models verify {id}`, reinstall the versions of constraints.txt, then run again with --retry"


Sing = Callable[[Sequence[str], str], list[str]]  # what is said to sentences in a language


@dataclass
class Canary:
    """The canaries of one process, by model. `failed` and `doubted` say of which models nothing is to be kept."""

    cache: Path
    announce: Callable[[str], None] = lambda line: None
    failed: dict[str, ModelError] = field(default_factory=dict)
    doubted: dict[str, str] = field(default_factory=dict)

    def check(
        self,
        checkpoint: Checkpoint,
        runtime: Runtime,
        folder: Path,
        tokens: Tokens,
        engine: Engine,
        encode: Callable[[str, str], list[int]],
        question: str = "",
    ) -> None:
        """Lets the opened model sing. `encode` puts a sentence in a language as a run does; a prompt that it takes for
        that is named by `question`. Raises as `hear`."""
        setup = {
            "engine": runtime.engine,
            "versions": f"{runtime.version}{_converted_with(folder)}",
            "quantization": runtime.quantization,
        }
        ids = lambda sources, language: [encode(source, language) for source in sources]
        sing = lambda sources, language: _ask(checkpoint, tokens, engine, ids(sources, language))
        self.hear(checkpoint, setup, sing, question)

    def hear(self, checkpoint: Checkpoint, setup: dict[str, str], sing: Sing, question: str = "") -> None:
        """A doubt is announced and noted in `doubted`. Raises CanaryFailed, ModelCorrupt for a card that cannot be
        understood, and ModelError for whatever else goes wrong: it would do so with every sentence."""
        try:
            self._hear(checkpoint, setup, sing, question)
        except ModelError as error:
            self.failed[checkpoint.id] = error
            raise
        except Exception as error:
            what = f"the model {checkpoint.id} could not be asked for its known sentences: {error!r}"
            self.failed[checkpoint.id] = ModelError(what, "please report it; --no-canary goes without")
            raise self.failed[checkpoint.id] from error

    def _hear(self, checkpoint: Checkpoint, setup: dict[str, str], sing: Sing, question: str) -> None:
        sources, golden, human = _expected(checkpoint)
        question += f" -> {checkpoint.target}" if checkpoint.target != TARGET else ""
        said = sing(sources, _language(checkpoint))
        past = self._past(checkpoint, sources, question)
        way = NEXT.format(id=checkpoint.id)
        if past and not golden:
            way += f"; if it was wrong before and is right now, delete {self._path(checkpoint, question)}"
        if doubt := _judge(checkpoint.id, said, golden, human, past, setup, way):
            self.doubted[checkpoint.id] = doubt
            self.announce(f"{checkpoint.id}: {doubt}; its outputs are not kept. To do: {way} (--no-canary keeps them).")
        elif {**setup, "said": said} not in past:
            self._remember(checkpoint, sources, [*past, {**setup, "said": said}], question)

    def _path(self, checkpoint: Checkpoint, question: str) -> Path:
        name = fingerprint("canary", [checkpoint.weights, checkpoint.tokenizer, *filter(None, [question])])
        return models_folder(self.cache) / "canaries" / f"{name}.json"

    def _past(self, checkpoint: Checkpoint, sources: Sequence[str], question: str = "") -> list[dict]:
        """What these weights said to these sentences whenever they were found sound; newest last."""
        record = read_json(self._path(checkpoint, question))
        known = record.get("version") == VERSION and record.get("sources") == list(sources)
        return [p for p in record.get("past", []) if isinstance(p, dict) and p.get("said")] if known else []

    def _remember(self, checkpoint: Checkpoint, sources: Sequence[str], past: list[dict], question: str = "") -> None:
        path = self._path(checkpoint, question)
        record = {"version": VERSION, "model": checkpoint.id, "sources": list(sources), "past": past[-20:]}
        # A cache that cannot be written costs this memory, nothing else.
        with suppress(ModelError), locked(path.with_suffix(".lock")):
            write_json(path, record)


def chrf(output: str, reference: str) -> float:
    """Character n-gram F-score, as sacrebleu's sentence_chrf by default: n up to 6, beta 2, white space left out.

    >>> chrf("The cat sleeps.", "The cat sleeps."), chrf("", "The cat sleeps.")
    (100.0, 0.0)
    """
    a, b = "".join(output.split()), "".join(reference.split())
    precision = recall = orders = 0.0
    for n in range(1, 7):
        ours, theirs = (Counter(t[i : i + n] for i in range(len(t) - n + 1)) for t in (a, b))
        if not ours or not theirs:
            continue
        common = (ours & theirs).total()
        precision, recall, orders = precision + common / ours.total(), recall + common / theirs.total(), orders + 1
    if not precision or not recall:
        return 0.0
    precision, recall = precision / orders, recall / orders
    return 100 * 5 * precision * recall / (4 * precision + recall)


def likeness(said: Sequence[str], expected: Sequence[str]) -> float:
    """Mean chrF over the sentences."""
    return sum(map(chrf, said, expected)) / len(expected)


def _expected(checkpoint: Checkpoint) -> tuple[list[str], list[str], tuple[str, ...]]:
    """(sources, what the card says of them or [], a human translation or ()). Raises ModelCorrupt."""
    card = checkpoint.path / CARD
    facts = read_json(card)
    said = facts.get("golden") or []
    golden = said if checkpoint.target == facts.get("target", TARGET) else []  # they are in one language
    if not isinstance(golden, list) or not all(map(_is_pair, golden)):
        what = f"`golden` in {card} is no list of pairs [sentence, translation]"
        raise ModelCorrupt(what, f"take it out, then `python -m summarize.backends.canary {checkpoint.path}`")
    if golden:
        return [source for source, _ in golden], [target for _, target in golden], ()
    # The first, since a model with a prefix or a language code is always told that it reads this one.
    language = _language(checkpoint)
    human = (ENGLISH if language else ()) if checkpoint.target == TARGET else SENTENCES.get(checkpoint.target, ())
    return list(SENTENCES.get(language, ENGLISH)), [], human


def _language(checkpoint: Checkpoint) -> str:
    """In which language it is asked; "" where it names none of these, and is asked in English."""
    return next((code for code in checkpoint.source if code in (*SENTENCES, TARGET)), "")


def _is_pair(value: Any) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(isinstance(side, str) for side in value)


def _ask(checkpoint: Checkpoint, tokens: Tokens, engine: Engine, ids: Sequence[list[int]]) -> list[str]:
    """What the model says to each source; "" where that is not even numbers."""
    decoding = TRANSLATOR if checkpoint.task == "translate" else WRITER
    found = engine.generate(ids, decoding, [decoding.cap(len(source)) for source in ids])
    if not all(h.score is None or math.isfinite(h.score) for h in found):
        return [""] * len(found)  # not a number: its words were drawn by chance
    return [tokens.decode(hypothesis.ids) for hypothesis in found]


def _judge(
    id: str,
    said: Sequence[str],
    golden: Sequence[str],
    human: Sequence[str],
    past: Sequence[dict],
    setup: dict[str, str],
    way: str,
) -> str:
    """Why the model is doubted, "" if it is sound. Raises CanaryFailed, with `way` out, if it is broken."""
    if len(set(said)) == 1 < len(said):
        what = f"the same to {len(said)} different sentences: {said[0]!r}" if said[0] else "nothing"
        raise _failed(id, f"says {what}", way)
    if golden:
        found = likeness(said, golden)
        if found < SAME:
            what = f"does not say what its card says it does (chrF {found:.0f}): {_example(golden, said)}"
            raise _failed(id, what, f"if it was trained anew, `python -m summarize.backends.canary FOLDER`; else {way}")
        return ""
    sane = likeness(said, human) >= SANE if human else True
    if not past:
        return "" if sane else f"makes little of simple sentences: {_example(human, said)}"
    before = max(past, key=lambda record: likeness(said, record["said"]))
    found = likeness(said, before["said"])
    if found >= SAME:
        return ""
    changed = ", ".join(f"{k} {before.get(k)} -> {v}" for k, v in setup.items() if before.get(k) != v)
    what = f"differs from what it was (chrF {found:.0f}; {changed or 'with nothing changed'})"
    what += f": {_example(before['said'], said)}"
    if not sane:
        raise _failed(id, what, way)
    return what


def _example(expected: Sequence[str], said: Sequence[str]) -> str:
    worst = min(zip(expected, said, strict=True), key=lambda pair: chrf(pair[1], pair[0]))
    return f"{worst[1][:80]!r} where {worst[0][:80]!r} was expected"


def _failed(id: str, what: str, way: str) -> CanaryFailed:
    return CanaryFailed(f"the model {id} {what}; nothing is made with it", way)


def _converted_with(folder: Path) -> str:
    """The versions that made a converted folder: a bad conversion outlives the library that made it."""
    version = convert.made(folder).get("versions", {}).get("transformers")
    return f", converted by transformers {version}" if version else ""


def main(arguments: list[str]) -> int:
    """Writes the golden pairs of the checkpoints in the given folders into their cards."""
    from tempfile import TemporaryDirectory

    from .. import catalog
    from . import neural

    for folder in map(Path, arguments):
        with TemporaryDirectory() as cache:
            checkpoint = catalog.resolve(str(folder), cache=Path(cache), task=None)
            runtime = choose(checkpoint, "transformers", "float32", "cpu")
            model = neural.Model(checkpoint, runtime, Place("cpu", 0), Path(cache), print)
            sources = _expected(checkpoint)[0]
            said = _ask(checkpoint, model.tokens, model.engine, [model.encode(source, "") for source in sources])
        card = read_json(folder / CARD)
        write_json(folder / CARD, {**card, "golden": [list(pair) for pair in zip(sources, said, strict=True)]})
        print("\n".join(said))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
