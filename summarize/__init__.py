"""Drops of foreign-language articles in, English translations and short summaries out; local models, offline.

`run`, `translate` and `summarize` are the API (see api.py); results are the dataclasses of types.py, errors those of
errors.py. Importing this imports nothing heavy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import SummarizeError
from .types import Article, Backend, Claim, Failure, Outcome, Output, Result, Sentence, Signature, Status, Summary

if TYPE_CHECKING:
    from .api import Event, Report, Summarized, Translation, run, settings, summarize, translate

_API = ("Event", "Report", "Summarized", "Translation", "run", "settings", "summarize", "translate")

__all__ = [
    "Article",
    "Backend",
    "Claim",
    "Event",
    "Failure",
    "Outcome",
    "Output",
    "Report",
    "Result",
    "Sentence",
    "Signature",
    "Status",
    "SummarizeError",
    "Summarized",
    "Summary",
    "Translation",
    "run",
    "settings",
    "summarize",
    "translate",
]


def __getattr__(name: str):
    if name in _API:
        from . import api

        return getattr(api, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
