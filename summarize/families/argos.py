"""Packages of Argos Translate: a CTranslate2 model that others converted, a tokenizer, and a metadata.json.

Older ones are cut by sentencepiece; those made of opus-mt since by Moses' rules and subword-nmt's merges (bpe.model).
As in Argos Translate, no end is added to a source: a model that wants one says so in its config.json, and CTranslate2
adds it.
"""

from __future__ import annotations

import importlib.util
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from ..errors import ModelCorrupt, ModelUnsupported
from .family import Family
from .tokens import read_json, vocabulary

METADATA, WEIGHTS = "metadata.json", "model.bin"
PIECES, MERGES = "sentencepiece.model", "bpe.model"
VOCABULARIES = tuple(f"{side}_vocabulary.{kind}" for side in ("shared", "source", "target") for kind in ("json", "txt"))
FILES = (WEIGHTS, METADATA, "config.json", PIECES, MERGES, *VOCABULARIES)
# Their own codes, and those that ISO 639-1 has more closely than a newspaper says.
CODES = {"pb": "pt", "zt": "zh", "nb": "no"}
LIMIT = 150  # pieces: their training leaves longer sentences out (src_seq_length)
END, UNKNOWN = "</s>", "<unk>"
CONTROL = (END, UNKNOWN, "<s>", "<blank>", "<pad>")


class Argos(Family):
    name = "argos"
    tasks = ("translate",)
    tokenizers = ((PIECES,), (MERGES,))
    library = "sentencepiece"
    engine = "ct2"

    def package(self, folder: Path) -> tuple[list[Path], list[Path]] | None:
        """As `summarize models add` lays it out: all files in one folder."""
        if not all((folder / name).is_file() for name in (WEIGHTS, METADATA)) or not self._cut_by(folder):
            return None
        return [folder / WEIGHTS], [folder / name for name in sorted(FILES[1:]) if (folder / name).is_file()]

    @staticmethod
    def _cut_by(folder: Path) -> str:
        return next((name for name in (PIECES, MERGES) if (folder / name).is_file()), "")

    def lacks(self, path: Path) -> str:
        moses = self._cut_by(path) != MERGES or importlib.util.find_spec("sacremoses")
        return "" if moses else "pip install 'summarize[argos-bpe]'"

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> ArgosTokens:
        if lacking := self.lacks(path):
            raise ModelUnsupported(f"{path.name} cuts words by Moses' rules, whose library is missing", lacking)
        return ArgosTokens(path)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        facts = read_json(path / METADATA)
        source, target = (str(facts.get(key) or "") for key in ("from_code", "to_code"))
        return (CODES.get(source, source),) if source else (), (CODES.get(target, target),) if target else ()


class ArgosTokens:
    """The package's own pieces; their ids are the lines of its vocabularies."""

    limit = LIMIT
    never: tuple[int, ...] = ()

    def __init__(self, path: Path):
        self._words = vocabulary(path, "target")
        self._ids = {word: number for number, word in enumerate(vocabulary(path, "source"))}
        self._control = {number for number, word in enumerate(self._words) if word in CONTROL}
        facts, settings = read_json(path / METADATA), read_json(path / "config.json")
        numbers = {word: number for number, word in enumerate(self._words)}
        end, prefix = str(settings.get("eos_token") or END), str(facts.get("target_prefix") or "")
        try:
            self.ends = (numbers[end],)
            self.start = (numbers[prefix],) if prefix else ()
            self._unknown = self._ids[str(settings.get("unk_token") or UNKNOWN)]
        except KeyError as error:
            raise ModelCorrupt(f"the vocabulary in {path} lacks {error}", "fetch the package again") from error
        self._cut, self._joined = _pieces(path) if (path / PIECES).is_file() else _merges(path, facts)

    def encode(self, text: str) -> list[int]:
        # a run of unknown characters comes back as it was written, which may spell a control token
        ids = [self._unknown if p in CONTROL else self._ids.get(p, self._unknown) for p in self._cut(text)]
        return ids or [self._unknown]

    def decode(self, ids: Sequence[int]) -> str:
        return self._joined([self._words[i] for i in ids if i not in self._control]).strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control for i in ids)


Cut, Joined = Callable[[str], list[str]], Callable[[list[str]], str]


def _pieces(path: Path) -> tuple[Cut, Joined]:
    import sentencepiece

    try:
        cutter = sentencepiece.SentencePieceProcessor(model_file=str(path / PIECES))
    except (RuntimeError, OSError) as error:
        raise ModelCorrupt(f"{path / PIECES} cannot be read: {error}", "fetch the package again") from error
    return lambda text: cutter.encode(text, out_type=str), lambda pieces: cutter.decode(pieces).replace("▁", " ")


def _merges(path: Path, facts: dict[str, Any]) -> tuple[Cut, Joined]:
    from sacremoses import MosesDetokenizer, MosesPunctNormalizer, MosesTokenizer

    source, target = str(facts.get("from_code")), str(facts.get("to_code"))
    plain, words, joiner = MosesPunctNormalizer(source), MosesTokenizer(source), MosesDetokenizer(target)
    merged = merging((path / MERGES).read_text(encoding="utf-8").split("\n"))
    return (
        lambda text: [piece for word in words.tokenize(plain.normalize(text)) for piece in merged(word)],
        lambda pieces: joiner.detokenize(" ".join(pieces).replace("@@ ", "").split(" ")),
    )


def merging(lines: Iterable[str]) -> Callable[[str], tuple[str, ...]]:
    """What cuts a word as subword-nmt does under the merges of its codes file: all pieces but the last end in "@@".

    >>> merging(["#version: 0.2", "l o", "lo w</w>"])("low"), merging(["#version: 0.2", "l o"])("low")
    (('low',), ('lo@@', 'w'))
    """
    head, *rest = lines
    versioned = head.startswith("#version:")
    old = not versioned or head.split()[-1].startswith("0.1")
    pairs = [tuple(line.split()) for line in (rest if versioned else [head, *rest]) if line.strip()]
    ranks = {pair: rank for rank, pair in reversed(list(enumerate(pairs)))}

    @lru_cache(maxsize=100_000)
    def merged(word: str) -> tuple[str, ...]:
        parts = [*word, "</w>"] if old else [*word[:-1], word[-1:] + "</w>"]
        while len(parts) > 1:
            best = min(pairwise(parts), key=lambda pair: ranks.get(pair, len(ranks)))
            if best not in ranks:
                break
            at = 0
            while at < len(parts) - 1:
                if (parts[at], parts[at + 1]) == best:
                    parts[at : at + 2] = ["".join(best)]
                at += 1
        *begun, last = [part for part in parts if part != "</w>"]
        return (*(part + "@@" for part in begun), last.removesuffix("</w>"))

    return merged


FAMILY = Argos()
