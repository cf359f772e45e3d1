"""Is this machine fit to run, and what is in force: one finding a line, each with the next step where one is needed.

    >>> from summarize.config import DEFAULTS
    >>> {f.name for f in python(DEFAULTS)}
    {'python'}

Nothing is fetched, converted or repaired here; models are read and hashed, the engine is imported.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

from .. import catalog
from ..catalog.folder import weight_files
from ..catalog.hashing import hashes
from ..catalog.hubcache import cached_repos, hub_roots
from ..config import KEYS, Settings
from ..errors import SummarizeError
from ..store import FILE, Store, upkeep
from ..types import Json

OK, WARN, BAD = "ok", "warn", "bad"
NEEDED = ("ctranslate2", "sentencepiece", "tokenizers", "py3langid", "sentencex", "trafilatura", "rich", "jinja2")
CONVERTERS = ("torch", "transformers", "safetensors", "huggingface_hub")  # only to convert and pull models, and on GPUs
OLDEST = (3, 11)
OLDEST_ENGINE = (4, 8, 1)  # of CTranslate2: earlier ones overflow when a model is loaded
ROOM = (50_000_000, 1_000_000_000)  # bytes free on a disk below which it is bad, or worth a warning
MEMORY = 1_000_000_000  # bytes available below which a run may fail
READ_WHOLE = 500_000_000  # bytes of models and of the store that are still read and hashed to the end here


@dataclass(frozen=True)
class Finding:
    """One line: `state` is ok, warn or bad; `hint` says what to type next; `facts` are for programs."""

    name: str
    state: str
    says: str
    hint: str = ""
    facts: Mapping[str, Json] = field(default_factory=dict)


Check = Callable[[Settings], Iterator[Finding]]


def examine(settings: Settings, checks: tuple[Check, ...] | None = None) -> list[Finding]:
    """All findings, in order. A check that breaks is a finding, too: nothing is raised."""
    findings: list[Finding] = []
    for check in CHECKS if checks is None else checks:
        try:
            findings += check(settings)
        except SummarizeError as error:
            findings.append(Finding(check.__name__, BAD, error.message, error.hint))
        except Exception as error:
            hint = "please report it with this line"
            findings.append(Finding(check.__name__, BAD, f"could not be checked: {error!r}", hint))
    return findings


def sound(findings: list[Finding]) -> bool:
    return all(f.state != BAD for f in findings)


# --- the program -----------------------------------------------------------------------------------------------------


def python(_: Settings) -> Iterator[Finding]:
    text = f"{platform.python_version()} on {platform.system()} {platform.machine()}"
    old = sys.version_info < OLDEST
    yield Finding("python", BAD if old else OK, text, "install Python 3.11 or newer" if old else "")


def packages(_: Settings) -> Iterator[Finding]:
    found = {name: _version(name) for name in ("summarize", *NEEDED, *CONVERTERS)}
    text = ", ".join(f"{name} {v}" for name, v in found.items() if v)
    if missing := [name for name in NEEDED if find_spec(name) is None]:
        yield Finding("packages", BAD, f"missing: {', '.join(missing)}", "pip install -c constraints.txt -e .", found)
        return
    rest = [name for name in CONVERTERS if find_spec(name) is None]
    hint = f"without {', '.join(rest)} no model can be converted or pulled" if rest else ""
    yield Finding("packages", WARN if rest else OK, text, hint, found)


def engine(_: Settings) -> Iterator[Finding]:
    """CTranslate2 as it really loads; PyTorch is only looked for, since to import it takes seconds."""
    try:
        import ctranslate2
        import sentencepiece  # noqa: F401  the engine is no use without its tokenizer
    except (ImportError, OSError) as error:
        yield Finding("engine", BAD, f"cannot be loaded: {error}", "pip install --force-reinstall ctranslate2")
        return
    numbers = tuple(int(part) for part in ctranslate2.__version__.split(".")[:3] if part.isdecimal())
    kinds = sorted(ctranslate2.get_supported_compute_types("cpu"))
    text = f"ctranslate2 {ctranslate2.__version__}: {', '.join(kinds)}"
    old = numbers < OLDEST_ENGINE
    hint = "pip install -U 'ctranslate2>=4.8.1'" if old else ""
    yield Finding("engine", BAD if old else OK, text, hint, {"compute_types": kinds})
    count = ctranslate2.get_cuda_device_count()
    yield Finding(
        "gpu", OK, f"{count} for CUDA" if count else "none: models run on the processor", "", {"count": count}
    )


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


# --- the machine -----------------------------------------------------------------------------------------------------


def processor(settings: Settings) -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    excess = settings.threads > cores
    hint = f"more threads than cores wait for each other: --threads {cores}" if excess else ""
    text = f"{cores} cores for this process, {os.cpu_count()} in the machine"
    yield Finding("processor", WARN if excess else OK, text, hint, {"cores": cores})


def memory(_: Settings) -> Iterator[Finding]:
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
    except OSError:
        return  # only Linux tells without a library
    known = {name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in lines)}
    total, free = known["MemTotal"], known.get("MemAvailable", known["MemFree"])
    low = free < MEMORY
    hint = "close other programs, or translate fewer articles at once: SUMMARIZE_WINDOW=8" if low else ""
    text = f"{free / 1e9:.1f} GB of {total / 1e9:.1f} GB available"
    yield Finding("memory", WARN if low else OK, text, hint, {"total": total, "available": free})


def folders(settings: Settings) -> Iterator[Finding]:
    """Cache and output: may they be written, and is there room. What is not there yet is not made."""
    for name in ("cache", "out"):
        folder = Path(getattr(settings, name)).absolute()
        there = next(p for p in (folder, *folder.parents) if p.exists())
        option = f"choose another place: --{name} DIR"
        if not there.is_dir():
            yield Finding(name, BAD, f"{there} is a file, where a folder is needed", option)
            continue
        try:
            with tempfile.TemporaryFile(dir=there):
                free = shutil.disk_usage(there).free
        except OSError as error:
            yield Finding(name, BAD, f"{there} cannot be written: {error.strerror}", option)
            continue
        state = BAD if free < ROOM[0] else WARN if free < ROOM[1] else OK
        hint = f"free some space, or {option}" if state != OK else ""
        new = "" if there == folder else ", made at the first run"
        yield Finding(name, state, f"{folder}: {free / 1e9:.1f} GB free{new}", hint, {"free": free})


def terminal(_: Settings) -> Iterator[Finding]:
    encoding = getattr(sys.stdout, "encoding", "") or "unknown"
    odd = encoding.lower().replace("-", "") not in ("utf8", "unknown")
    size = shutil.get_terminal_size()
    where = f"{os.environ.get('TERM', 'no TERM')}, {size.columns} columns" if sys.stdout.isatty() else "not a terminal"
    text = f"{where}, {encoding}{', NO_COLOR' if os.environ.get('NO_COLOR') else ''}"
    hint = "letters may be lost; set PYTHONIOENCODING=utf-8 or a UTF-8 locale" if odd else ""
    yield Finding("terminal", WARN if odd else OK, text, hint)


# --- what it works with ----------------------------------------------------------------------------------------------


def in_force(settings: Settings) -> Iterator[Finding]:
    """Every setting that something other than the default decides."""
    facts = {k: {"value": _plain(getattr(settings, k)), "origin": settings.origin(k)} for k in KEYS}
    told = [f"{k} = {v['value']} ({v['origin']})" for k, v in facts.items() if v["origin"] != "default"]
    yield Finding("settings", OK, "; ".join(told) or "all defaults", "", facts)


def _plain(value: object) -> Json:
    return dict(value) if isinstance(value, Mapping) else value  # type: ignore[return-value]


def store(settings: Settings) -> Iterator[Finding]:
    path = Path(settings.cache) / FILE
    if not path.exists():
        yield Finding("store", OK, "none yet; the first run makes it")
        return
    with Store.open(path.parent, busy_seconds=2) as opened:
        size = path.stat().st_size
        if size > READ_WHOLE:
            text = f"{size / 1e6:,.0f} MB, opens; not read to the end here"
            yield Finding("store", OK, text, "check every row: summarize cache verify")
            return
        counts, faults = upkeep.stats(opened), upkeep.verify(opened)
    text = f"{counts['outputs']:,} outputs, {counts['results']:,} results, {counts['runs']:,} runs, every row sound"
    hint = "summarize cache verify --repair"
    yield (
        Finding("store", BAD, f"{len(faults)} damaged rows, {faults[0]}", hint)
        if faults
        else Finding("store", OK, text)
    )


def models(settings: Settings) -> Iterator[Finding]:
    """Those that are here, read and compared with their recorded hashes; and what the defaults still lack."""
    cache = Path(settings.cache)
    for entry in catalog.listing(cache):
        name = f"model {entry.id}"
        if entry.problem:
            yield Finding(name, BAD, entry.problem, f"summarize models rm {entry.id}, then fetch or add it again")
        elif entry.present and entry.description is not None:
            yield _model(name, entry, cache)
        else:
            yield Finding(name, OK, "not on this machine", f"if it is wanted: summarize models pull {entry.id}")


def _model(name: str, entry: catalog.Entry, cache: Path) -> Finding:
    assert entry.description is not None
    folder, card = entry.description.path, entry.description.card
    facts: dict[str, Json] = {
        "licence": card.licence,
        "origin": card.origin or str(folder),
        "revision": card.revision,
        "quality": card.quality,
        "weights": hashes(weight_files(folder), cache),
    }
    if entry.size > READ_WHOLE:
        text = f"{entry.kind}, {entry.size / 1e6:,.0f} MB, there; not hashed here"
        return Finding(name, OK, text, f"summarize models verify {entry.id}", facts)
    files = catalog.verify(entry.id, cache=cache)
    if wrong := [f for f in files if f.state in ("changed", "missing")]:
        hint = (
            "install summarize again, as its README says"
            if entry.kind == "shipped"
            else f"summarize models rm {entry.id}"
        )
        return Finding(name, BAD, f"{wrong[0].name} is {wrong[0].state}", hint, facts)
    sure = sum(f.state == "ok" for f in files)
    text = f"{entry.kind}, {entry.size / 1e6:,.0f} MB, {sure} files as recorded"
    if not sure:
        return Finding(
            name, WARN, f"{entry.kind}, but nobody recorded its hashes", f"summarize models add {folder}", facts
        )
    if card.quality == "draft" and entry.task == "translate":
        languages = entry.description.source
        better = "".join(f"for work: summarize models pull {offer.id}" for offer in catalog.offers(languages[:1]))
        return Finding(name, WARN, f"{text}; a draft: not to be relied on", better, facts)
    return Finding(name, OK, text, "", facts)


def hub(settings: Settings) -> Iterator[Finding]:
    roots = [root for root in hub_roots(Path(settings.cache)) if root.is_dir()]
    repos = sorted(set(cached_repos(roots)))
    text = f"{len(repos)} models in {', '.join(map(str, roots))}" if roots else "none on this machine"
    yield Finding("hub cache", OK, text, "", {"models": json.loads(json.dumps(repos))})


CHECKS: tuple[Check, ...] = (
    python, packages, engine, processor, memory, folders, terminal, in_force, store, models, hub,
)  # fmt: skip
