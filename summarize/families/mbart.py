"""mBART and mBART-50: one encoder-decoder for many languages, each named by a code such as de_DE."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from ..errors import ModelUnsupported
from .bart import Bart
from .tokens import FastTokens


class MBart(Bart):
    name = "mbart"
    model_types = ("mbart",)
    convertible = model_types

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> MBartTokens:
        return MBartTokens(path, source, target)

    def amend(self, spec: Any, model: Any, tokenizer: Any) -> None:
        start = model.generation_config.decoder_start_token_id or model.config.decoder_start_token_id
        spec.config.bos_token = spec.config.bos_token or spec.config.eos_token  # the engine refuses null
        spec.config.decoder_start_token = tokenizer.convert_ids_to_tokens(start)


class MBartTokens(FastTokens):
    """Frames the source with its language code and starts the output with the target's."""

    def __init__(self, path: Path, source: str, target: str):
        super().__init__(path)
        end, code = self._names["</s>"], self._language_id(source)
        mbart50 = self._files.tokenizer.get("tokenizer_class", "").startswith("MBart50")
        self._frame = ([code], [end]) if mbart50 else ([], [end, code])
        if mbart50:  # of the older one the config names the output's language, as the decoder's start token
            self.start = (self._language_id(target),)

    def _language_id(self, language: str) -> int:
        for token, number in self._names.items():
            if re.fullmatch(re.escape(language) + r"_[A-Z]{2}", token):
                return number
        raise ModelUnsupported(
            f"{self._files.path.name} has no language code for '{language}'", "summarize models list"
        )


FAMILY = MBart()
