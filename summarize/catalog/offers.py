"""Which checkpoint of the hub to fetch for which language: offers.toml, read once.

>>> [(offer.id, offer.languages) for offer in offers(["fr", "pt", "ro"])]
[('Helsinki-NLP/opus-mt-fr-en', ('fr',)), ('Helsinki-NLP/opus-mt-ROMANCE-en', ('pt', 'ro'))]
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from ..types import TARGET


@dataclass(frozen=True)
class Offer:
    """A checkpoint that can be pulled, and what of the languages asked for it would serve."""

    id: str
    licence: str  # as its card says
    megabytes: int
    languages: tuple[str, ...]
    note: str = ""
    weak: bool = False  # better than nothing
    targets: tuple[str, ...] = (TARGET,)


@cache
def _offers() -> tuple[Offer, ...]:
    listed = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))["offer"]
    lists = ("languages", "targets")
    return tuple(Offer(**{k: tuple(v.split()) if k in lists else v for k, v in entry.items()}) for entry in listed)


def offers(languages: Iterable[str], target: str = TARGET) -> list[Offer]:
    """For each language the first checkpoint that translates it into the target, each checkpoint once; a
    language that none serves is in none of them."""
    found: dict[str, Offer] = {}
    for code in dict.fromkeys(languages):
        offer = next((o for o in _offers() if code in o.languages and target in o.targets and code != target), None)
        if offer:
            id = offer.id.format(code, target)
            before = found[id].languages if id in found else ()
            found[id] = replace(offer, id=id, languages=(*before, code))
    return list(found.values())


def reads(name: str) -> tuple[str, ...]:
    """The languages of a checkpoint for many of them, by its name: its files do not tell.

    >>> reads("hub:Helsinki-NLP/opus-mt-tc-big-zle-en"), reads("opus-mt-fr-en"), reads("my-model")
    (('be', 'ru', 'uk'), (), ())
    """
    offer = _named(name)
    return offer.languages if offer else ()


def weak(name: str) -> bool:
    """Whether a checkpoint, by its name, is worth replacing."""
    offer = _named(name)
    return offer is not None and offer.weak


def _named(name: str) -> Offer | None:
    name = re.split(r"[/:]", name.split("@")[0])[-1]
    return next((o for o in _offers() if "{" not in o.id and o.id.endswith(f"/{name}")), None)
