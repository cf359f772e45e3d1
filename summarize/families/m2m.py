"""NLLB and M2M100: one encoder-decoder for many languages, each named by a code: in NLLB that of FLORES, such as
deu_Latn, in M2M100 two letters, __de__."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ..errors import ModelCorrupt, ModelUnsupported
from ..languages.codes import in_print
from .bart import Bart
from .family import Family
from .tokens import FastTokens, Files, read_json, special_names

CODE = r"([a-z]{3}_[A-Z][a-z]{3})"
SHORT = re.compile(r"__([a-z]{2,3})__")
# Of the languages with two scripts the usual one.
FIRST = ("zho_Hans", "srp_Cyrl", "kas_Arab")


class Nllb(Bart):
    name = "nllb"
    model_types = ("m2m_100",)
    convertible = model_types
    tasks = ("translate",)
    tokenizers = (("tokenizer.json",), ("sentencepiece.bpe.model",))
    coded = True

    def narrowed(self, path: Path) -> Family:
        return M2M100 if all((path / name).is_file() for name in M2m100.tokenizers[0]) else self

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> NllbTokens:
        return NllbTokens(path, source, target)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """From and into all that its tokenizer has codes for."""
        codes = tuple(sorted({spoken(name) for name in special_names(path)} - {""}))
        return codes, codes

    def complete(self, model: Any, name: str) -> None:
        """The converter knows this one."""


class NllbTokens(FastTokens):
    """Frames the source with its language code and starts the output with the target's."""

    def __init__(self, path: Path, source: str, target: str):
        super().__init__(path)
        codes: dict[str, int] = {}
        by_code = self.languages(CODE)
        for code in sorted(by_code, key=lambda code: (code not in FIRST, by_code[code])):
            codes.setdefault(spoken(code), by_code[code])
        _require(path, codes, source, target)
        end = self._names["</s>"]
        legacy = bool(self._files.tokenizer.get("legacy_behaviour"))
        self._frame = ([], [end, codes[source]]) if legacy else ([codes[source]], [end])
        self.start = (codes[target],)


def spoken(code: str) -> str:
    """The language (ISO 639-1, else 639-3) that a code of FLORES stands for; "" for what is none.

    >>> spoken("deu_Latn"), spoken("arb_Arab"), spoken("</s>")
    ('de', 'ar', '')
    """
    three, mark, script = code.partition("_")
    return in_print(three) if mark and len(three) == 3 and len(script) == 4 and three.islower() else ""


class M2m100(Nllb):
    name = "m2m100"
    model_types = ()  # its config says what NLLB's says
    tokenizers = (("vocab.json", "sentencepiece.bpe.model"),)
    library = "sentencepiece"

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> M2m100Tokens:
        return M2m100Tokens(path, source, target)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        codes = tuple(sorted(m[1] for m in map(SHORT.fullmatch, special_names(path)) if m))
        return codes, codes


class M2m100Tokens:
    """sentencepiece for the cut, vocab.json for the numbers; those of the languages come behind, in the order of the
    list of special tokens."""

    def __init__(self, path: Path, source: str, target: str):
        import sentencepiece

        files = Files(path)
        self.limit = files.positions(1024)
        self._ids: dict[str, int] = read_json(files.file("vocab.json"))
        self._pieces = {number: piece for piece, number in self._ids.items()}
        listed = [m[1] for m in map(SHORT.fullmatch, special_names(path)) if m]
        codes = {code: len(self._ids) + n for n, code in enumerate(listed)}
        _require(path, codes, source, target)
        try:
            self._unknown, end = self._ids["<unk>"], self._ids["</s>"]
            self._cutter = sentencepiece.SentencePieceProcessor(model_file=str(files.file("sentencepiece.bpe.model")))
        except (KeyError, RuntimeError, OSError) as error:
            hint = f"summarize models verify {path.name}"
            raise ModelCorrupt(f"the tokenizer in {path} cannot be read: {error}", hint) from error
        self._control = {self._ids[t] for t in ("<s>", "<pad>", "</s>", "<unk>") if t in self._ids}
        self._frame = ([codes[source]], [end])
        self.start = (codes[target],)
        self.ends = files.ends or (end,)
        self.never: tuple[int, ...] = ()

    def encode(self, text: str) -> list[int]:
        before, after = self._frame
        return [*before, *map(self._id, self._cutter.encode(text, out_type=str)), *after]

    def _id(self, piece: str) -> int:
        number = self._ids.get(piece, self._unknown)
        # a run of unknown characters comes back as it was written, which may spell a control token
        return self._unknown if number in self._control else number

    def decode(self, ids: Sequence[int]) -> str:
        pieces = [self._pieces[i] for i in ids if i in self._pieces and i not in self._control]
        return self._cutter.decode(pieces).replace("\u2581", " ").strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control or i not in self._pieces for i in ids)


def _require(path: Path, codes: dict[str, int], *languages: str) -> None:
    for language in languages:
        if language not in codes:
            raise ModelUnsupported(f"{path.name} has no language code for '{language}'", "summarize models list")


NLLB, M2M100 = Nllb(), M2m100()
