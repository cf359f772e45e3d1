"""What is known of where sentences end in a language: `[sentences]` of its data file.

>>> "Bgm" in cut_by("de").abbreviations, cut_by("ja").abbreviations
(True, frozenset())
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache

from .language import DATA, language


@dataclass(frozen=True)
class Cutting:
    """`abbreviations`: what never ends a sentence, without its stop; `dates` may, before one of the `starters`. With
    these a sentence may begin and a name hardly does, which tells "auf Platz 2. Die Gäste" from "die 2. Liga"; where
    there are some, a number with a stop is an ordinal, the more so after `determiners`. `initials`: a single capital
    with a stop ends no sentence either. `ends`: an end that others overlook; its group is the next word."""

    abbreviations: frozenset[str]
    dates: frozenset[str]
    starters: frozenset[str]
    determiners: frozenset[str]
    initials: bool
    ends: re.Pattern[str] | None


@cache
def cut_by(code: str) -> Cutting:
    own = language(code).section("sentences")
    words = (frozenset(own.get(name, "").split()) for name in ("abbreviations", "dates", "starters", "determiners"))
    return Cutting(*words, bool(own.get("initials")), re.compile(own["ends"]) if "ends" in own else None)


@cache
def conjunctions() -> frozenset[str]:
    """Words between a hyphen for the rest of a word and the word that has it, of all languages that write so."""
    text = DATA.with_name("conjunctions.toml").read_text(encoding="utf-8")
    return frozenset(" ".join(tomllib.loads(text).values()).split())
