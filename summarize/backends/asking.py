"""A chat model translates: what it is asked, and how its answers may be read.

A model that was told to say nothing but the translation may say more: "Here is the translation:", a note below it,
marks around it. Nothing is stripped blindly: `Readings` offers the answer as it came and then what it may have meant,
and the judge takes a reading only where the answer itself fails a check that the reading passes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from ..errors import PromptError
from ..glossary import Glossary
from ..languages import detection
from ..memory.near import LEAST
from ..prompts import TRANSLATE, Prompt
from ..types import TARGET, Backend, Json, Output, Signature, before, nearest
from .judge import Checks
from .rungs import CLEANED, Searching

VERSION = 1  # raised by hand when questions or readings change
LEAST_WORDS, SURE = 3, 0.95  # words in lower case, and confidence, by which an answer is in another language
ECHO = 4  # words of a source that are no name, if they come back beside a translation
OFFERED = ("text", "source", "source_code", "target", "target_code", "glossary", "nearest", "context")

_LABEL = re.compile(r"([^\n]{1,160}?):\s+(?=\S)")
_COLON = re.compile(r":(?=\s|$)")
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>\s*", re.DOTALL)
_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»\n]{2,})[\"“”„«»]")
_ANY_QUOTE = re.compile(r"[\"“”„«»‚‘’‹›「『《]")
_AROUND = re.compile(r"(\*\*|[*_`\"“”«»„]|<\w+>)(.+?)(\*\*|[*_`\"“”«»„]|</\w+>)", re.DOTALL)


class Asking:
    """The prompt of a translation, as `neural.Template`: the text is put in, with what stands before it and, once it is
    `telling` a glossary, with the terms that stand in it. Raises PromptError for a prompt that cannot ask that."""

    def __init__(self, prompt: Prompt, glossary: Glossary | None = None, target: str = TARGET):
        wrong = [name for name in prompt.variables if name not in OFFERED]
        if prompt.kind != TRANSLATE or wrong or "text" not in prompt.variables:
            what = (
                f"asks for {', '.join(wrong)}" if wrong else f"is of kind {prompt.kind}, not {TRANSLATE}, or lacks text"
            )
            raise PromptError(
                f"{prompt.path}: a prompt that {what} asks for no translation",
                f"write `kind: {TRANSLATE}`; the variables are {', '.join(OFFERED)}, and text must be among them",
            )
        if target != TARGET and not {"target", "target_code"} & set(prompt.variables):
            raise PromptError(
                f"{prompt.path} does not say into which language: it cannot ask for {detection.name(target)}",
                "give it the variable target, or name another one with --mt-prompt",
            )
        self.prompt = prompt
        self.glossary = glossary
        self.target = target

    @property
    def digest(self) -> str:
        return self.prompt.digest

    @property
    def tellable(self) -> bool:
        """Whether terms can be told in it."""
        return "glossary" in self.prompt.variables

    def telling(self, glossary: Glossary) -> Asking:
        return Asking(self.prompt, glossary, self.target)

    def variables(self, code: str, context: int = 0) -> dict[str, str]:
        """What is put in for texts in a language (ISO 639-1), for signatures; of the context how many sentences."""
        names = {"source": code, "target": self.target}
        told = {key: detection.name(value) for key, value in names.items()}
        told |= {f"{key}_code": value for key, value in names.items()}
        told |= {"context": str(context), "nearest": str(LEAST)}
        return {key: value for key, value in told.items() if key in self.prompt.variables and value != "0"}

    def render(self, text: str, context: str = "0", **variables: str) -> list[dict]:
        """The messages. The last one also has the `parts` that a template of another make asks for in place of its
        words: the text, and the codes of its language and of the target's."""
        known = self.glossary
        terms = known.matches(text) if known else ()
        told = {f"{text[m.start : m.end]} translates to {known.told(m, text)}": None for m in terms}
        given = {
            **variables,
            "text": str(text),
            "glossary": "\n".join(told),
            "nearest": "\n".join(nearest(text)),
            "context": " ".join(before(text)) if context != "0" else "",
        }
        messages: list[dict] = list(self.prompt.render(**{name: given[name] for name in self.prompt.variables}))
        if "source_code" in given:
            codes = {f"{side}_lang_code": given[f"{side}_code"] for side in ("source", "target")}
            messages[-1]["parts"] = [{"type": "text", **codes, "text": str(text)}]
        return messages


