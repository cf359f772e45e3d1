"""`Judge`: what is wrong with an output, and which of several has least of it.

A **fatal** flag (checks.FATAL, and what the engine itself says) makes a text worthless; every other is a **doubt**.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from .. import checks
from ..types import TARGET, Json, Output

VERSION = 3  # of this and of what climbs the ladder by it
DOUBTS = frozenset(checks.CHECKS) - checks.FATAL | {"glossary", "chatter"}  # by glossed.py, asking.py
Checks = Mapping[str, Callable[[str, str], bool]]


@dataclass(frozen=True)
class Judge:
    """Says what is wrong with an output. `language` is that of the sources ("": not known); `also` are doubts beyond
    checks.CHECKS, by name: whoever adds some answers for them in the signature. `target` is that of the outputs."""

    language: str = ""
    also: Checks = field(default_factory=dict)
    target: str = TARGET

    @property
    def version(self) -> list[Json]:
        """For signatures: what is known of these languages is part of it, of no other."""
        return [VERSION, *checks.version(self.language, self.target)]

    def flags(self, text: str, output: Output) -> tuple[str, ...]:
        """What the engine itself said (truncated, sentinel) and what the checks say."""
        more = (name for name, check in self.also.items() if check(text, output.text))
        return tuple(
            dict.fromkeys(
                (*output.faults, *output.doubts, *checks.failed(text, output.text, self.language, self.target), *more)
            )
        )

    def best(self, text: str, outputs: Sequence[Output]) -> Output:
        """The first with the least wrong."""
        return min(outputs, key=lambda out: badness(self.flags(text, out)))


def badness(flags: Sequence[str]) -> tuple[bool, int]:
    """What the best candidate has least of."""
    return fatal(flags), len(flags)


def fatal(flags: Sequence[str]) -> bool:
    return any(flag not in DOUBTS for flag in flags)
