"""mBART and mBART-50: one encoder-decoder for many languages, each named by a code such as de_DE."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import ModelUnsupported
from .bart import Bart
from .tokens import FastTokens, special_names

CODE = r"([a-z]{2})_[A-Z]{2}"  # de_DE


class MBart(Bart):
    name = "mbart"
    model_types = ("mbart",)
    convertible = model_types
    tasks = ("summarize", "translate")
    coded = True

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> MBartTokens:
        return MBartTokens(path, source, target)

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """All that its tokenizer has codes for; the names tell which were tuned from or into English alone."""
        found = (re.fullmatch(CODE, name) for name in special_names(path))
        codes = tuple(sorted({code[1] for code in found if code}))
        return ("en",) if "one-to-many" in name else codes, ("en",) if "many-to-one" in name else codes

    def amend(self, spec: Any, model: Any, tokenizer: Any) -> None:
        start = model.generation_config.decoder_start_token_id or model.config.decoder_start_token_id
        spec.config.bos_token = spec.config.bos_token or spec.config.eos_token  # the engine refuses null
        spec.config.decoder_start_token = tokenizer.convert_ids_to_tokens(start)


class MBartTokens(FastTokens):
    """Frames the source with its language code and starts the output with the target's."""

    def __init__(self, path: Path, source: str, target: str):
        super().__init__(path)
        codes = self.languages(CODE)
        for language in (source, target):
            if language not in codes:
                raise ModelUnsupported(f"{path.name} has no language code for '{language}'", "summarize models list")
        end = self._names["</s>"]
        mbart50 = self._files.tokenizer.get("tokenizer_class", "").startswith("MBart50")
        self._frame = ([codes[source]], [end]) if mbart50 else ([], [end, codes[source]])
        if mbart50:  # of the older one the config names the output's language, as the decoder's start token
            self.start = (codes[target],)


FAMILY = MBart()