class Readings:
    """The answers of a chat model, and behind them what else they can be read as, under the rung CLEANED."""

    def __init__(self, inner: Searching):
        self.inner = inner

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(readings=VERSION)

    def fits(self, text: str) -> bool:
        return self.inner.fits(text)

    def run(self, texts: Sequence[str]) -> list[Output]:
        return self.inner.run(texts)

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]:
        found = self.inner.alternatives(texts, n)
        return [[*outputs, *_read(text, outputs)] for text, outputs in zip(texts, found, strict=True)]


class Told:
    """A rung: the model is told, in the prompt, how the terms of a text are translated."""

    def __init__(self, inner: Backend, glossary: Glossary):
        self.inner = inner
        self.glossary = glossary

    @property
    def signature(self) -> Signature:
        told: list[Json] = [VERSION, self.glossary.as_json()]
        return self.inner.signature.extended(told=told)

    def run(self, texts: Sequence[str]) -> list[Output]:
        return self.inner.run(texts)


def chatter(source: str, output: str, target: str = TARGET) -> bool:
    """The model says more than the translation: several lines for a source of one, the source itself, marks around
    it, or a label that speaks of translating. A check for the answers of chat models.

    >>> chatter("Er geht.", "Here is the translation: He goes."), chatter("Er sagt: Ja.", "He says: Yes.")
    (True, False)
    """
    if "\n" in output.strip() and "\n" not in source.strip():
        return True
    if len(source.split()) >= ECHO and source.strip().rstrip(".") in output and source.strip() != output.strip():
        return True
    if _around(output, source):
        return True
    label = _LABEL.match(output.strip())
    about = (TRANSLATE[:-1], detection.name(target).casefold())
    return bool(label) and not _COLON.search(source) and any(word in label[1].casefold() for word in about)


def foreign(source: str, output: str, target: str = TARGET) -> bool:
    """The answer is in another language than the target, though not the source again: the question was not understood.

    >>> foreign("Er geht.", "Der Bauer ist eine Jahreszeit für die Bücher und das ist gut.")
    True
    """
    words = [word for word in output.split() if word[:1].islower()]
    if len(words) < LEAST_WORDS or output == source:
        return False
    guess = detection.detect(output)
    return guess.language != target and guess.confidence >= SURE


def answers(target: str = TARGET) -> Checks:
    """What may be wrong with the answers of chat models alone."""
    return {"chatter": partial(chatter, target=target), "untranslated": partial(foreign, target=target)}


def readings(source: str, answer: str) -> list[str]:
    """What an answer may have meant: without thoughts aloud, marks around it, a label before it, lines beside it; or
    what it quotes.

    >>> readings("Er geht.", 'Sure! Translation:\\n"He goes."\\n\\nNote: simple present.')
    ['Sure! Translation:', 'He goes.', '"He goes."', 'Note: simple present.', 'simple present.']
    """
    spoken = _FENCE.sub("", _THOUGHT.sub("", answer)).strip()
    found: dict[str, None] = {}
    for line in dict.fromkeys((spoken, *map(str.strip, spoken.split("\n")))):
        found |= dict.fromkeys(_barer(line, source))
    found |= dict.fromkeys(quoted.strip() for quoted in _QUOTED.findall(spoken) if quoted.strip() not in source)
    return [text for text in found if text and text != answer]


def _barer(line: str, source: str) -> Iterator[str]:
    """A line, and the line without its label, each also without the marks around it that the source has not."""
    label = None if _COLON.search(source) else _LABEL.match(line)
    for text in (line, *((line[label.end() :],) if label else ())):
        if "\n" not in text:
            around = _around(text, source)
            yield from (around, text) if around else (text,)


def _around(text: str, source: str) -> str:
    """What stands between marks around all of a text, such as the source has none of; "" if there are none."""
    match = _AROUND.fullmatch(text.strip())
    return match[2].strip() if match and match[1] not in source and not _ANY_QUOTE.search(source) else ""


def _read(text: str, outputs: Sequence[Output]) -> Iterator[Output]:
    """What else outputs can be read as. One that was cut off stays what it is."""
    for output in outputs:
        for reading in readings(text, output.text) if "truncated" not in output.faults else ():
            yield replace(output, text=reading, rung=CLEANED)


def asked(settled: Mapping[str, str], code: str) -> dict[str, str]:
    """Variables settled for one language, for another one."""
    return settled | {
        key: value for key, value in (("source", detection.name(code)), ("source_code", code)) if key in settled
    }
