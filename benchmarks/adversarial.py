"""The adversarial set: true summary sentences with one fact made false, and with only the wording changed.

Articles fall into two halves by the hash of their name: one to develop on, one that only the report may use.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from random import Random

from benchmarks import pages
from benchmarks.falsified import FALSE, FRAMES, TRUE, framed
from summarize import evidence
from summarize.summarizers.candidates import divide
from summarize.summarizers.extractive import Extractive


@dataclass(frozen=True)
class Story:
    """An article in English: its name, body (without the headline) and sentences."""

    name: str
    text: str
    sentences: tuple[str, ...]

    @property
    def sealed(self) -> bool:
        """In the half that nothing is developed on."""
        return sha256(self.name.encode()).digest()[0] % 2 == 1


@dataclass(frozen=True)
class Item:
    """`kind`: a key of FALSE or TRUE; `claim`: what was made of `origin`, a sentence of the story. With a key of FRAMES
    the claim is the sentence as it was, and the story says it otherwise."""

    kind: str
    story: Story
    origin: str
    claim: str

    @property
    def accepted(self) -> bool:
        return evidence.supported(evidence.link(self.claim, self.story.sentences))


def stories(folder: Path) -> list[Story]:
    """One a file, the headline on its first line."""
    found = []
    for path in pages.files(folder, "*.txt"):
        text = path.read_text(encoding="utf-8").strip().partition("\n")[2].strip()
        found.append(Story(path.stem, text, tuple(divide(text)[1])))
    return found


def items(drops: Sequence[Story], *, sealed: bool) -> list[Item]:
    """Every kind of change to every sentence of the stories' extractive summaries, where it can be made."""
    choose = Extractive("short", "central")
    made = []
    for story in drops:
        others = [line for other in drops if other is not story for line in other.sentences]
        if story.sealed is not sealed:
            continue
        for origin in choose.run([story.text])[0].text.split("\n"):
            for kind in (*FALSE, *TRUE):
                make = FALSE[kind][1] if kind in FALSE else TRUE[kind]
                claim = make(origin, story.sentences, others, Random(f"{story.name} {origin} {kind}"))
                if claim and claim != origin:
                    made.append(Item(kind, story, origin, claim))
            for kind in FRAMES:
                said = framed(origin, kind, Random(f"{story.name} {origin} {kind}"))
                if said and origin in story.sentences:
                    other = tuple(said if line == origin else line for line in story.sentences)
                    made.append(Item(kind, replace(story, sentences=other), origin, origin))
    return made
