"""A checkpoint: a folder in Hugging Face format, and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from ..errors import ModelUnsupported
from ..families import Family
from ..files import read_json
from ..keys import fingerprint
from ..languages.detection import name
from ..types import TARGET, Json
from .cards import CARD, Card, read_card
from .folder import check_whole, family_of, tokenizer_files, weight_files
from .hashing import hashes
from .pairs import languages

MOST = 5  # languages that a message names


@dataclass(frozen=True)
class Description:
    """What can be said of a checkpoint without reading its weights."""

    id: str  # as the user types it
    path: Path  # a folder in Hugging Face format
    family: Family
    task: str  # translate, summarize, embed
    source: tuple[str, ...]  # ISO languages it translates from; empty if it is no translator, or does not say
    target: str  # the one that it is to translate into
    targets: tuple[str, ...]  # all that it can; empty if it does not say, or does what it is asked for
    card: Card


@dataclass(frozen=True)
class Checkpoint(Description):
    """A description with the hashes that name what the model computes; both are 32 hex digits."""

    weights: str  # over the weight files, shards in name order
    tokenizer: str  # over tokenizer files, config and generation config


@dataclass(frozen=True)
class Purpose:
    """What a checkpoint is for; the fields are those of Description."""

    family: Family
    task: str
    source: tuple[str, ...] = ()
    target: str = TARGET
    targets: tuple[str, ...] = ()


def describe(
    id: str, path: Path, *, task: str | None = None, target: str = "", origin: str = "", revision: str = ""
) -> Description:
    """Look at a checkpoint folder. `task` is what it is wanted for; None takes what it is made for. `target` is what a
    translator is to translate into; "" takes English if it can.

    Raises ModelCorrupt or ModelUnsupported (family, format, task, or a translator into other languages).
    """
    p = purpose(id, path, task=task, target=target, origin=origin)
    check_whole(path, p.family)
    card = read_card(path, origin=origin, revision=revision)
    return Description(id, path, p.family, p.task, p.source, p.target, p.targets, card)


def purpose(id: str, path: Path, *, task: str | None, target: str = "", origin: str = "") -> Purpose:
    """The same of a folder that may lack its weights still. Raises as `describe`."""
    family, card = family_of(path), read_json(path / CARD)
    task = _task(id, family, card, task)
    if task != "translate":
        return Purpose(family, task)
    source, targets = languages(path, origin or path.name, family)
    chosen = target or (TARGET if TARGET in targets or not targets else targets[0])
    if targets and chosen not in targets:
        into = ", ".join(targets[:MOST]) + (" and others" if targets[MOST:] else "")
        raise ModelUnsupported(
            f"{id} translates into {into}, not into {name(chosen)}",
            f"choose a model for it, or translate into what this one can: --target {targets[0]}",
        )
    return Purpose(family, task, tuple(code for code in source if code != chosen), chosen, targets)


def with_hashes(description: Description, cache: Path) -> Checkpoint:
    """Add the hashes; a file that has not changed since the last time is not read again."""
    weights, tokenizer = weight_files(description.path), tokenizer_files(description.path)
    known = hashes([*weights, *tokenizer], cache)
    return Checkpoint(
        **{f.name: getattr(description, f.name) for f in fields(Description)},
        weights=fingerprint("weights", [known[path.name] for path in weights]),
        tokenizer=fingerprint("tokenizer", {path.name: known[path.name] for path in tokenizer}),
    )


def _task(id: str, family: Family, card: Mapping[str, Json], wanted: str | None) -> str:
    able, made_for = family.tasks, card.get("task")
    if made_for == "translate" and card.get("source") and family.network == "seq2seq":
        able = (made_for,)  # of any family, if its owner says so
    elif isinstance(made_for, str) and made_for in able:
        able = (made_for, *(t for t in able if family.prompted and t != made_for))  # a prompt asks for anything
    if wanted is None:
        return able[0]
    if wanted not in able:
        raise ModelUnsupported(
            f"{id} is a {family.name} model for {' or '.join(able)}, not for {wanted}",
            "summarize models list shows which model does what",
        )
    return wanted
