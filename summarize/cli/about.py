"""Versions, without importing anything that is heavy."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

PACKAGES = ("summarize", "torch", "transformers", "tokenizers", "sentencepiece", "ctranslate2", "huggingface_hub")


FIRST = """\
summarize: foreign-language news to English, with short summaries, offline.

  1. Translate and summarize files, folders or archives; results in out/

       summarize run seeds/
       cat article.txt | summarize run -

  2. Read one article: its summary, and the original beside the translation

       summarize show 4fa7            (a part of its name will do)
       summarize report               (all of a run as one web page)

  3. See what changed since the run before, and why

       summarize diff --why

  Run it as often as you like: only what is new or changed is translated.
  summarize --help has all commands, summarize run --help all settings.
"""


def of(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def versions() -> str:
    lines = [f"python {platform.python_version()} on {platform.system()} {platform.machine()}"]
    return "\n".join([*lines, *(f"{name} {of(name)}" for name in PACKAGES)])
