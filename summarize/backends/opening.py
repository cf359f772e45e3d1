"""From a checkpoint and the settings to a backend: which engine or server, prompt and search. Loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from .. import catalog, prompts
from ..catalog import Checkpoint, Served
from ..config import Settings
from ..engines.decoding import Decoding
from ..errors import PromptError
from ..prompts import Prompt
from ..types import SIZES
from . import neural
from .asking import Asking
from .canary import Canary
from .neural import Neural, Template
from .server import Connection, Server

ANSWER = Decoding(beams=1, extra=64)  # of a chat model that translates: room for a preamble, too

Translating = Neural | Server


@dataclass
class Opening:
    """What a run opens models with; a model that is asked for twice is the same one, loaded once."""

    settings: Settings
    announce: Callable[[str], None]
    canary: Canary | None
    _found: dict[tuple[str, str, str], Checkpoint] = field(default_factory=dict)
    _asked: dict[tuple[str, str], Asking] = field(default_factory=dict)
    _made: dict[tuple[str, str], Translating] = field(default_factory=dict)  # by id and target

    @property
    def cache(self) -> Path:
        return Path(self.settings.cache)

    def find(self, spec: str, task: str, target: str = "") -> Checkpoint:
        """As `catalog.resolve`; a translator is to translate into `target`, else into that of the settings."""
        target = (target or self.settings.target) if task == "translate" else ""
        if (spec, task, target) not in self._found:
            how = {"task": task, "target": target, "remote": self.settings.allow_remote}
            self._found[spec, task, target] = catalog.resolve(spec, cache=self.cache, **how)
        return self._found[spec, task, target]

    def translator(self, checkpoint: Checkpoint) -> Translating:
        """To be told its language by `speaking`. A chat model is asked with its prompt (`asking`)."""
        made = checkpoint.id, checkpoint.target
        if made not in self._made:
            decoding = Decoding(beams=self.settings.beams)
            if checkpoint.family.prompted:
                asking = self.asking(checkpoint)
                language = next(iter(checkpoint.source), "")
                variables = asking.variables(language, self.settings.context)
                self._made[made] = self._backend(checkpoint, ANSWER, asking, variables)
            else:
                self._made[made] = self._backend(checkpoint, decoding)
        return self._made[made]

    def asking(self, checkpoint: Checkpoint) -> Asking:
        """How a chat model is asked for a translation. Raises PromptError."""
        asked = checkpoint.id, checkpoint.target
        if asked not in self._asked:
            prompt = translation_prompt(checkpoint, self.settings)
            self._asked[asked] = Asking(prompt, target=checkpoint.target)
        return self._asked[asked]

    def shows(self, checkpoint: Checkpoint, variable: str) -> bool:
        """Whether a chat model's prompt has a place for this."""
        return checkpoint.family.prompted and variable in self.asking(checkpoint).prompt.variables

    def context(self, checkpoint: Checkpoint) -> int:
        """How many sentences before it a sentence is put with."""
        return self.settings.context if self.settings.context and self.shows(checkpoint, "context") else 0

    def writer(self, checkpoint: Checkpoint, sentences: int) -> Translating:
        """The model of a summarizer of at most so many sentences. Raises PromptError."""
        s = self.settings
        decoding = Decoding(beams=s.beams, max_new=SIZES[s.kind][1], no_repeat_ngram=3)
        if not checkpoint.family.prompted:
            return self._backend(checkpoint, decoding)
        prompt = prompts.load(s.prompt or s.kind, prompts.folders(s.prompts))
        offered = {"sentences": str(sentences), "kind": s.kind}
        if unknown := set(prompt.variables) - {"text", *offered}:
            raise PromptError(
                f"{prompt.path}: nothing is known to put in for {', '.join(sorted(unknown))}",
                f"the variables of a summary are text, {', '.join(offered)}",
            )
        variables = {name: value for name, value in offered.items() if name in prompt.variables}
        return self._backend(checkpoint, replace(decoding, beams=1), prompt, variables)

    def _backend(
        self,
        checkpoint: Checkpoint,
        decoding: Decoding,
        prompt: Template | None = None,
        variables: Mapping[str, str] | None = None,
    ) -> Translating:
        s = self.settings
        if isinstance(checkpoint, Served):
            assert prompt is not None, "a model behind a server is always asked with a prompt"
            return Server(Connection(checkpoint, self.canary), decoding, prompt, variables or {}, s.threads)
        return neural.load(
            checkpoint,
            engine=s.engine,
            quantization=s.quantization,
            decoding=decoding,
            threads=s.threads,
            device=s.device,
            cluster=s.cluster,
            prompt=prompt,
            variables=variables,
            cache=self.cache,
            announce=self.announce,
            canary=self.canary,
        )


def translation_prompt(checkpoint: Checkpoint, settings: Settings) -> Prompt:
    """The prompt of the settings, else of the model's card, else the one that says it is for such a model."""
    where = prompts.folders(settings.prompts)
    if name := settings.mt_prompt or checkpoint.card.prompt:
        return prompts.load(name, where)
    names = (checkpoint.id, checkpoint.path.name, checkpoint.card.origin, getattr(checkpoint, "model", ""))
    return prompts.for_model(names, where)
