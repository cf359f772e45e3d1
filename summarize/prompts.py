"""Prompt files: what a chat model is asked, with declared variables.

    ---
    name: short
    kind: short
    variables: text, sentences
    system: Summarize in plain words.
    ---
    Summarize this in {{ sentences }} sentences:

    {{ text }}

The part between the lines of dashes is the front matter: one `key: value` per line, lists with commas or in brackets.
Instead of a `system` line, a longer one can stand between the lines `# system` and `# user` in the body; nothing there
is an empty turn, which some models want. A variable is written `{{ name }}`; what is put in its place is never looked
at again, so an article may hold braces of its own. A paragraph of which every variable is empty is left out.

A prompt of kind `translate` may have `models: *name*, *other*`: it is for the models that are called so (`for_model`).
"""

from __future__ import annotations

import difflib
import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from .errors import PromptError
from .resources import shipped
from .types import KINDS

SUFFIX = ".md"

TRANSLATE = "translate"  # the kind of a prompt for translations, and the name of the one for every model

_KEYS = ("name", "kind", "variables", "system", "models")
_REQUIRED = ("name", "kind", "variables")
_VARIABLE = re.compile(r"\{\{\s*(\w+)\s*\}\}")
_BRACES = re.compile(r"\{\{|\}\}")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_NAME = re.compile(r"[\w-]+")
_BLANK = re.compile(r"(\n{2,})")
_SECTIONS = re.compile(r"\s*# system[ \t]*\n(.*?)^# user[ \t]*$(.*)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True)
class Prompt:
    """A checked prompt: every variable in it is declared and every declared one is in it."""

    name: str
    kind: str  # one of KINDS, or TRANSLATE
    variables: tuple[str, ...]
    user: str
    system: str | None = None  # None: no such turn
    path: str = ""  # for messages
    models: tuple[str, ...] = ()  # globs of names

    @property
    def digest(self) -> str:
        """SHA-256 over all that a model gets to see; where the file lies and how its head is written do not count."""
        said = f"{self.system or ''}\x00{self.user}" + "\x00" * (self.system == "")
        return "sha256:" + hashlib.sha256(said.encode("utf-8", "surrogatepass")).hexdigest()

    def render(self, **values: object) -> list[dict[str, str]]:
        """Chat messages with `role` and `content`. Raises PromptError unless `values` are exactly the variables."""
        for variable in self.variables:
            if variable not in values:
                raise _error(self.path, f"the variable {variable!r} was given no value", f"pass {variable}=…")
        for given in values:
            if given not in self.variables:
                known = f"it has: {', '.join(self.variables)}" if self.variables else "it has no variables"
                raise _error(self.path, f"there is no variable {given!r}", known)
        messages = [("system", self.system), ("user", self.user)]
        return [{"role": role, "content": _filled(text, values)} for role, text in messages if text is not None]


def folders(own: str | Path = "prompts") -> tuple[Path, ...]:
    """Where prompts are looked for: the user's own folder, then the shipped one."""
    return (Path(own), shipped("prompts"))


def available(where: Iterable[Path]) -> dict[str, Path]:
    """Prompt files by name; of two with one name, the one in the earlier folder counts. Missing folders are empty."""
    found: dict[str, Path] = {}
    for folder in where:
        for path in sorted(folder.glob("*" + SUFFIX)):
            if path.is_file() and _NAME.fullmatch(path.stem) and path.stem.lower() != "readme":
                found.setdefault(path.stem, path)
    return found


def load(name_or_path: str | Path, where: Sequence[Path]) -> Prompt:
    """A prompt by its name in the folders, or by a path (something that ends in .md or has a slash).

    Raises PromptError if there is none or if the file is not in order.
    """
    wanted = str(name_or_path)
    if wanted.endswith(SUFFIX) or "/" in wanted or "\\" in wanted:
        return parse(_read(Path(wanted)), wanted)
    known = available(where)
    if wanted not in known:
        near = difflib.get_close_matches(wanted, known, 1)
        hint = f"did you mean {near[0]!r}? " if near else ""
        places = " and ".join(str(folder) for folder in where) or "no folder"
        raise PromptError(
            f"there is no prompt {wanted!r} in {places}", f"{hint}there are: {', '.join(sorted(known)) or 'none'}"
        )
    path = known[wanted]
    prompt = parse(_read(path), str(path))
    if prompt.name != wanted:
        raise _error(str(path), f"it is named {prompt.name!r} inside", f"write `name: {wanted}`, or rename the file")
    return prompt


def for_model(names: Iterable[str], where: Sequence[Path]) -> Prompt:
    """The prompt with which a model that goes by these names translates: the first that says it is for it, else
    TRANSLATE. Only files whose name begins like that one's are looked at."""
    called = [name.casefold() for name in names if name]
    for name in available(where):
        if name.startswith(TRANSLATE) and name != TRANSLATE:
            prompt = load(name, where)
            if any(fnmatchcase(one, glob.casefold()) for one in called for glob in prompt.models):
                return prompt
    return load(TRANSLATE, where)


def parse(text: str, path: str = "") -> Prompt:
    """The text of a prompt file, checked. `path` is for messages. Raises PromptError."""
    fields, body = _front_matter(text.removeprefix("\ufeff").replace("\r\n", "\n"), path)
    for key in _REQUIRED:
        if key not in fields:
            raise _error(path, f"the front matter has no {key!r}", f"add a line `{key}: …` to it")
    if not _NAME.fullmatch(fields["name"]):
        raise _error(path, f"the name {fields['name']!r} is not usable", "use letters, digits, - and _")
    if fields["kind"] not in (*KINDS, TRANSLATE):
        kinds = ", ".join((*KINDS, TRANSLATE))
        raise _error(path, f"there is no kind {fields['kind']!r}", f"the kinds are: {kinds}")
    system, user = _sections(fields.get("system", ""), body, path)
    variables = _variables(fields["variables"], path)
    _check_variables(variables, system or "", user, path)
    models = tuple(filter(None, (glob.strip() for glob in fields.get("models", "").split(","))))
    return Prompt(fields["name"], fields["kind"], variables, user, system, path, models)


def _front_matter(text: str, path: str) -> tuple[dict[str, str], str]:
    lines = text.split("\n")
    closing = next((n for n, line in enumerate(lines[1:], 1) if line.rstrip() == "---"), 0)
    if lines[0].rstrip() != "---" or not closing:
        raise _error(path, "it has no front matter", "begin the file with `---`, name, kind, variables and `---`")
    fields: dict[str, str] = {}
    for number, line in enumerate(lines[1:closing], 2):
        key, colon, value = line.partition(":")
        key = key.rstrip()
        if not line.strip() or line.startswith("#"):
            continue
        if not colon or not _IDENTIFIER.fullmatch(key):
            raise _error(path, f"line {number} is not of the form `key: value`: {line!r}", "nested values are not read")
        if key not in _KEYS:
            near = difflib.get_close_matches(key, _KEYS, 1)
            hint = f"did you mean {near[0]!r}?" if near else f"the keys are: {', '.join(_KEYS)}"
            raise _error(path, f"line {number} has the unknown key {key!r}", hint)
        if key in fields:
            raise _error(path, f"line {number} has the key {key!r} for the second time", "keep one of them")
        fields[key] = _unquoted(value.strip())
    return fields, "\n".join(lines[closing + 1 :])


def _unquoted(value: str) -> str:
    quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "\"'"
    return value[1:-1] if quoted else value


def _sections(system: str, body: str, path: str) -> tuple[str | None, str]:
    sections = _SECTIONS.fullmatch(body)
    if sections and system:
        raise _error(path, "it has a system prompt in the front matter and another in the body", "keep one of them")
    user = sections[2] if sections else body
    if not user.strip():
        raise _error(path, "there is nothing below the front matter", "write there what the model is asked")
    return (sections[1].strip() if sections else system or None), user.lstrip().rstrip("\n")


def _variables(value: str, path: str) -> tuple[str, ...]:
    if value.startswith("[") != value.endswith("]"):
        raise _error(path, f"the list of variables is not closed: {value!r}", "write `variables: text, sentences`")
    names = [_unquoted(name.strip()) for name in value.removeprefix("[").removesuffix("]").split(",")]
    names = [] if names == [""] else names
    for name in names:
        if not _IDENTIFIER.fullmatch(name):
            raise _error(path, f"{name!r} cannot be the name of a variable", "write `variables: text, sentences`")
        if names.count(name) > 1:
            raise _error(path, f"the variable {name!r} is declared twice", "keep one of them")
    return tuple(names)


def _check_variables(declared: Sequence[str], system: str, user: str, path: str) -> None:
    used = _VARIABLE.findall(system) + _VARIABLE.findall(user)
    for name in used:
        if name not in declared:
            near = difflib.get_close_matches(name, declared, 1)
            hint = f"did you mean {near[0]!r}? else declare it" if near else "declare it"
            raise _error(path, f"the variable {name!r} is not declared", f"{hint} in the line `variables:`")
    for name in declared:
        if name not in used:
            raise _error(
                path, f"the variable {name!r} is declared and never used", f"write {{{{ {name} }}}} in the body"
            )
    if stray := _BRACES.search(_VARIABLE.sub("", system) + "\n" + _VARIABLE.sub("", user)):
        raise _error(path, f"there is a {stray[0]!r} that belongs to no variable", "a variable is written {{ name }}")


def _filled(text: str, values: Mapping[str, object]) -> str:
    """One pass from left to right, so that braces in a value stay what they are. Of a paragraph that is left out the
    blank line after it goes, too."""
    parts = [*_BLANK.split(text), ""]
    kept = []
    for paragraph, blank in zip(parts[::2], parts[1::2], strict=True):
        names = _VARIABLE.findall(paragraph)
        if len(parts) == 2 or not names or any(str(values[name]) for name in names):
            kept += [_VARIABLE.sub(lambda match: str(values[match[1]]), paragraph), blank]
    return "".join(kept if kept[-1:] == [""] else kept[:-1])


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except FileNotFoundError:
        raise PromptError(f"there is no prompt file {path}", "`summarize prompts` lists the prompts by name") from None
    except UnicodeDecodeError:
        raise _error(str(path), "it is not UTF-8 text", "save it as UTF-8") from None
    except OSError as error:
        raise _error(
            str(path), f"it cannot be read ({error.strerror})", "check the path and its permissions"
        ) from error


def _error(path: str, message: str, hint: str) -> PromptError:
    return PromptError(f"prompt {path}: {message}" if path else f"prompt: {message}", hint)
