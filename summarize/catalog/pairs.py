"""Source and target languages of a translator, as ISO 639-1 where there is such a code."""

from __future__ import annotations

import re
from pathlib import Path

from ..files import read_json
from ..languages.codes import two_letters
from .cards import CARD

# Codes of language families (ISO 639-5) in opus-mt ids: they name no language that an article could have.
GROUPS = frozenset(
    re.findall(
        r"\w+",
        "mul roa gem gmw gmq sla zle zls zlw ine inc iir itc cel bat cpf cpp cau fiu urj trk tut dra sem afa ber bnt "
        "nic map poz pqw phi sal sit aav alv art cus euq grk cpe crp kar khi tai",
    )
)
OPUS_ID = re.compile(r"opus-mt-(?:tc-(?:[a-z]+-)*?)?([A-Za-z]{2,3})-([A-Za-z]{2,3})$")


def languages(folder: Path, name: str) -> tuple[tuple[str, ...], str]:
    """(sources, target) of the checkpoint in `folder` that is called `name`; empty where nothing tells.

    card.json is the owner's word and goes first; then tokenizer_config.json; then an id such as `opus-mt-de-en`.
    """
    card = read_json(folder / CARD)
    if card.get("source"):
        named = card["source"] if isinstance(card["source"], list) else [card["source"]]
        return tuple(filter(None, map(_iso, named))), _iso(card.get("target")) or "en"
    tokenizer = read_json(folder / "tokenizer_config.json")
    source = _iso(tokenizer.get("source_lang") or tokenizer.get("src_lang"))
    target = _iso(tokenizer.get("target_lang") or tokenizer.get("tgt_lang"))
    by_id = OPUS_ID.search(name)
    if by_id:
        source, target = source or _iso(by_id[1]), target or _iso(by_id[2])
    return (source,) if source else (), target


def _iso(code: object) -> str:
    """`de`, `deu` and `de_DE` are "de"; a family of languages, or none, is ""."""
    code = re.split(r"[_-]", code)[0] if isinstance(code, str) else ""
    code = two_letters(code)
    return code if re.fullmatch(r"[a-z]{2,3}", code) and code not in GROUPS else ""
