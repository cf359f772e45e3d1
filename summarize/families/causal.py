"""Causal language models tuned to chat (Llama, Qwen, Gemma, Phi, SmolLM): asked with a prompt, through their own
template."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from .. import frontmatter
from ..errors import ModelUnsupported
from ..languages.codes import two_letters
from .family import Family
from .tokens import Files, load_tokenizer


class Causal(Family):
    name = "causal"
    convertible = ("llama", "mistral", "qwen2", "qwen3", "phi3", "gemma", "gemma2", "gpt2")
    model_types = (*convertible, "gemma3_text", "phi", "smollm3", "olmo2", "granite")
    tasks = ("summarize", "translate")
    network = "causal"
    prompted = True

    def languages(self, path: Path, name: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """From those that its README.md names, into whatever it is asked for."""
        try:
            front, _ = frontmatter.split((path / "README.md").read_text("utf-8", errors="replace"))
        except OSError:
            return (), ()
        named = front.get("language")
        codes = named if isinstance(named, list) else [named]
        return tuple(two_letters(code) for code in codes if isinstance(code, str)), ()

    def open_tokens(self, path: Path, source: str = "", target: str = "en") -> ChatTokens:
        return ChatTokens(path)


class ChatTokens:
    """A causal chat model: messages rendered with the checkpoint's own chat template, then a tokenizer.json.

    `encode` takes one user message; `encode_messages` takes a whole conversation of {role, content}.
    """

    start: tuple[int, ...] = ()
    never: tuple[int, ...] = ()

    def __init__(self, path: Path):
        self._files = Files(path)
        self._tokenizer, control = load_tokenizer(self._files)
        self._control = set(control.values())
        self._specials = sorted(control, key=len, reverse=True)  # longest first, where one begins like another
        self.limit = self._files.positions(2048)
        self.ends = self._files.ends
        self._variables = _special_names(self._files.tokenizer)

    @cached_property
    def _template(self) -> Any:
        return _compile_template(_chat_template(self._files))

    def encode(self, text: str) -> list[int]:
        return self.encode_messages([{"role": "user", "content": text}])

    def encode_messages(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        if not any(special in m["content"] for m in messages for special in self._specials):
            return self._encode(self._render(messages), control=True)
        return self._encode_hidden(messages)

    def _render(self, messages: Sequence[Mapping[str, Any]]) -> str:
        """Through the template; where that wants no words but `parts` (TranslateGemma), through these."""
        from jinja2 import TemplateError

        ways = [[{key: m[key] for key in ("role", "content")} for m in messages]]
        ways += [[{"role": m["role"], "content": m["parts"]}] for m in messages[-1:] if "parts" in m]
        refused: Exception | None = None
        for way in ways:
            try:
                return self._template.render(messages=way, add_generation_prompt=True, **self._variables)
            except TemplateError as error:
                refused = error
        raise ModelUnsupported(
            f"the chat template of {self._files.path.name} refuses this prompt: {refused}",
            "a prompt without a system turn, or another model",
        ) from refused

    def _encode(self, text: str, control: bool) -> list[int]:
        self._tokenizer.encode_special_tokens = not control
        return self._tokenizer.encode(text, add_special_tokens=False).ids

    def _encode_hidden(self, messages: Sequence[Mapping[str, Any]]) -> list[int]:
        """Hides control strings of the contents behind a mark while the template, whose own ones count, is cut up."""
        contents = "".join(m["content"] for m in messages)
        mark = next(c for c in map(chr, range(0xE000, 0xF8FF)) if c not in contents)
        hidden = {f"{mark}{n}{mark}": special for n, special in enumerate(self._specials)}
        masked = []
        for message in messages:
            masked.append({**message, "content": _masked(message["content"], hidden)})
            if parts := message.get("parts"):
                masked[-1]["parts"] = [{**part, "text": _masked(part["text"], hidden)} for part in parts]
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


def _masked(text: str, hidden: Mapping[str, str]) -> str:
    for stand_in, special in hidden.items():
        text = text.replace(special, stand_in)
    return text


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


def _chat_template(files: Files) -> str:
    file = files.path / "chat_template.jinja"
    template = file.read_text(encoding="utf-8") if file.is_file() else files.tokenizer.get("chat_template")
    if isinstance(template, list):
        template = next((t["template"] for t in template if t.get("name") == "default"), None)
    if not template:
        raise ModelUnsupported(f"{files.path.name} has no chat template", "choose an instruction-tuned model")
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


FAMILY = Causal()
