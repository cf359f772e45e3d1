"""Sentence encoders (BERT as in sentence-transformers): text in, vectors out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .family import Family
from .tokens import FastTokens, read_json


class Bert(Family):
    name = "encoder"
    model_types = ("bert",)
    convertible = model_types
    tasks = ("embed",)
    network = "encoder"

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> EncoderTokens:
        return EncoderTokens(path)

    def complete(self, model: Any, name: str) -> None:
        if not hasattr(model.config, "position_embedding_type"):
            model.config.position_embedding_type = "absolute"


class EncoderTokens(FastTokens):
    """Reads no more than the model was trained on, which may be less than it has positions for."""

    def __init__(self, path: Path):
        super().__init__(path)
        trained = read_json(path / "sentence_bert_config.json").get("max_seq_length")
        self.limit = min(self.limit, trained or self._files.tokenizer.get("model_max_length") or self.limit)


FAMILY = Bert()
