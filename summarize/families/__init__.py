"""Families of checkpoints: how each kind is recognised, tokenised, prompted and converted. One file a family.

A new one is a module with a `Family` and its name here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import bart, causal, encoder, m2m, marian, mbart, t5
from .family import Family

_ALL = (marian.FAMILY, m2m.FAMILY, mbart.FAMILY, bart.BART, bart.PEGASUS, t5.FAMILY, causal.FAMILY, encoder.FAMILY)
FAMILIES = {family.name: family for family in _ALL}
MODEL_TYPES = {kind: family for family in FAMILIES.values() for kind in family.model_types}


def find(config: Mapping[str, Any]) -> Family | None:
    """The family of a checkpoint by the `model_type` of its config.json, else by its `architectures`."""
    kind = str(config.get("model_type") or "")
    if kind:
        return MODEL_TYPES.get(kind)
    architectures = [str(a).lower() for a in config.get("architectures") or ()]
    # the longest name first: "MBartForConditionalGeneration" is no Bart
    names = sorted(MODEL_TYPES, key=len, reverse=True)
    return next((MODEL_TYPES[n] for n in names if any(a.startswith(n) for a in architectures)), None)
