"""NLLB: one encoder-decoder for two hundred languages, each named by its code in FLORES, such as deu_Latn."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ..errors import ModelUnsupported
from ..languages.codes import two_letters
from .bart import Bart
from .tokens import FastTokens, sources, special_names

CODE = r"([a-z]{3}_[A-Z][a-z]{3})"
# Where FLORES names a language more closely than ISO 639-1 does: the one that is written in newspapers.
CLOSER = {
    **{"arb": "ar", "pes": "fa", "nob": "no", "lvs": "lv", "est": "et", "als": "sq", "azj": "az", "zsm": "ms"},
    **{"khk": "mn", "npi": "ne", "ory": "or", "pbt": "ps", "swh": "sw", "uzn": "uz", "ydd": "yi", "kmr": "ku"},
    **{"plt": "mg", "gaz": "om", "quy": "qu", "ayr": "ay"},
}
# Of the languages with two scripts the usual one.
FIRST = ("zho_Hans", "srp_Cyrl", "kas_Arab")


class M2M100(Bart):
    name = "m2m_100"
    model_types = ("m2m_100",)
    convertible = model_types
    tasks = ("translate",)
    tokenizers = (("tokenizer.json",), ("sentencepiece.bpe.model",))
    coded = True

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> NllbTokens:
        return NllbTokens(path, source, target)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], str]:
        """All that its tokenizer has codes for, but English. German first: the language it is tried with."""
        return sources({spoken(name) for name in special_names(path)}), "en"

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
        for language in (source, target):
            if language not in codes:
                raise ModelUnsupported(f"{path.name} has no language code for '{language}'", "summarize models list")
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
    if not mark or len(three) != 3 or len(script) != 4 or not three.islower():
        return ""
    return CLOSER.get(three) or two_letters(three)


FAMILY = M2M100()
