"""`summarize models`: what models there are, and getting more."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ..config import Settings
from ..errors import DownloadError, UsageError
from ..types import TARGET
from .options import AsJson, Cache, Commands, Config, Offline, answer, display, option, say, settings

if TYPE_CHECKING:
    from ..catalog import Description

app = typer.Typer(
    cls=Commands, help="List, fetch, convert and check models.", no_args_is_help=True, rich_markup_mode=None
)
Opt = typer.Option
Name = Annotated[str, typer.Argument(metavar="MODEL", help="A name from `models list`, a folder or a hub id.")]


def _cache(cache: str | None, config: str | None) -> Path:
    return Path(settings(cache=cache, config=config).cache)


@app.command("list")
def list_models(cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the models known here, and those that can be fetched by name."""
    from .. import catalog
    from ..render import listings

    entries = catalog.listing(_cache(cache, config))
    data = [listings.model_json(e) for e in entries]

    def read() -> None:
        display(listings.models(entries))
        if steps := listings.to_fetch(entries):
            say("\n  ".join(["what is not here can be fetched:", *steps]))

    answer(data, read, as_json=as_json)


@app.command()
def info(
    model: Name,
    allow_remote: option("allow_remote") = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Show what is known of a model: family, languages, quality, licence, hashes; of a chat model, its prompt."""
    from .. import catalog
    from ..backends.opening import translation_prompt
    from ..render import listings, terminal

    chosen = settings(cache=cache, config=config, allow_remote=allow_remote)
    found = catalog.resolve(model, cache=Path(chosen.cache), task=None, remote=chosen.allow_remote)
    facts = listings.checkpoint_json(found)
    if found.family.prompted:
        prompt = translation_prompt(found, chosen)
        facts["translates with"] = {"prompt": prompt.name, "path": prompt.path, "digest": prompt.digest}
    answer(facts, lambda: terminal.console().print(listings.facts(facts)), as_json=as_json)


@app.command()
def pull(
    model: Annotated[
        str | None, typer.Argument(metavar="[MODEL]", help="org/name[@revision] on the hub, or minilm, smollm2.")
    ] = None,
    languages: Annotated[str | None, Opt("--languages", metavar="LANG,…", help="What these languages need.")] = None,
    target: option("target") = None,
    yes: Annotated[bool, Opt("--yes", "-y", help="Fetch for --languages without asking.")] = False,
    offline: Offline = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Download a model, pinned to a revision and checked by hash.

    \b
    summarize models pull Helsinki-NLP/opus-mt-de-en
    summarize models pull minilm
    summarize models pull --languages fr,es,uk
    summarize models pull --languages en,de --target fr

    What --languages would fetch is shown first, with sizes and licences.
    """
    from .. import catalog
    from ..render import listings
    from ..render.progress import Download

    chosen = settings(cache=cache, config=config, offline=offline, target=target)
    if (model is None) == (languages is None):
        raise UsageError("name a model or languages, not both", "summarize models pull --languages fr,es")
    where, pulled = Path(chosen.cache), []
    for spec in [model] if model else _agreed(languages or "", chosen, yes):
        with Download(spec) as progress:
            checkpoint = catalog.pull(spec, cache=where, offline=chosen.offline, progress=progress)
        pulled.append(checkpoint)
        if not as_json:
            say("\n".join([f"{checkpoint.id} is in {checkpoint.path}", *_use(checkpoint, where)]))
    data = [listings.checkpoint_json(c) for c in pulled]
    answer(data[0] if model else data, lambda: None, as_json=as_json)


def _agreed(languages: str, chosen: Settings, yes: bool) -> list[str]:
    """The checkpoints that these languages need and the user agrees to fetch. Raises UsageError, DownloadError."""
    from .. import catalog
    from ..languages.codes import two_letters
    from ..languages.detection import NAMES
    from ..render import listings

    codes = [two_letters(code.strip().lower()) for code in languages.split(",") if code.strip()]
    hint = f"give codes of ISO 639-1, such as fr,es,uk, and not that of the target, {chosen.target}"
    if unknown := [code for code in codes if code not in NAMES or code == chosen.target]:
        raise UsageError(f"{unknown[0]!r} is no language to translate from", hint)
    rows = catalog.coverage(codes, Path(chosen.cache), chosen.mt, chosen.target)
    wanted = catalog.offers((row.language for row in rows if row.offer), chosen.target)
    say(listings.coverage(rows))
    if not wanted:
        return []
    if chosen.offline:
        ids = [offer.id for offer in wanted]
        how = catalog.elsewhere(ids[0]) + (", and so for the others" if ids[1:] else "")
        raise DownloadError(f"--offline forbids fetching {', '.join(ids)}", how)
    total = sum(offer.megabytes for offer in wanted)
    if not yes and not sys.stdin.isatty():
        raise UsageError(f"nobody is here to agree to {total:,} MB under these licences", "say so: --yes")
    if not yes and not typer.confirm(f"Fetch {total:,} MB under these licences?", err=True):
        raise typer.Exit(1)
    return [offer.id for offer in wanted]


def _use(model: Description, cache: Path) -> list[str]:
    """What to type for a model that no run takes by itself, since another serves its languages."""
    from .. import catalog

    if model.task != "translate" or not model.source:
        return []
    first = catalog.coverage(model.source[:1], cache, {}, model.target)[0]
    taken = first.model is not None and first.model.id != model.id
    return [f"to use it: summarize run DROP --mt {model.source[0]}={model.id}"] if taken else []


@app.command()
def suggest(
    paths: Annotated[list[str], typer.Argument(metavar="DROP", help="Files, folders or globs, as for `run`.")],
    mt: option("mt") = None,
    lang: option("language") = None,
    target: option("target") = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Say which languages a drop is in, which models would translate them, and which to fetch.

    Nothing is fetched or translated. Exit status 1 if an input cannot be read.
    """
    from .. import articles, catalog
    from ..job import accounting
    from ..languages.detection import UNKNOWN
    from ..render import listings, terminal
    from ..render.phrases import plural
    from ..types import Failure

    table = ",".join(mt) if mt else None
    chosen = settings(cache=cache, config=config, language=lang, target=target, mt=table)
    made = articles.read(paths, language=chosen.language, made=(chosen.out, chosen.cache))
    failures: list[Failure] = []
    read_ones = (item for item in made if not (isinstance(item, Failure) and not failures.append(item)))
    counts = accounting.spoken(read_ones, chosen.language, chosen.target)
    untold = counts.pop(UNKNOWN, 0)
    found = [code for code, _ in counts.most_common()]
    rows = catalog.coverage(found, Path(chosen.cache), chosen.mt, chosen.target)

    def read() -> None:
        display(listings.coverage(rows, counts))
        say(listings.steps(rows, chosen.target))
        if untold:
            say(f"{plural(untold, 'sentence')} in texts too short to tell their language: name it with --lang")
        if failures:
            console = terminal.console(stderr=True)
            for line in terminal.failures(failures, console):
                console.print(line, soft_wrap=True)

    answer([listings.served_json(row, counts) for row in rows], read, as_json=as_json)
    return 1 if failures else 0


@app.command()
def add(
    path: Annotated[Path, typer.Argument(metavar="PATH", help="A checkpoint's folder, or a package's file.")],
    name: Annotated[str | None, Opt("--name", metavar="NAME", help="What to call it (its own name).")] = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Give a checkpoint folder or a package a name; a translator is then used for its languages.

    \b
    summarize models add checkpoints/opus-mt-fr-en
    summarize models add translate-de_en-1_0.argosmodel

    A checkpoint in Hugging Face's format stays where it is, and so does a folder with a model of Firefox. A package of
    Argos Translate is unpacked.
    """
    from .. import catalog

    added = catalog.add(path, name or catalog.name_of(path), _cache(cache, config))
    facts = {
        "id": added.id,
        "family": added.family.name,
        "task": added.task,
        "source": list(added.source),
        "target": added.target,
    }
    facts["licence"] = added.card.licence
    reads = f", reads {', '.join(added.source)}" if added.source else ""
    reads += f", for --target {added.target}" if added.target != TARGET else ""
    licence = f"; licence: {added.card.licence}" if added.card.licence else ""
    told = f"added {added.id}: {added.family.name}, {added.task}{reads}{licence}"
    lacking = added.family.lacks(added.path)
    told = "\n".join([told, *[f"before its first use: {lacking}"] * bool(lacking), *_use(added, _cache(cache, config))])
    answer(facts, lambda: say(told), as_json=as_json)


@app.command()
def convert(
    model: Name,
    out: Annotated[Path | None, Opt("--out", "-o", metavar="DIR", help="Where the safetensors go.")] = None,
    quantization: option("quantization") = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Convert a model for the fast engine ahead of its first use; a pickle or a GGUF file becomes safetensors first."""
    from .. import catalog
    from ..engines.convert import prepared

    chosen = settings(cache=cache, config=config, quantization=quantization)
    folder = Path(model)
    if folder.suffix == ".gguf" and folder.is_file():
        model = str(catalog.from_gguf(folder, out or folder.with_suffix("")))
        say(f"safetensors in {model}; to give it a name: summarize models add {model}")
    elif folder.is_dir() and not list(folder.glob("*.safetensors")):
        out = out or folder.with_name(folder.name + "-safetensors")
        model = str(catalog.to_safetensors(folder, out))
        say(f"safetensors in {model}")
    checkpoint = catalog.resolve(model, cache=Path(chosen.cache), task=None)
    done = prepared(checkpoint, chosen.quantization, Path(chosen.cache), say)
    told = f"{checkpoint.id} is ready in {done}"
    answer({"id": checkpoint.id, "folder": str(done)}, lambda: say(told), as_json=as_json)


@app.command()
def verify(
    model: Annotated[str | None, typer.Argument(metavar="MODEL", help="One model (all that are here).")] = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> int:
    """Hash every file again and compare with the record. Exit status 3 if one changed or is missing."""
    from dataclasses import asdict

    from .. import catalog

    where = _cache(cache, config)
    names = [model] if model else [e.id for e in catalog.listing(where) if e.present or e.problem]
    checked = {n: catalog.verify(n, cache=where) for n in names}
    bad = [(n, f) for n, files in checked.items() for f in files if f.state in ("changed", "missing")]
    lines = (f"{f.state:<10} {name}/{f.name}" for name, files in checked.items() for f in files)
    data = {n: [asdict(f) for f in files] for n, files in checked.items()}
    answer(data, lambda: display(*lines), as_json=as_json)
    for name, f in bad:
        say(f"{name}/{f.name} is {f.state}; fetch it again: summarize models rm {name}, then pull or add it")
    return 3 if bad else 0


@app.command()
def rm(model: Name, cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """Forget a model and delete what was fetched or converted for it; your own folders stay."""
    from .. import catalog

    gone = catalog.remove(model, _cache(cache, config))
    told = [*(f"deleted {path}" for path in gone), f"{model} is forgotten"]
    answer({"id": model, "deleted": [str(path) for path in gone]}, lambda: say("\n".join(told)), as_json=as_json)
