"""The Hugging Face hub's local cache, read by its folder layout: models--ORG--NAME/{refs,snapshots}."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from .hashing import models_folder

HUB_ID = re.compile(r"(?P<repo>[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)(?:@(?P<revision>[\w][\w./-]*))?")


def split_hub_id(spec: str) -> tuple[str, str] | None:
    """("org/name", revision or "") of `org/name` or `org/name@revision`; None for anything else."""
    match = HUB_ID.fullmatch(spec)
    if not match or ".." in spec:
        return None
    return match["repo"], match["revision"] or ""


def own_hub(cache: Path) -> Path:
    """Where `pull` downloads to: a hub cache of our own, so that removing a model touches nobody else's files."""
    return models_folder(cache) / "hub"


def hub_roots(cache: Path) -> list[Path]:
    """Our own hub cache, then the user's (HF_HUB_CACHE, HF_HOME, XDG_CACHE_HOME, else ~/.cache)."""
    environment = os.environ.get
    if environment("HF_HUB_CACHE"):
        theirs = Path(environment("HF_HUB_CACHE", ""))
    elif environment("HF_HOME"):
        theirs = Path(environment("HF_HOME", "")) / "hub"
    else:
        theirs = Path(environment("XDG_CACHE_HOME") or "~/.cache") / "huggingface" / "hub"
    return [own_hub(cache), theirs.expanduser()]


def repo_folder(root: Path, repo: str) -> Path:
    return root / ("models--" + repo.replace("/", "--"))


def find_snapshot(repo: str, revision: str, roots: list[Path]) -> tuple[Path, str] | None:
    """(snapshot folder, commit) of a repository in one of the caches; `revision` is a branch, a tag, a commit or ""."""
    for root in roots:
        folder = repo_folder(root, repo)
        commit = _commit(folder, revision)
        if commit and (folder / "snapshots" / commit).is_dir():
            return folder / "snapshots" / commit, commit
    return None


def _commit(folder: Path, revision: str) -> str:
    try:
        return (folder / "refs" / (revision or "main")).read_text().strip()
    except OSError:
        pass
    if revision:
        return revision
    # A pinned download leaves no refs/main; one snapshot alone is no guess.
    snapshots = [p.name for p in (folder / "snapshots").glob("*")]
    return snapshots[0] if len(snapshots) == 1 else ""


def cached_repos(roots: list[Path]) -> Iterator[str]:
    """Names "org/name" of all models in the caches."""
    for root in roots:
        for folder in sorted(root.glob("models--*--*")):
            yield folder.name.removeprefix("models--").replace("--", "/", 1)
