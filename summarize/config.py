"""Settings: a flag wins over the environment (SUMMARIZE_*), that over summarize.toml, that over the default.

    >>> settings = load({"beams": 2}, {"SUMMARIZE_KIND": "long"}, Path.cwd())
    >>> settings.kind, settings.origin("kind")
    ('long', 'environment SUMMARIZE_KIND')

Nothing is guessed: an unknown key, a wrong type or a value out of range raises ConfigError, which names the key, the
place it comes from, and the nearest key or what is allowed.
"""

from __future__ import annotations

import difflib
import inspect
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from .errors import ConfigError
from .languages.codes import two_letters
from .types import KINDS, TARGET

FILE = "summarize.toml"
PREFIX = "SUMMARIZE_"

ENGINES = ("auto", "ct2", "transformers")
QUANTIZATIONS = ("int8", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")
UNSUPPORTED, DEVICES = ("mark", "drop", "keep"), ("auto", "cpu", "cuda")
DOCUMENTS = ("html", "docx", "epub")  # that a translation can be put back into
FAULTS = ("draft", "doubt", "failed")


# --- values ----------------------------------------------------------------------------------------------------------

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_LANGUAGE, _DETECTED = re.compile(r"[a-z]{2,3}"), ", or empty to detect the language"
_CLUSTER = re.compile(r"|local:[1-9][0-9]{0,2}|ray://[^\s/]+|(?!local:)[^\s/:]+:[0-9]+")
_NONE: Mapping[str, str] = MappingProxyType({})


class _Refused(ValueError):
    """Says what a value must be."""


def _whole(least: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise _Refused(f"a whole number from {least} on")
        return value

    return check


def _one_of(*allowed: str) -> Callable[[object], str]:
    def check(value: object) -> str:
        if value not in allowed:
            raise _Refused("one of " + ", ".join(allowed))
        return str(value)

    return check


def _like(value: object, pattern: re.Pattern[str], what: str) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise _Refused(what)
    return value


def _a(kind: type, what: str) -> Callable[[object], Any]:
    def check(value: object) -> Any:
        if not isinstance(value, kind):
            raise _Refused(what)
        return value

    return check


_truth, _text = _a(bool, "true or false"), _a(str, "text in quotes")
_cluster = lambda value: _like(value, _CLUSTER, "local:N for N workers here, ray://HOST, or HOST:PORT of Ray's head")


def _folder(value: object) -> str:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise _Refused("the path of a folder")
    return os.path.expanduser(str(value))  # a ~ that is nobody's stays: pathlib would raise


def _code(empty: str = "") -> Callable[[object], str]:
    pattern = re.compile(f"{_LANGUAGE.pattern}{'|' * bool(empty)}", re.IGNORECASE)
    return lambda value: two_letters(_like(value, pattern, 'an ISO 639 code such as "de"' + empty).lower())


def _models(value: object) -> Mapping[str, str]:
    """A table, or texts as they stand in a flag: "de=de-en,fr=/path", or one model alone."""
    texts = [value] if isinstance(value, str) else value
    if isinstance(texts, list | tuple) and all(isinstance(text, str) for text in texts):
        pairs = [_pair(entry.strip()) for text in texts for entry in text.split(",")]
    elif isinstance(texts, Mapping):
        pairs = list(texts.items())
    else:
        pairs = [("", "")]
    table = {two_letters(language): model for language, model in pairs}
    right = all(isinstance(model, str) and model.strip() for model in table.values())
    if not right or len(table) < len(pairs) or not all(key == "" or _LANGUAGE.fullmatch(key) for key in table):
        raise _Refused('a model, or models by language: "de=de-en,fr=/path", in a file [mt] and below it de = "de-en"')
    return MappingProxyType(table)


def _pair(entry: str) -> tuple[str, str]:
    language, equals, model = entry.partition("=")
    return (language, model.strip()) if equals and _LANGUAGE.fullmatch(language) else ("", entry)


def _several(value: object, what: str) -> tuple[str, ...]:
    """A list, or a text with commas in between."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(n, str) and n.strip() for n in names or ("",)):
        raise _Refused(what)
    return tuple(name.strip() for name in names)


_files = lambda value: tuple(map(os.path.expanduser, _several(value, "a file, or a list of files")))
_globs = lambda value: _several(value, "a glob, or a list of globs")


def _some_of(*allowed: str) -> Callable[[object], tuple[str, ...]]:
    """A flag that is given several times is a list of texts with commas in between."""
    what = "one of " + ", ".join(allowed)

    def check(value: object) -> tuple[str, ...]:
        names = _several(",".join(_several(value, what)), what)
        if not set(names) <= set(allowed):
            raise _Refused(what)
        return tuple(dict.fromkeys(names))

    return check


# --- the settings -----------------------------------------------------------------------------------------------------


def _setting(
    default: object, check: Callable, help: str = "", metavar: str = "", flags: tuple[str, ...] = (), hint: str = ""
) -> Any:
    """A field with all that is known of it: how a value is checked, what to try in place of a wrong one, and the flag
    of the command line that sets it (none without a metavar or flags)."""
    about = {"check": check, "help": help, "metavar": metavar or None, "flags": flags, "hint": hint}
    return field(default_factory=lambda: default, metadata=about)


@dataclass(frozen=True)
class Settings:
    """All that a run can be told, in the order of the command's help. `origin` says where each value came from."""

    out: str = _setting("out", _folder, "Where results go (out).", "DIR", ("--out", "-o"))
    kind: str = _setting("short", _one_of(*KINDS), "headline, short, bullets or long (short).", "KIND")
    sentences: int = _setting(0, _whole(0), "Most sentences of a summary (by kind).", "N")
    # language -> model; under "" a model whose own source language decides
    mt: Mapping[str, str] = _setting(
        _NONE, _models, "Translation model: a name, folder or hub id. Repeatable.", "[LANG=]MODEL"
    )
    fallback: Mapping[str, str] = _setting(
        _NONE, _models, "Second model, for what the first cannot do. Repeatable.", "[LANG=]MODEL"
    )
    glossary: tuple[str, ...] = _setting((), _files, "Terms to honour: TSV, CSV or TBX. Repeatable.", "FILE")
    include: tuple[str, ...] = _setting((), _globs, "Read only what fits: '*.html', 'politik/**'. Repeatable.", "GLOB")
    exclude: tuple[str, ...] = _setting((), _globs, "Leave out what fits: 'entwurf*', 'sport/'. Repeatable.", "GLOB")
    to: tuple[str, ...] = _setting(
        (), _some_of(*DOCUMENTS), "Also a translated copy of what is read: html, docx, epub. Repeatable.", "FORMAT"
    )
    bilingual: bool = _setting(
        False, _truth, "In copies by --to, each paragraph under its original.", flags=("--bilingual",)
    )
    summarizer: str = _setting("auto", _text, "lead, textrank, central, minilm, or a model.", "MODEL")
    prompt: str = _setting("", _text, "Prompt for a chat model (by kind).", "NAME")
    mt_prompt: str = _setting(
        "", _text, "Prompt for a chat model that translates (by model).", "NAME", ("--mt-prompt",)
    )
    context: int = _setting(0, _whole(0), "Sentences before it that a chat model is shown (0).", "N")
    language: str = _setting(
        "", _code(_DETECTED), "Language of all articles (detected).", "CODE", ("--lang",), "for German: --lang de"
    )
    target: str = _setting(TARGET, _code(), "Language to translate to (en).", "CODE", hint="for French: --target fr")
    engine: str = _setting("auto", _one_of(*ENGINES), "auto, ct2 or transformers.", "ENGINE")
    quantization: str = _setting("int8", _one_of(*QUANTIZATIONS), "int8, float32, … (int8).", "TYPE")
    beams: int = _setting(4, _whole(1), "Beam size; 1 is greedy (4).", "N")
    threads: int = _setting(0, _whole(0), "Processor threads (all).", "N")
    device: str = _setting("auto", _one_of(*DEVICES), "auto, cpu or cuda.", "DEVICE")
    cluster: str = _setting("", _cluster, "Ray cluster that computes: local:N, ray://HOST.", "CLUSTER", ("--cluster",))
    unsupported: str = _setting(
        "mark", _one_of(*UNSUPPORTED), "Summary sentences without evidence: mark, drop or keep.", "WHAT"
    )
    fail_on: tuple[str, ...] = _setting(
        ("failed",), _some_of(*FAULTS), "What ends with status 1, beside what failed: draft, doubt.", "WHAT,..."
    )
    canary: bool = _setting(
        True, _truth, "Keep nothing of a model that fails on known sentences (on).", flags=("--canary/--no-canary",)
    )
    retry: bool = _setting(False, _truth, "Try again what was repaired or failed.", flags=("--retry",))
    # never from a file: whoever wrote that could send the articles away
    allow_remote: bool = _setting(False, _truth, "Let a model server be on another machine.", flags=("--allow-remote",))
    offline: bool = _setting(False, _truth, "Forbid downloads.", flags=("--offline/--online",))
    cache: str = _setting("cache", _folder, "Where outputs and models are kept.", "DIR")
    prompts: str = _setting("prompts", _folder, "Your own folder of prompts.")
    window: int = _setting(64, _whole(1), "Articles that are translated together.")
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def origin(self, key: str) -> str:
        """The flag, variable or file that the value of `key` came from, or "default"."""
        return self.origins.get(key, "default")


DEFAULTS = Settings()
FIELDS = MappingProxyType({f.name: f for f in fields(Settings) if f.name != "origins"})
KEYS = tuple(FIELDS)
TYPED = ("allow_remote", "cluster")  # by flag or environment alone
SERVER_KEY = PREFIX + "SERVER_KEY"  # what a model server wants to be shown; no setting, so that nothing writes it down


_F = TypeVar("_F", bound=Callable)


def documented(function: _F) -> _F:
    """Ends the docstring of a function that takes settings by keyword with a line for each: name, type, default."""
    default = lambda key: _shown(getattr(DEFAULTS, key))
    lines = [f"{key}: {f.type} = {default(key)}  # {f.metadata['help']}" for key, f in FIELDS.items()]
    function.__doc__ = "\n".join([inspect.cleandoc(function.__doc__ or ""), "", "Settings, by keyword:", "", *lines])
    return function


def load(flags: Mapping[str, object], environ: Mapping[str, str], cwd: Path) -> Settings:
    """The settings for a run.

    `flags` has values by key, None for a flag that was not given, and may have `config`, the path of a file to read in
    place of `cwd`/summarize.toml (which need not exist); SUMMARIZE_CONFIG does the same. An empty variable counts as
    not set. Relative folders in a file are relative to that file. Raises ConfigError.
    """
    given = {("language" if key == "lang" else key): value for key, value in flags.items() if value is not None}
    config = given.pop("config", None) or environ.get(PREFIX + "CONFIG")
    values: dict[str, object] = {}
    origins: dict[str, str] = {}
    layers = (_file(config, cwd), _environment(environ), _flags(given))  # later ones win
    for key, value, origin in (entry for layer in layers for entry in layer):
        values[key], origins[key] = value, origin
    return Settings(**values, origins=MappingProxyType(origins))


_Entry = tuple[str, object, str]  # key, checked value, origin


def _file(config: object, cwd: Path) -> Iterator[_Entry]:
    path = cwd / os.path.expanduser(str(config)) if config else cwd / FILE
    if not config and not path.exists():
        return
    for key, value in _toml(path).items():
        _known(key, KEYS, str(path))
        if key in TYPED:
            raise ConfigError(f"{key} cannot be set in a file ({path})", f"type {FIELDS[key].metadata['flags'][0]}")
        checked = _checked(key, value, str(path))
        check = FIELDS[key].metadata["check"]
        if check is _folder:
            checked = _beside(path, checked, cwd)
        elif check is _files:
            checked = tuple(_beside(path, name, cwd) for name in checked)
        elif check is _models:  # a model is a folder beside the file if there is one of that name, else an id
            beside = {code: spec for code, spec in checked.items() if os.path.isdir(path.parent / spec)}
            checked = MappingProxyType({**checked, **{c: _beside(path, spec, cwd) for c, spec in beside.items()}})
        yield key, checked, str(path)


def _environment(environ: Mapping[str, str]) -> Iterator[_Entry]:
    names = {PREFIX + key.upper(): key for key in KEYS}
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable in (PREFIX + "CONFIG", SERVER_KEY):
            continue
        _known(variable, (*names, PREFIX + "CONFIG", SERVER_KEY), "the environment")
        if text.strip():
            key, origin = names[variable], f"environment {variable}"
            yield key, _checked(key, _parsed(key, text.strip(), origin), origin), origin


def _flags(given: Mapping[str, object]) -> Iterator[_Entry]:
    for key, value in given.items():
        _known(key, (*KEYS, "config"), "the arguments")
        origin = "flag --" + ("lang" if key == "language" else key.replace("_", "-"))
        parsed = _parsed(key, value, origin) if isinstance(value, str) else value
        yield key, _checked(key, parsed, origin), origin


def _toml(path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{path} is not valid TOML: {error}", 'text needs quotes: kind = "long"') from None
    except UnicodeDecodeError:
        raise ConfigError(f"{path} is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"the settings in {path} cannot be read: {error.strerror}", "check --config") from None


def _beside(path: Path, folder: object, cwd: Path) -> str:
    """A folder named in a file in another place than `cwd` is relative to that file."""
    return str(folder) if path.parent.resolve() == cwd.resolve() else str(path.parent / str(folder))


def _checked(key: str, value: object, origin: str) -> object:
    about = FIELDS[key].metadata
    try:
        return about["check"](value)
    except _Refused as refused:
        near = difflib.get_close_matches(str(value), str(refused).removeprefix("one of ").split(", "), 1)
        default = _shown(getattr(DEFAULTS, key))
        hint = f"did you mean {near[0]!r}?" if near else about["hint"] or f"the default is {default}"
        raise ConfigError(f"{key} = {_shown(value)} ({origin}) is not {refused}", hint) from None


def _parsed(key: str, text: str, origin: str) -> object:
    """The text of a flag or a variable as a value of the key's type, if it is one; `_checked` refuses the rest."""
    if isinstance(getattr(DEFAULTS, key), bool):
        lower = text.lower()
        if lower not in _TRUE + _FALSE:
            raise ConfigError(f"{key} = {text!r} ({origin}) is not a truth value", "write true, false, yes, no, 1 or 0")
        return lower in _TRUE
    if isinstance(getattr(DEFAULTS, key), int) and re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    return text


def _known(key: str, keys: tuple[str, ...], place: str) -> None:
    if key not in keys:
        near = [k for k in keys if _takes(k, key)] or difflib.get_close_matches(key, keys, 1, cutoff=0.5)
        hint = f"did you mean {' or '.join(near)}?" if near else f"there are: {', '.join(keys)}"
        raise ConfigError(f"there is no setting {key!r} (in {place})", hint)


def _takes(key: str, word: str) -> bool:
    """Whether a setting takes what is called so: `model` is no setting, but three take a MODEL."""
    about = FIELDS.get(key.removeprefix(PREFIX).lower())
    name = word.removeprefix(PREFIX).upper().removesuffix("S")
    return about is not None and name in re.findall("[A-Z]+", about.metadata["metavar"] or "")


def _shown(value: object) -> str:
    listed = value and isinstance(value, list | tuple)
    return ", ".join(map(repr, value)) if listed else repr(dict(value) if isinstance(value, Mapping) else value)
