"""Settings: a flag wins over the environment (SUMMARIZE_*), that over summarize.toml, that over the default.

    >>> settings = load({"beams": 2}, {"SUMMARIZE_KIND": "long"}, Path.cwd())
    >>> settings.kind, settings.origin("kind")
    ('long', 'environment SUMMARIZE_KIND')

Nothing is guessed: an unknown key, a wrong type or a value out of range raises ConfigError, which names the key, the
place it comes from, and the nearest key or what is allowed.
"""

from __future__ import annotations

import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from types import MappingProxyType

from .errors import ConfigError
from .languages.codes import two_letters
from .types import KINDS

FILE = "summarize.toml"
PREFIX = "SUMMARIZE_"

ENGINES = ("auto", "ct2", "transformers")
QUANTIZATIONS = ("int8", "int8_bfloat16", "int16", "float16", "bfloat16", "float32")
UNSUPPORTED = ("mark", "drop", "keep")
DEVICES = ("auto", "cpu", "cuda")


@dataclass(frozen=True)
class Settings:
    """All that a run can be told. `origin` says where each value came from."""

    # language -> model; under "" a model whose own source language decides
    mt: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    # language -> the model that is asked where `mt` fell short; written as `mt`
    fallback: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    glossary: tuple[str, ...] = ()  # files: TSV, CSV or TBX
    summarizer: str = "auto"
    kind: str = "short"
    sentences: int = 0  # of a summary at most; 0 is what its kind says
    out: str = "out"  # folder
    cache: str = "cache"  # folder
    engine: str = "auto"
    quantization: str = "int8"
    beams: int = 4
    threads: int = 0  # 0 is all cores
    window: int = 64  # articles that are translated together
    offline: bool = False
    language: str = ""  # of every article; "" detects it
    prompt: str = ""  # name or path; "" is the one named like the kind
    prompts: str = "prompts"  # the user's folder of prompts
    unsupported: str = "mark"  # what becomes of summary sentences without support
    retry: bool = False  # try again what failed or was repaired in an earlier run
    device: str = "auto"
    canary: bool = True  # keep nothing of a model before it has translated known sentences as it should
    origins: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    def origin(self, key: str) -> str:
        """The flag, variable or file that the value of `key` came from, or "default"."""
        return self.origins.get(key, "default")


DEFAULTS = Settings()
KEYS = tuple(f.name for f in fields(Settings) if f.name != "origins")


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


# --- the layers: each yields key, checked value and origin -----------------------------------------------------------

_Entry = tuple[str, object, str]


def _file(config: object, cwd: Path) -> Iterator[_Entry]:
    path = cwd / os.path.expanduser(str(config)) if config else cwd / FILE
    if not config and not path.exists():
        return
    for key, value in _toml(path).items():
        _known(key, KEYS, str(path))
        checked = _checked(key, value, str(path))
        if key in _FOLDERS:
            checked = _beside(path, checked, cwd)
        elif key == "glossary":
            checked = tuple(_beside(path, name, cwd) for name in checked)
        elif key in ("mt", "fallback"):  # a model is a folder beside the file if there is one of that name, else an id
            beside = {code: spec for code, spec in checked.items() if os.path.isdir(path.parent / spec)}
            checked = MappingProxyType({**checked, **{c: _beside(path, spec, cwd) for c, spec in beside.items()}})
        yield key, checked, str(path)


def _environment(environ: Mapping[str, str]) -> Iterator[_Entry]:
    names = {PREFIX + key.upper(): key for key in KEYS}
    for variable, text in sorted(environ.items()):
        if not variable.startswith(PREFIX) or variable == PREFIX + "CONFIG":
            continue
        _known(variable, (*names, PREFIX + "CONFIG"), "the environment")
        if text.strip():
            key, origin = names[variable], f"environment {variable}"
            yield key, _checked(key, _parsed(key, text.strip(), origin), origin), origin


def _flags(given: Mapping[str, object]) -> Iterator[_Entry]:
    for key, value in given.items():
        _known(key, (*KEYS, "config"), "the flags")
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


# --- values ----------------------------------------------------------------------------------------------------------

_TRUE, _FALSE = ("true", "1", "yes", "on"), ("false", "0", "no", "off")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_FOLDERS = ("out", "cache", "prompts")


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


def _truth(value: object) -> bool:
    if not isinstance(value, bool):
        raise _Refused("true or false")
    return value


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise _Refused("text in quotes")
    return value


def _folder(value: object) -> str:
    if not isinstance(value, str | Path) or not str(value).strip():
        raise _Refused("the path of a folder")
    return os.path.expanduser(str(value))  # a ~ that is nobody's stays: pathlib would raise


def _code(value: object) -> str:
    if not isinstance(value, str) or (value and not _LANGUAGE.fullmatch(value.lower())):
        raise _Refused('an ISO 639 code such as "de", or empty to detect the language')
    return two_letters(value.lower())


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


def _files(value: object) -> tuple[str, ...]:
    """A list, or a text with commas in between."""
    names = value.split(",") if isinstance(value, str) else value
    if not isinstance(names, list | tuple) or not all(isinstance(n, str) and n.strip() for n in names or ("",)):
        raise _Refused("a file, or a list of files")
    return tuple(os.path.expanduser(name.strip()) for name in names)


_HINTS = {"language": "for German: --lang de"}
_CHECKS: Mapping[str, Callable[[object], object]] = {
    "mt": _models,
    "fallback": _models,
    "glossary": _files,
    "summarizer": _text,
    "kind": _one_of(*KINDS),
    "sentences": _whole(0),
    "out": _folder,
    "cache": _folder,
    "engine": _one_of(*ENGINES),
    "quantization": _one_of(*QUANTIZATIONS),
    "beams": _whole(1),
    "threads": _whole(0),
    "window": _whole(1),
    "offline": _truth,
    "language": _code,
    "prompt": _text,
    "prompts": _folder,
    "unsupported": _one_of(*UNSUPPORTED),
    "retry": _truth,
    "device": _one_of(*DEVICES),
    "canary": _truth,
}


def _checked(key: str, value: object, origin: str) -> object:
    try:
        return _CHECKS[key](value)
    except _Refused as refused:
        near = difflib.get_close_matches(str(value), str(refused).removeprefix("one of ").split(", "), 1)
        default = _shown(getattr(DEFAULTS, key))
        hint = f"did you mean {near[0]!r}?" if near else _HINTS.get(key, f"the default is {default}")
        raise ConfigError(f"{key} = {_shown(value)} ({origin}) is not {refused}", hint) from None


def _parsed(key: str, text: str, origin: str) -> object:
    """The text of a flag or a variable as a value of the key's type, if it is one; `_checked` refuses the rest."""
    if _CHECKS[key] is _truth:
        lower = text.lower()
        if lower not in _TRUE + _FALSE:
            raise ConfigError(f"{key} = {text!r} ({origin}) is not a truth value", "write true, false, yes, no, 1 or 0")
        return lower in _TRUE
    if isinstance(getattr(DEFAULTS, key), int) and re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        return int(text)
    return text


def _known(key: str, keys: tuple[str, ...], place: str) -> None:
    if key not in keys:
        near = difflib.get_close_matches(key, keys, 1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are: {', '.join(keys)}"
        raise ConfigError(f"there is no setting {key!r} (in {place})", hint)


def _shown(value: object) -> str:
    return repr(dict(value)) if isinstance(value, Mapping) else repr(value)
