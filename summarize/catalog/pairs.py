"""Source and target languages of a translator, as ISO 639-1 where there is such a code."""

from __future__ import annotations

import re
from pathlib import Path

from ..families import Family
from ..families.tokens import sources as sorted_sources
from ..files import read_json
from ..languages.codes import two_letters
from ..types import TARGET
from .cards import CARD
from .offers import reads

# Codes of language families (ISO 639-5) in opus-mt ids: they name no language that an article could have.
GROUPS = frozenset(
    re.findall(
        r"\w+",
        "mul roa gem gmw gmq sla zle zls zlw ine inc iir itc cel bat cpf cpp cau fiu urj trk tut dra sem afa ber bnt "
        "nic map poz pqw phi sal sit aav alv art cus euq grk cpe crp kar khi tai",
    )
)


def languages(folder: Path, name: str, family: Family) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """(sources, targets) of the checkpoint in `folder` that is called `name`; empty where nothing tells.

    card.json is the owner's word and goes first; then what its family reads from its files and its name; of a model
    for many languages what is known of it.
    """
    card = read_json(folder / CARD)
    if card.get("source"):
        return _listed(card["source"]), _listed(card.get("target")) or (TARGET,)
    sources, targets = (_listed(list(codes)) for codes in family.languages(folder, name))
    return (sorted_sources(sources, "") if len(sources) > 1 else sources) or reads(name), targets


def _listed(codes: object) -> tuple[str, ...]:
    named = codes if isinstance(codes, list) else [codes]
    return tuple(dict.fromkeys(filter(None, map(_iso, named))))


def _iso(code: object) -> str:
    """`de`, `deu` and `de_DE` are "de"; a family of languages, or none, is ""."""
    code = re.split(r"[_-]", code)[0] if isinstance(code, str) else ""
    code = two_letters(code)
    return code if re.fullmatch(r"[a-z]{2,3}", code) and code not in GROUPS else ""
