"""Marian: one encoder-decoder a pair, cut by sentencepiece, as in the opus-mt checkpoints and the shipped model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import ModelCorrupt, ModelUnsupported
from ..languages.codes import in_print
from .family import Family
from .tokens import Files, as_ids, read_json

_TARGET = re.compile(r">>(\w+)<<")  # a token: of many target languages, that this one is wanted
_SCRIPTS = ("Hans", "Cyrl", "Arab")  # of a language that is written in two, the usual one
_OPUS_ID = re.compile(r"opus-mt-(?:tc-(?:[a-z]+-)*?)?([A-Za-z]{2,3})-([A-Za-z]{2,3})$")


class Marian(Family):
    name = "marian"
    model_types = ("marian",)
    convertible = model_types
    tasks = ("translate",)
    tokenizers = (("vocab.json", "source.spm", "target.spm"),)
    library = "sentencepiece"

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> MarianTokens:
        return MarianTokens(path, target)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """By tokenizer_config.json, else by an id such as `opus-mt-de-en`; many targets by their tokens."""
        tokenizer = read_json(path / "tokenizer_config.json")
        source = tokenizer.get("source_lang") or tokenizer.get("src_lang") or ""
        target = tokenizer.get("target_lang") or tokenizer.get("tgt_lang") or ""
        by_id = _OPUS_ID.search(name)
        source, target = (source or by_id[1], target or by_id[2]) if by_id else (source, target)
        many = tuple(dict.fromkeys(in_print(code) for code in _told(path)))
        return (source,) if source else (), many or ((target,) if target else ())

    def complete(self, model: Any, name: str) -> None:
        """CTranslate2 begins with a zero vector where transformers begins with <pad>'s: they must be the same."""
        row = model.get_input_embeddings().weight[model.config.decoder_start_token_id]
        if row.abs().max().item() > 0:
            raise ModelUnsupported(
                f"the row of <pad> in the embeddings of {name} is not zero; CTranslate2 would translate differently",
                "use --engine transformers",
            )


def _told(path: Path) -> list[str]:
    """The codes of the target languages that a checkpoint has tokens for, in the order of their numbers."""
    file = path / "vocab.json"
    if not file.is_file() or b'">>' not in file.read_bytes():  # as good as always, and sooner known than parsed
        return []
    ids: dict[str, int] = read_json(file)
    return [match[1] for match in map(_TARGET.fullmatch, sorted(ids, key=lambda token: ids[token])) if match]


class MarianTokens:
    """sentencepiece for the cut, vocab.json for the numbers, as in the opus-mt checkpoints."""

    start: tuple[int, ...] = ()

    def __init__(self, path: Path, target: str = "en"):
        import sentencepiece

        files = Files(path)
        self.limit = files.positions(512)
        self._ids: dict[str, int] = read_json(files.file("vocab.json"))
        out = files.file("target_vocab.json") if files.tokenizer.get("separate_vocabs") else files.file("vocab.json")
        self._pieces = {i: piece for piece, i in read_json(out).items()}
        self._control = {self._ids[t] for t in ("</s>", "<unk>", "<pad>") if t in self._ids}
        try:
            self._unknown, end = self._ids["<unk>"], self._ids["</s>"]
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(files.file("source.spm")))
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(files.file("target.spm")))
        except (KeyError, RuntimeError, OSError) as error:
            raise ModelCorrupt(
                f"the tokenizer in {path} cannot be read: {error}", f"summarize models verify {path.name}"
            ) from error
        self.ends = files.ends or (end,)
        self.never = as_ids(files.config.get("pad_token_id"))  # CTranslate2 has it not in its vocabulary at all
        self._suffix = [end]
        # a checkpoint with many target languages wants to be told which, in a token of its own
        named = [(code, self._ids[f">>{code}<<"]) for code in _told(path) if in_print(code) == target]
        best = min(named, key=lambda pair: (len(pair[0]) > 3, pair[0][4:] not in _SCRIPTS, pair[1]), default=None)
        self._prefix = [best[1]] if best else []

    def encode(self, text: str) -> list[int]:
        return [*self._prefix, *map(self._id, self._source.encode(text, out_type=str)), *self._suffix]

    def _id(self, piece: str) -> int:
        number = self._ids.get(piece, self._unknown)
        # a run of unknown characters comes back as it was written, which may spell a control token
        return self._unknown if number in self._control else number

    def decode(self, ids: Sequence[int]) -> str:
        pieces = [self._pieces[i] for i in ids if i in self._pieces and i not in self._control]
        return self._target.decode(pieces).replace("\u2581", " ").strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control or i not in self._pieces for i in ids)


FAMILY = Marian()
