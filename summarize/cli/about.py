"""Versions, without importing anything that is heavy."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("summarize", "torch", "transformers", "tokenizers", "sentencepiece", "ctranslate2", "huggingface_hub")


def of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def versions() -> str:
    lines = [f"python {platform.python_version()} on {platform.system()} {platform.machine()}"]
    return "\n".join([*lines, *(f"{name} {of(name)}" for name in PACKAGES)])
