"""`summarize models`: what models there are, and getting more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from .options import AsJson, Cache, Config, Offline, print_json, say, settings

app = typer.Typer(help="List, fetch, convert and check models.", no_args_is_help=True, rich_markup_mode=None)
Opt = typer.Option
Name = Annotated[str, typer.Argument(metavar="MODEL", help="A name from `models list`, a folder or a hub id.")]


def _cache(cache: str | None, config: str | None) -> Path:
    return Path(settings(cache=cache, config=config).cache)


@app.command("list")
def list_models(cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """List the models known here, and those that can be fetched by name."""
    from .. import catalog
    from ..render import listings, terminal

    entries = catalog.listing(_cache(cache, config))
    if as_json:
        print_json([listings.model_json(e) for e in entries])
    else:
        terminal.console().print(listings.models(entries))


@app.command()
def info(model: Name, cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """Show what is known of a model: family, languages, quality, licence, hashes."""
    from .. import catalog
    from ..render import listings, terminal

    facts = listings.checkpoint_json(catalog.resolve(model, cache=_cache(cache, config), task=None))
    print_json(facts) if as_json else terminal.console().print(listings.facts(facts))


@app.command()
def pull(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="org/name[@revision] on the hub, or minilm, smollm2.")],
    offline: Offline = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Download a model, pinned to a revision and checked by hash.

    \b
    summarize models pull Helsinki-NLP/opus-mt-de-en
    summarize models pull minilm
    """
    from .. import catalog
    from ..render import listings
    from ..render.progress import Download

    chosen = settings(cache=cache, config=config, offline=offline)
    with Download(model) as progress:
        checkpoint = catalog.pull(model, cache=Path(chosen.cache), offline=chosen.offline, progress=progress)
    print_json(listings.checkpoint_json(checkpoint)) if as_json else say(f"{checkpoint.id} is in {checkpoint.path}")


@app.command()
def add(
    path: Annotated[Path, typer.Argument(metavar="FOLDER", help="A checkpoint in Hugging Face format.")],
    name: Annotated[str | None, Opt("--name", metavar="NAME", help="What to call it (the folder's name).")] = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Give a checkpoint folder a name; a translator is then used for its languages."""
    from .. import catalog

    added = catalog.add(path, name or path.resolve().name, _cache(cache, config))
    if as_json:
        print_json({"id": added.id, "family": added.family.name, "task": added.task, "source": list(added.source)})
        return
    reads = f", reads {', '.join(added.source)}" if added.source else ""
    say(f"added {added.id}: {added.family.name}, {added.task}{reads}")


@app.command()
def convert(
    model: Name,
    out: Annotated[Path | None, Opt("--out", "-o", metavar="DIR", help="Where safetensors of a pickle go.")] = None,
    quantization: Annotated[str | None, Opt(metavar="TYPE", help="int8, float32, … (int8).")] = None,
    cache: Cache = None,
    config: Config = None,
    as_json: AsJson = False,
) -> None:
    """Convert a model for the fast engine ahead of its first use; a pickled checkpoint becomes safetensors first."""
    from .. import catalog
    from ..engines.convert import prepared

    chosen = settings(cache=cache, config=config, quantization=quantization)
    folder = Path(model)
    if folder.is_dir() and not list(folder.glob("*.safetensors")):
        out = out or folder.with_name(folder.name + "-safetensors")
        model = str(catalog.to_safetensors(folder, out))
        say(f"safetensors in {model}")
    checkpoint = catalog.resolve(model, cache=Path(chosen.cache), task=None)
    done = prepared(checkpoint, chosen.quantization, Path(chosen.cache), say)
    if as_json:
        print_json({"id": checkpoint.id, "folder": str(done)})
    else:
        say(f"{checkpoint.id} is ready in {done}")


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
    if as_json:
        print_json({n: [asdict(f) for f in files] for n, files in checked.items()})
    else:
        for name, files in checked.items():
            for f in files:
                typer.echo(f"{f.state:<10} {name}/{f.name}")
    for name, f in bad:
        say(f"{name}/{f.name} is {f.state}; fetch it again: summarize models rm {name}, then models pull")
    return 3 if bad else 0


@app.command()
def rm(model: Name, cache: Cache = None, config: Config = None, as_json: AsJson = False) -> None:
    """Forget a model and delete what was fetched or converted for it; your own folders stay."""
    from .. import catalog

    gone = catalog.remove(model, _cache(cache, config))
    if as_json:
        print_json({"id": model, "deleted": [str(path) for path in gone]})
        return
    for path in gone:
        say(f"deleted {path}")
    say(f"{model} is forgotten")
