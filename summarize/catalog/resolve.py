"""From what the user types to a checkpoint, and from languages to models."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path

from ..errors import ModelError, ModelNotFound, NoModelForLanguage
from .checkpoint import Checkpoint, Description, describe, with_hashes
from .embedded import EMBEDDED, embedded_folder
from .hubcache import cached_repos, find_snapshot, hub_roots, split_hub_id
from .registry import registered, shipped_models

QUALITIES = ("good", "fair", "unrated", "draft")


def resolve(spec: str, *, cache: Path, task: str | None = "translate") -> Checkpoint:
    """The checkpoint that `spec` names: a shipped, added, pulled or embedded model, a folder, or a hub id in the cache.

    `task` is what it is wanted for (translate, summarize, embed); None takes what it is made for. Hashes come from
    memory where the files have not changed. Raises ModelNotFound, ModelUnsupported, ModelCorrupt.
    """
    return with_hashes(look_up(spec, cache=cache, task=task), cache)


def look_up(spec: str, *, cache: Path, task: str | None = "translate") -> Description:
    """As `resolve`, without hashing anything."""
    path, origin, revision = locate(spec, cache)
    return describe(spec, path, task=task, origin=origin, revision=revision)


def locate(spec: str, cache: Path) -> tuple[Path, str, str]:
    """(folder, origin, revision) of a model, whatever state it is in. Raises ModelNotFound."""
    if spec in (models := shipped_models()):
        return models[spec], "", ""
    if spec in (entries := registered(cache)):
        entry = entries[spec]
        if not Path(entry.path).is_dir():
            again = f"pull {spec}" if entry.kind == "pulled" else f"rm {spec}"
            raise ModelNotFound(f"the folder of {spec} is gone: {entry.path}", f"summarize models {again}")
        return Path(entry.path), entry.origin, entry.revision
    if spec and Path(spec).expanduser().is_dir() and spec not in EMBEDDED:
        return Path(spec).expanduser().resolve(), "", ""
    if hub_id := split_hub_id(spec):
        found = find_snapshot(*hub_id, hub_roots(cache))
        if found:
            return found[0], f"hub:{hub_id[0]}", found[1]
    if spec in EMBEDDED and embedded_folder(spec, cache).is_dir():
        return embedded_folder(spec, cache), "", ""
    raise ModelNotFound(f"no model {spec!r} on this machine", _where_to_get(spec, cache))


def _where_to_get(spec: str, cache: Path) -> str:
    if spec in EMBEDDED or (split_hub_id(spec) and not spec.startswith(("./", "../", "~"))):
        return f"summarize models pull {spec}"
    known = [*shipped_models(), *registered(cache), *EMBEDDED, *cached_repos(hub_roots(cache))]
    near = difflib.get_close_matches(spec, known, n=1)
    return f"did you mean {near[0]}? `summarize models list` shows all" if near else "summarize models list"


def routes(mt: Mapping[str, str], cache: Path) -> dict[str, str]:
    """The routing table: language -> spec, to be given to `resolve` when an article needs it. Hashes nothing.

    Shipped translators first; added and pulled ones for further languages (the better class first, then by name); the
    user's table `mt` over all. Its key "" means: for the languages that the model itself names. Raises what `look_up`
    raises for that one, and NoModelForLanguage if it names none.
    """
    table: dict[str, str] = {}
    for description in _translators(cache):
        for language in description.source:
            table.setdefault(language, description.id)
    return {**table, **chosen(mt, cache)}


def chosen(models: Mapping[str, str], cache: Path, flag: str = "--mt") -> dict[str, str]:
    """The user's table alone: language -> spec, a bare model under every language that it names. Raises as `routes`."""
    table: dict[str, str] = {}
    if bare := models.get(""):
        languages = look_up(bare, cache=cache).source
        if not languages:
            raise NoModelForLanguage(f"{bare} does not say which languages it reads", f"{flag} de={bare}")
        table.update(dict.fromkeys(languages, bare))
    return {**table, **{language: spec for language, spec in models.items() if language}}


def _translators(cache: Path) -> Iterator[Description]:
    yield from _usable(shipped_models(), cache)
    further = _usable(registered(cache), cache)
    yield from sorted(further, key=lambda d: (QUALITIES.index(d.card.quality), d.id))


def _usable(names: Mapping[str, object], cache: Path) -> Iterator[Description]:
    for name in names:
        try:
            description = look_up(name, cache=cache, task=None)
        except ModelError:
            continue  # `models list` shows what is wrong with it; the other models serve
        if description.task == "translate":
            yield description
