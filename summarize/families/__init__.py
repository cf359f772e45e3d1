"""Families of checkpoints: how each kind is recognised, tokenised, prompted and converted. One file a family.

A new one is a module with a `Family` and its name here.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import argos, bart, bergamot, causal, encoder, m2m, marian, mbart, served, t5
from .family import Family

_ALL = (
    *(marian.FAMILY, m2m.NLLB, m2m.M2M100, mbart.FAMILY, bart.BART, bart.PEGASUS, t5.T5, t5.PREFIXED, t5.MADLAD),
    *(causal.FAMILY, encoder.FAMILY),
)
_PACKAGES = (argos.FAMILY, bergamot.FAMILY)
SERVED = served.FAMILY  # no folder is of it
FAMILIES = {family.name: family for family in (*_ALL, *_PACKAGES)}
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


def packed(folder: Path) -> Family | None:
    """The family of a folder that is a package and no checkpoint in Hugging Face's format."""
    return next((family for family in _PACKAGES if family.package(folder)), None)
