"""T5, its 1.1, FLAN and mT5: an encoder-decoder that is told its task in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .family import Family
from .tokens import read_json

_SPOKEN = {"de": "German", "fr": "French", "ro": "Romanian", "en": "English"}  # what T5 was trained to translate


class T5(Family):
    name = "t5"
    model_types = ("t5", "mt5")
    convertible = model_types

    def prefix(self, path: Path, task: str, source: str, target: str) -> str:
        """As the config says, else as it was trained."""
        tasks = read_json(path / "config.json").get("task_specific_params") or {}
        if task != "translate":
            return tasks.get("summarization", {}).get("prefix", "summarize: ")
        spoken = f"translate {_SPOKEN.get(source, source)} to {_SPOKEN.get(target, target)}: "
        return tasks.get(f"translation_{source}_to_{target}", {}).get("prefix", spoken)

    def amend(self, spec: Any, model: Any, tokenizer: Any) -> None:
        """The converter goes by tie_word_embeddings, which is always true for T5 since transformers 5."""
        from ctranslate2.specs.model_spec import OPTIONAL

        if not getattr(model.config, "scale_decoder_outputs", True):
            spec.decoder.scale_outputs = OPTIONAL


FAMILY = T5()
