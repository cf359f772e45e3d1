"""`Server`: a chat model behind a server as a backend, for translations and for summaries.

Texts are asked one by one, several at a time. Temperature 0 and one seed: the same text gives the same answer as far as
the server keeps that promise.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from threading import Lock
from typing import Any

from ..catalog.servers import Served
from ..engines.decoding import Decoding
from ..errors import ModelError, ModelUnsupported, ServerRefused, TextTooLong
from ..glossary import Glossary
from ..types import Outcome, Output, Signature
from .asking import Asking, asked
from .canary import Canary
from .neural import Template, cut_off

VERSION = 1  # raised by hand when a question is put differently or its answer read differently
AT_ONCE = 4  # questions in flight: what llama.cpp and Ollama take by default
READS = 2048  # tokens that a model reads whose server does not say
BYTES = 2  # of a text in a token, at the least: nothing is sent that may be cut off unseen


class Connection:
    """What all backends of one model share: the canary is heard before the first answer is given."""

    def __init__(self, checkpoint: Served, canary: Canary | None):
        self.checkpoint = checkpoint
        self.canary = canary
        self.heard = canary is None
        self.lock = Lock()


class Server:
    """One model under one decoding, of which the cap on new tokens counts, and a penalty for repetition."""

    searches = False  # it has one answer to a text
    abreast = 1  # it asks several at a time itself

    def __init__(
        self,
        line: Connection,
        decoding: Decoding,
        prompt: Template,
        variables: Mapping[str, str],
        at_once: int = 0,
        source: str = "",
    ):
        self.decoding = decoding
        self._line = line
        self._prompt = prompt
        self._variables = dict(variables)
        self._at_once = at_once or AT_ONCE
        self._source = source

    @property
    def signature(self) -> Signature:
        checkpoint = self._line.checkpoint
        return Signature(
            {
                "task": checkpoint.task,
                "source": [self._source] if self._source else [],
                "target": checkpoint.target,
                "model": checkpoint.id,
                "weights": checkpoint.weights,
                "told": checkpoint.told,
                "decoding": self.decoding.as_json(),
                "prompt": self._prompt.digest,
                "variables": self._variables,
                "engine": "server",
                "engine_version": f"{VERSION}, unverified",
            }
        )

    @property
    def asks(self) -> bool:
        return isinstance(self._prompt, Asking)

    @property
    def limit(self) -> int:
        """Most tokens of a question; the answer finds room beside it."""
        reads = self._line.checkpoint.reads or READS
        return reads - (self.decoding.max_new or reads // 2)

    def count(self, text: str) -> int:
        """Tokens of the question at the most, told from its bytes."""
        return sum(len(m["content"].encode("utf-8", "replace")) // BYTES + 8 for m in self._messages(text))

    def fits(self, text: str) -> bool:
        return self.count(text) <= self.limit

    def variant(self, decoding: Decoding) -> Server:
        return self._but(decoding=decoding)

    def speaking(self, language: str) -> Server:
        """The same model for texts in `language`."""
        return self._but(_source=language, _variables=asked(self._variables, language)) if self.asks else self

    def telling(self, glossary: Glossary) -> Server | None:
        """The same model, told how the terms of a text are translated; None if its prompt has no place for them."""
        if not isinstance(self._prompt, Asking) or not self._prompt.tellable:
            return None
        return self._but(_prompt=self._prompt.telling(glossary))

    def _but(self, **changes: Any) -> Server:
        other = copy(self)
        vars(other).update(changes)
        return other

    def alternatives(self, texts: Sequence[str], n: int) -> list[list[Output]]:
        """The one answer to each text, whatever `n`."""
        return [[output] for output in self.run(texts)]

    def run(self, texts: Sequence[str]) -> list[Output]:
        """One output per text, in order. Raises `TextTooLong` before any work if one may not fit, ModelError where the
        server gives up."""
        longest = max(map(self.count, texts), default=0)
        if longest > self.limit:
            raise TextTooLong(longest, self.limit)
        if texts:
            self._prove()
        return self._answers(texts)

    def _answers(self, texts: Sequence[str]) -> list[Output]:
        if len(texts) < 2:
            return [self._answer(text) for text in texts]
        pool = ThreadPoolExecutor(self._at_once)
        try:
            return list(pool.map(self._answer, texts))
        finally:
            pool.shutdown(cancel_futures=True)

    def _prove(self) -> None:
        line = self._line
        with line.lock:
            if line.canary is None or (line.heard and line.checkpoint.id not in line.canary.failed):
                return
            if known := line.canary.failed.get(line.checkpoint.id):
                raise known
            setup = {"engine": "server", "versions": str(VERSION), "quantization": ""}
            sing: Callable[[Sequence[str], str], list[str]] = lambda sources, language: [
                output.text for output in self.speaking(language)._answers(sources)
            ]
            line.canary.hear(line.checkpoint, setup, sing, self._prompt.digest)
            line.heard = True

    def _messages(self, text: str) -> list[dict[str, str]]:
        rendered = self._prompt.render(**self._variables, text=text)
        return [{"role": m["role"], "content": m["content"]} for m in rendered]

    def _answer(self, text: str) -> Output:
        checkpoint = self._line.checkpoint
        question = self.count(text)
        room = (checkpoint.reads or READS) - question
        body = {
            "model": checkpoint.model,
            "messages": self._messages(text),
            "temperature": 0,
            "seed": 0,
            "stream": False,
            "max_tokens": min(self.decoding.cap(len(text.encode("utf-8", "replace")) // BYTES), room),
        }
        if self.decoding.no_repeat_ngram:
            body["frequency_penalty"] = 0.5
        try:
            answer = checkpoint.wire.ask("POST", "/chat/completions", body)
        except ServerRefused as refusal:
            if refusal.status == 400 and "context" in refusal.said.casefold():
                return Output("", Outcome.FAILED, faults=("too long",))
            raise
        return self._read(answer)

    def _read(self, answer: Any) -> Output:
        try:
            choice = answer["choices"][0]
            said = choice["message"].get("content") or ""
            ended = choice.get("finish_reason")
        except (LookupError, TypeError, AttributeError) as error:
            raise ModelUnsupported(
                f"the server at {self._line.checkpoint.wire.base} does not speak as chat completions do",
                "its address ends in /v1: server:http://127.0.0.1:11434/v1#MODEL",
            ) from error
        if not isinstance(said, str):
            raise ModelError(f"the server answers with {type(said).__name__}, not with text", "ask another model")
        output = Output(said.strip())
        if ended == "length":
            return cut_off(output, self._line.checkpoint.task)
        return output if ended in ("stop", None) else Output(output.text, Outcome.FAILED, faults=("refused",))
