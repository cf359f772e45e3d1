"""BART and Pegasus: encoder-decoders for summaries."""

from __future__ import annotations

from typing import Any

from .family import Family


class Bart(Family):
    name = "bart"
    model_types = ("bart",)
    convertible = model_types

    def complete(self, model: Any, name: str) -> None:
        """Told from the layers."""
        stack = model.model.encoder
        model.config.normalize_before = hasattr(stack, "layer_norm")
        model.config.normalize_embedding = hasattr(stack, "layernorm_embedding")


class Pegasus(Bart):
    name = "pegasus"
    model_types = ("pegasus",)
    convertible = model_types


BART, PEGASUS = Bart(), Pegasus()
