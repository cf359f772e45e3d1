"""`pull`: the one place where a model comes from the Hugging Face hub. Never code, always pinned, always hashed."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar

from ..errors import DownloadError, ModelError, ModelNotFound, ModelUnsupported
from .cards import CARD
from .checkpoint import Checkpoint, purpose
from .embedded import EMBEDDED, fetch_embedded
from .folder import CONFIGS, INDEX, TOKENIZER_FILES, WEIGHTS
from .hashing import models_folder
from .hubcache import own_hub, split_hub_id
from .pickles import to_safetensors
from .registry import Registered, file_hashes, register, registered, remove
from .resolve import resolve

# progress(message, done, total): bytes while files come in; 0, 0 with a message that is not about bytes
Progress = Callable[[str, int, int], None]
T = TypeVar("T")
WANTED = frozenset((*CONFIGS, *TOKENIZER_FILES, INDEX, "README.md", CARD))


def pull(
    spec: str, *, cache: Path, offline: bool, progress: Progress = lambda message, done, total: None
) -> Checkpoint:
    """Fetch `org/name`, `org/name@revision` or the name of an embedded model, pinned to a commit and checked by hash.

    A commit that is here already is not downloaded again. A repository with a pickle only is converted to safetensors,
    and `progress` told so. Raises DownloadError (offline, network, not found, hash), ModelUnsupported, ModelCorrupt.
    """
    if spec in EMBEDDED:
        fetch_embedded(spec, cache=cache, offline=offline, announce=lambda message: progress(message, 0, 0))
        return resolve(spec, cache=cache, task=None)
    hub_id = split_hub_id(spec)
    if not hub_id:
        raise ModelNotFound(f"{spec!r} is not a hub id", "summarize models pull Helsinki-NLP/opus-mt-de-en")
    if offline:
        hint = f"without --offline: summarize models pull {spec}; or {elsewhere(hub_id[0])}"
        raise DownloadError(f"--offline forbids pulling {spec}", hint)
    repo, revision = hub_id
    commit, files = _at_the_hub(spec, lambda hub: _remote(hub, repo, revision or "main"))
    here = registered(cache).get(spec)
    if here is not None and here.revision == commit and not _intact(here):
        remove(spec, cache)
        here = None
    if here is None or here.revision != commit:
        folder = _fetch(spec, repo, commit, files, cache, progress)
        register(spec, Registered(str(folder), "pulled", f"hub:{repo}", commit, file_hashes(folder)), cache)
    return resolve(spec, cache=cache, task=None)


def elsewhere(repo: str) -> str:
    """How a machine without a network comes by a checkpoint."""
    folder = repo.split("/")[1]
    fetch = f"hf download {repo} --local-dir {folder}"
    return f"where there is a network: {fetch}, then here: summarize models add {folder}"


def _intact(entry: Registered) -> bool:
    """Whether the files are still those that were pulled: a pull of a damaged model mends it."""
    try:
        return file_hashes(Path(entry.path)) == entry.files
    except (ModelError, OSError):
        return False


def _remote(hub, repo: str, revision: str) -> tuple[str, dict]:
    """(commit, file name -> entry with size, blob_id and lfs) of a revision; files in sub-folders are left out."""
    info = hub.HfApi(endpoint=_endpoint()).model_info(repo, revision=revision, files_metadata=True)
    return info.sha, {s.rfilename: s for s in info.siblings or () if "/" not in s.rfilename}


def _fetch(spec: str, repo: str, commit: str, files: Mapping, cache: Path, progress: Progress) -> Path:
    weights = _weights(spec, files)
    wanted = sorted(name for name in files if name in WANTED or name in weights)
    progress(f"pulling {repo} at {commit[:12]}: {len(wanted)} files", 0, 0)
    # The small files first: a model that is not served shall not cost its weights.
    small = [name for name in wanted if name not in weights]
    snapshot = _at_the_hub(spec, lambda hub: _snapshot(hub, repo, commit, small, cache, progress))
    purpose(spec, snapshot, task=None, origin=f"hub:{repo}")
    _at_the_hub(spec, lambda hub: _snapshot(hub, repo, commit, wanted, cache, progress))
    for name in wanted:
        _check(snapshot / name, files[name], spec)
    if not any(name.endswith(".bin") for name in weights):
        return snapshot
    progress(f"{repo} has a pickle only: converting it to safetensors in a process without network", 0, 0)
    out = models_folder(cache) / "safetensors" / f"{repo.replace('/', '--')}@{commit[:12]}"
    folder = out if out.exists() else to_safetensors(snapshot, out)
    for name in weights:
        _drop(snapshot / name)  # the pickle has done its duty
    return folder


def _drop(path: Path) -> None:
    """Delete one downloaded file, link and blob; other revisions of the repository stay."""
    path.resolve().unlink(missing_ok=True)
    path.unlink(missing_ok=True)


def _weights(spec: str, files: Mapping) -> set[str]:
    """Names of the weight files to take: safetensors if there are any, else the pickle."""
    if WEIGHTS in files:
        return {WEIGHTS}
    for suffix, start in ((".safetensors", "model"), (".bin", "pytorch_model")):
        names = {n for n in files if n.startswith(start) and n.removesuffix(".index.json").endswith(suffix)}
        if names:
            return names
    raise ModelUnsupported(
        f"{spec} has neither safetensors nor {start}{suffix}", "choose a repository with model.safetensors"
    )


def _snapshot(hub, repo: str, commit: str, wanted: list[str], cache: Path, progress: Progress) -> Path:
    return Path(
        hub.snapshot_download(
            repo,
            revision=commit,
            endpoint=_endpoint(),
            cache_dir=own_hub(cache),
            allow_patterns=wanted,
            tqdm_class=_bar(progress),
            max_workers=4,
        )
    )


def _check(path: Path, entry, spec: str) -> None:
    """Compare a download with the hub's hash: SHA-256 of a large file, git's SHA-1 of a small one."""
    if entry.lfs is not None:
        with open(path, "rb") as f:
            found, promised = hashlib.file_digest(f, "sha256").hexdigest(), entry.lfs.sha256
    else:
        data = path.read_bytes()
        found, promised = hashlib.sha1(b"blob %d\0" % len(data) + data).hexdigest(), entry.blob_id
    if found != promised:
        _drop(path)
        raise DownloadError(
            f"{path.name} of {spec} came damaged: its hash is not the hub's", f"try again: summarize models pull {spec}"
        )


def _endpoint() -> str:
    # huggingface_hub reads the variable once, when it is imported: too early for a setting of ours or of a test
    return (os.environ.get("HF_ENDPOINT") or "https://huggingface.co").rstrip("/")


def _bar(progress: Progress):
    """A tqdm that draws nothing and tells `progress` about bytes."""
    from tqdm import tqdm

    class Told(tqdm):
        def __init__(self, *args: object, **kwargs: object):
            kwargs.pop("name", None)
            super().__init__(*args, **{**kwargs, "file": io.StringIO(), "disable": False, "leave": False})

        def update(self, n: float | None = 1) -> bool | None:
            drawn = super().update(n)
            if self.unit == "B" and self.desc.startswith("Reconstruct"):  # the bar that counts bytes on disk
                progress("downloading", int(self.n), int(self.total or 0))
            return drawn

    return Told


def _at_the_hub(spec: str, call: Callable[..., T]) -> T:
    """Run `call(huggingface_hub)`; its errors, and those of the HTTP library below it, become DownloadError."""
    import huggingface_hub
    from huggingface_hub import errors

    try:
        return call(huggingface_hub)
    except errors.GatedRepoError as error:
        raise DownloadError(
            f"{spec} is gated: its owner wants a licence accepted first",
            f"accept it at {_endpoint()}/{spec.split('@')[0]}, then: hf auth login",
        ) from error
    except errors.RepositoryNotFoundError as error:
        raise DownloadError(
            f"the hub has no model {spec}, or it is private", "check the spelling; for a private one: hf auth login"
        ) from error
    except errors.RevisionNotFoundError as error:
        raise DownloadError(
            f"the hub has no such revision: {spec}", f"summarize models pull {spec.split('@')[0]}"
        ) from error
    except errors.OfflineModeIsEnabled as error:
        raise DownloadError(
            "HF_HUB_OFFLINE forbids downloads", f"HF_HUB_OFFLINE=0 summarize models pull {spec}"
        ) from error
    except ModelError:
        raise
    except Exception as error:
        # httpx or httpx2, whichever this huggingface_hub uses: known by name, so that neither is imported for it
        if not isinstance(error, OSError) and not type(error).__module__.startswith(
            ("httpx", "httpcore", "huggingface_hub")
        ):
            raise
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise DownloadError(
            f"{spec} could not be pulled from {_endpoint()}: {reason}",
            f"check the network (or HF_ENDPOINT), then: summarize models pull {spec}; what came in so far is kept; "
            f"or {elsewhere(spec.split('@')[0])}",
        ) from error
