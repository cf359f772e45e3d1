"""T5, its 1.1, FLAN and mT5: an encoder-decoder that is told its task in words. MADLAD-400 is one that translates, and
is told into what by a token: <2de>."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import ModelUnsupported
from ..languages.codes import in_print
from .family import Family
from .tokens import FastTokens, Tokens, read_json

_SPOKEN = {"de": "German", "fr": "French", "ro": "Romanian", "en": "English"}  # what T5 was trained to translate
_PAIR = re.compile(r"translation_([a-z]{2})_to_([a-z]{2})")
CODE = r"<2([a-z]{2,3}(?:_[A-Z][a-z]{3})?)>"  # <2de>, <2sr_Latn>
_CODE = re.compile(CODE.encode())


class PlainT5(Family):
    name = "t5"
    model_types = ("t5", "mt5")
    convertible = model_types

    def narrowed(self, path: Path) -> Family:
        return MADLAD if targets(path) else PREFIXED if _pairs(path) else self

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Those of the prefixes that its config gives."""
        pairs = _pairs(path)
        return tuple(dict.fromkeys(source for source, _ in pairs)), tuple(target for _, target in pairs)

    def prefix(self, path: Path, task: str, source: str, target: str) -> str:
        """As the config says, else as it was trained."""
        if task != "translate":
            return _tasks(path).get("summarization", {}).get("prefix", "summarize: ")
        spoken = f"translate {_SPOKEN.get(source, source)} to {_SPOKEN.get(target, target)}: "
        return _tasks(path).get(f"translation_{source}_to_{target}", {}).get("prefix", spoken)

    def amend(self, spec: Any, model: Any, tokenizer: Any) -> None:
        """The converter goes by tie_word_embeddings, which is always true for T5 since transformers 5."""
        from ctranslate2.specs.model_spec import OPTIONAL

        if not getattr(model.config, "scale_decoder_outputs", True):
            spec.decoder.scale_outputs = OPTIONAL


def _tasks(path: Path) -> dict[str, Any]:
    return read_json(path / "config.json").get("task_specific_params") or {}


def _pairs(path: Path) -> list[tuple[str, str]]:
    return [(m[1], m[2]) for m in map(_PAIR.fullmatch, _tasks(path)) if m]


class Prefixed(PlainT5):
    """One whose config has a prefix for a pair of languages."""

    name = "t5 translator"
    model_types = ()
    tasks = ("summarize", "translate")


class Madlad(PlainT5):
    name = "madlad"
    model_types = ()  # its config says t5
    tasks = ("translate",)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        codes = targets(path)
        return codes, codes

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> Tokens:
        return MadladTokens(path, target)

    def prefix(self, path: Path, task: str, source: str, target: str) -> str:
        return ""


def targets(path: Path) -> tuple[str, ...]:
    """The languages that a checkpoint has tokens for. The file that spells them is searched: it is long to parse."""
    spelled = (file.read_bytes() for name in ("spiece.model", "tokenizer.json") if (file := path / name).is_file())
    return tuple(sorted({in_print(m[1].decode()) for m in _CODE.finditer(next(spelled, b""))}))


class MadladTokens(FastTokens):
    """Puts the token of the target before the source."""

    def __init__(self, path: Path, target: str):
        super().__init__(path, CODE)
        codes = self.languages(CODE)
        found = [code for code in codes if in_print(code) == target]
        if not found:
            raise ModelUnsupported(f"{path.name} has no token for '{target}'", "summarize models list")
        self._frame = ([codes[target if target in codes else found[0]]], [self.ends[0]])


T5, PREFIXED, MADLAD = PlainT5(), Prefixed(), Madlad()
