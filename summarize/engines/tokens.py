"""Text to token ids and back, without torch and transformers: the Hugging Face tokenizer's ids, token for token.

One difference is on purpose: a control string in the text (`</s>`, `<pad>`, `<|im_end|>`) stays text. An article that
talks about tokens, or that was written to steer a model, never becomes a control id.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from ..errors import ModelCorrupt, ModelUnsupported

# Markers that models leave in their output when they fail: T5 sentinels, chat markup, Marian and BERT specials.


class Tokens(Protocol):
    """What an engine and a `Neural` need to know of a tokenizer.

    `encode` gives all ids that the model wants to see, specials included; `limit` is the most ids that it reads;
    `start` are the ids that the decoder is made to begin with (language code, BART's <s>); `ends` end an output.
    """

    limit: int
    start: tuple[int, ...]
    ends: tuple[int, ...]

    def encode(self, text: str) -> list[int]: ...

    def decode(self, ids: Sequence[int]) -> str: ...

    def stray(self, ids: Sequence[int]) -> bool:
        """Whether ids of an output hold control tokens: the sign of a model that lost its way."""
        ...


def read_json(path: Path) -> dict[str, Any]:
    """The object in a JSON file of a checkpoint, {} if there is no such file; `ModelCorrupt` if it cannot be read."""
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ModelCorrupt(f"cannot read {path}: {error}", f"summarize models verify {path.parent.name}") from error
    if not isinstance(value, dict):
        raise ModelCorrupt(f"{path} does not hold a JSON object", f"summarize models verify {path.parent.name}")
    return value


def _as_ids(value: int | Sequence[int] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(value)


class _Folder:
    """The JSON files of one checkpoint, read once: config, generation config, tokenizer config."""

    def __init__(self, path: Path):
        self.path = path
        self.config = read_json(path / "config.json")
        self.generation = read_json(path / "generation_config.json")
        self.tokenizer = read_json(path / "tokenizer_config.json")

    def setting(self, name: str) -> Any:
        """From the generation config, else from the model config (where older checkpoints keep it)."""
        value = self.generation.get(name)
        return self.config.get(name) if value is None else value

    @property
    def ends(self) -> tuple[int, ...]:
        return _as_ids(self.setting("eos_token_id"))

    def positions(self, default: int) -> int:
        for name in ("max_position_embeddings", "n_positions"):
            if isinstance(self.config.get(name), int):
                return self.config[name]
        return default

    def file(self, name: str) -> Path:
        path = self.path / name
        if not path.is_file():
            raise ModelCorrupt(f"{self.path} has no {name}", f"summarize models verify {self.path.name}")
        return path


class MarianTokens:
    """sentencepiece for the cut, vocab.json for the numbers, as in the opus-mt checkpoints."""

    start: tuple[int, ...] = ()

    def __init__(self, path: Path, target: str = "en"):
        import sentencepiece

        folder = _Folder(path)
        self.limit = folder.positions(512)
        self._ids: dict[str, int] = read_json(folder.file("vocab.json"))
        out = folder.file("target_vocab.json") if folder.tokenizer.get("separate_vocabs") else folder.file("vocab.json")
        self._pieces = {i: piece for piece, i in read_json(out).items()}
        self._control = {self._ids[t] for t in ("</s>", "<unk>", "<pad>") if t in self._ids}
        try:
            self._unknown, end = self._ids["<unk>"], self._ids["</s>"]
            self._source = sentencepiece.SentencePieceProcessor(model_file=str(folder.file("source.spm")))
            self._target = sentencepiece.SentencePieceProcessor(model_file=str(folder.file("target.spm")))
        except (KeyError, RuntimeError, OSError) as error:
            raise ModelCorrupt(
                f"the tokenizer in {path} cannot be read: {error}", f"summarize models verify {path.name}"
            ) from error
        self.ends = folder.ends or (end,)
        self._suffix = [end]
        # a checkpoint with many target languages wants to be told which, in a token of its own
        codes = (f">>{code}<<" for code in (target, {"en": "eng"}.get(target, target)))
        self._prefix = [self._ids[code] for code in codes if code in self._ids][:1]

    def encode(self, text: str) -> list[int]:
        return [*self._prefix, *map(self._id, self._source.encode(text, out_type=str)), *self._suffix]

    def _id(self, piece: str) -> int:
        number = self._ids.get(piece, self._unknown)
        # a run of unknown characters comes back as it was written, which may spell a control token
        return self._unknown if number in self._control else number

    def decode(self, ids: Sequence[int]) -> str:
        pieces = [self._pieces[i] for i in ids if i in self._pieces and i not in self._control]
        return self._target.decode(pieces).replace("\u2581", " ").strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control or i not in self._pieces for i in ids)


class FastTokens:
    """A tokenizer.json: BART, mBART, Pegasus, T5 and the sentence encoders."""

    def __init__(self, path: Path, family: str, source: str = "", target: str = "en"):
        self._folder = _Folder(path)
        self._tokenizer, self._names = _load_tokenizer(self._folder)
        self._control = set(self._names.values())
        self.limit = self._read_limit(family)
        self.ends = self._folder.ends
        self.start = _as_ids(self._folder.setting("forced_bos_token_id"))
        self._frame: tuple[list[int], list[int]] | None = None
        if family == "mbart":
            self._set_languages(source, target)

    def _read_limit(self, family: str) -> int:
        limit = self._folder.positions(512)
        if family == "encoder":
            trained = read_json(self._folder.path / "sentence_bert_config.json").get("max_seq_length")
            limit = min(limit, trained or self._folder.tokenizer.get("model_max_length") or limit)
        return int(limit)

    def _set_languages(self, source: str, target: str) -> None:
        """mBART frames the source with its language code and starts the output with the target's."""
        end = self._names["</s>"]
        code = self._language_id(source)
        mbart50 = self._folder.tokenizer.get("tokenizer_class", "").startswith("MBart50")
        self._frame = ([code], [end]) if mbart50 else ([], [end, code])
        if mbart50:  # of the older one the config names the output's language, as the decoder's start token
            self.start = (self._language_id(target),)

    def _language_id(self, language: str) -> int:
        for token, number in self._names.items():
            if re.fullmatch(re.escape(language) + r"_[A-Z]{2}", token):
                return number
        raise ModelUnsupported(
            f"{self._folder.path.name} has no language code for '{language}'", "summarize models list"
        )

    def encode(self, text: str) -> list[int]:
        if self._frame is None:
            return self._tokenizer.encode(text).ids
        before, after = self._frame
        return [*before, *self._tokenizer.encode(text, add_special_tokens=False).ids, *after]

    def decode(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode([i for i in ids if i not in self._control], skip_special_tokens=True).strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control for i in ids)


class ChatTokens:
    """A causal chat model: messages rendered with the checkpoint's own chat template, then a tokenizer.json.

    `encode` takes one user message; `encode_messages` takes a whole conversation of {role, content}.
    """

    start: tuple[int, ...] = ()

    def __init__(self, path: Path):
        self._folder = _Folder(path)
        self._tokenizer, control = _load_tokenizer(self._folder)
        self._control = set(control.values())
        self._specials = sorted(control, key=len, reverse=True)  # longest first, where one begins like another
        self.limit = self._folder.positions(2048)
        self.ends = self._folder.ends
        self._variables = _special_names(self._folder.tokenizer)

    @cached_property
    def _template(self) -> Any:
        return _compile_template(_chat_template(self._folder))

    def encode(self, text: str) -> list[int]:
        return self.encode_messages([{"role": "user", "content": text}])

    def encode_messages(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        if not any(special in m["content"] for m in messages for special in self._specials):
            return self._encode(self._render(messages), control=True)
        return self._encode_hidden(messages)

    def _render(self, messages: Sequence[Mapping[str, str]]) -> str:
        return self._template.render(messages=list(messages), add_generation_prompt=True, **self._variables)

    def _encode(self, text: str, control: bool) -> list[int]:
        self._tokenizer.encode_special_tokens = not control
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def _encode_hidden(self, messages: Sequence[Mapping[str, str]]) -> list[int]:
        """Hides control strings of the contents behind a mark while the template, whose own ones count, is cut up."""
        contents = "".join(m["content"] for m in messages)
        mark = next(c for c in map(chr, range(0xE000, 0xF8FF)) if c not in contents)
        hidden = {f"{mark}{n}{mark}": special for n, special in enumerate(self._specials)}
        masked = []
        for message in messages:
            content = message["content"]
            for stand_in, special in hidden.items():
                content = content.replace(special, stand_in)
            masked.append({**message, "content": content})
        ids: list[int] = []
        for part in re.split("(" + "|".join(map(re.escape, self._specials)) + ")", self._render(masked)):
            control = part in self._specials
            for stand_in, special in hidden.items():
                part = part.replace(stand_in, special)
            ids += self._encode(part, control) if part else []
        return ids

    def decode(self, ids: Sequence[int]) -> str:
        return self._tokenizer.decode([i for i in ids if i not in self._control], skip_special_tokens=True).strip()

    def stray(self, ids: Sequence[int]) -> bool:
        return any(i in self._control for i in ids)


def open_tokens(path: Path, family: str, source: str = "", target: str = "en") -> Tokens:
    """The tokenizer in a folder. Raises `ModelCorrupt` if its files are missing or broken."""
    if family == "marian":
        return MarianTokens(path, target)
    if family == "causal":
        return ChatTokens(path)
    return FastTokens(path, family, source, target)


def _load_tokenizer(folder: _Folder) -> tuple[Any, dict[str, int]]:
    """(tokenizer, control tokens by name). With `encode_special_tokens` it takes control strings of a text for text."""
    from tokenizers import Tokenizer

    text = folder.file("tokenizer.json").read_text(encoding="utf-8")
    try:
        described = json.loads(text)
        control = {t["content"]: t["id"] for t in described["added_tokens"] if t["special"]}
        if described["model"]["type"] == "Unigram":
            text = json.dumps(_without_control_pieces(described, control))
        tokenizer = Tokenizer.from_str(text)
    except Exception as error:  # the library raises bare Exception
        raise ModelCorrupt(
            f"tokenizer.json in {folder.path} cannot be read: {error}", f"summarize models verify {folder.path.name}"
        ) from error
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.encode_special_tokens = True
    return tokenizer, control


def _without_control_pieces(described: dict[str, Any], control: Mapping[str, int]) -> dict[str, Any]:
    """A unigram model has its control tokens among its pieces and would find `</s>` in a text by itself: they get
    names that no text holds. The frame of specials is put on by number and stays."""
    pieces = described["model"]["vocab"]
    for number in control.values():
        if number < len(pieces):
            pieces[number] = [f"\ue000control {number}\ue000", pieces[number][1]]
    described["added_tokens"] = [t for t in described["added_tokens"] if not t["special"]]
    return described


def _special_names(tokenizer_config: Mapping[str, Any]) -> dict[str, str]:
    """The variables that templates use: bos_token, eos_token, …"""
    found = {}
    for name in ("bos_token", "eos_token", "unk_token", "pad_token"):
        value = tokenizer_config.get(name)
        if isinstance(value, Mapping):
            value = value.get("content")
        if value is not None:
            found[name] = value
    return found


def _chat_template(folder: _Folder) -> str:
    file = folder.path / "chat_template.jinja"
    template = file.read_text(encoding="utf-8") if file.is_file() else folder.tokenizer.get("chat_template")
    if isinstance(template, list):
        template = next((t["template"] for t in template if t.get("name") == "default"), None)
    if not template:
        raise ModelUnsupported(f"{folder.path.name} has no chat template", "choose an instruction-tuned model")
    return template


def _compile_template(source: str) -> Any:
    """As transformers compiles it, in jinja2's immutable sandbox: a template comes with a model and is not trusted."""
    from jinja2 import TemplateError
    from jinja2.ext import loopcontrols
    from jinja2.sandbox import ImmutableSandboxedEnvironment

    def refuse(message: str) -> None:
        raise TemplateError(message)

    environment = ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols])
    environment.filters["tojson"] = lambda value, indent=None: json.dumps(value, ensure_ascii=False, indent=indent)
    environment.globals["raise_exception"] = refuse
    try:
        return environment.from_string(source)
    except TemplateError as error:
        raise ModelUnsupported(f"the chat template cannot be read: {error}", "choose another model") from error
