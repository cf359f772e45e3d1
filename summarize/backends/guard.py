"""`Guarded`: checks every output and climbs a ladder of repairs for the few that fail.

A rung is a backend with a name: another decoding, the sentence written differently, another model. Only the texts that
fail are sent to the next rung; what no rung can mend comes back FAILED with its source marked, since no translation is
better than a wrong one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from .. import checks
from ..types import Backend, Outcome, Output, Signature

VERSION = 1
SHORT_WORDS = frozenset(
    re.findall(r"\w+", "DIE DER DAS VOR BEI MIT UND AUF AUS FÜR VON IST EIN IM IN ZU ES ER SIE WIR")
)


def marked(source: str) -> str:
    """What stands in the text where a sentence could not be translated."""
    return f"[not translated: {source}]"


class Guarded:
    def __init__(self, inner: Backend, ladder: Mapping[str, Backend]):
        self.inner = inner
        self.ladder = dict(ladder)

    @property
    def signature(self) -> Signature:
        rungs = [[name, dict(rung.signature.parts)] for name, rung in self.ladder.items()]
        return self.inner.signature.extended(guard=[VERSION, checks.VERSION], ladder=rungs)

    def run(self, texts: Sequence[str]) -> list[Output]:
        outputs = self.inner.run(texts)
        flags = {i: _flags(text, out) for i, (text, out) in enumerate(zip(texts, outputs, strict=True))}
        failing = [i for i in flags if flags[i]]
        for name, rung in self.ladder.items():
            if not failing:
                break
            still = []
            for i, out in zip(failing, rung.run([texts[i] for i in failing]), strict=True):
                if _flags(texts[i], out):
                    still.append(i)
                else:
                    outputs[i] = Output(out.text, Outcome.REPAIRED, name, flags[i], out.parts)
            failing = still
        for i in failing:
            outputs[i] = Output(marked(texts[i]), Outcome.FAILED, "", flags[i], outputs[i].parts)
        return outputs


def _flags(text: str, output: Output) -> tuple[str, ...]:
    """What the engine itself said (truncated, sentinel) and what the checks say."""
    return tuple(dict.fromkeys((*output.flags, *checks.failed(text, output.text))))


class Recased:
    """Headlines IN CAPITALS, which make models loop, sent in sentence case; short all-capital words stay (EU, NATO)."""

    def __init__(self, inner: Backend):
        self.inner = inner

    @property
    def signature(self) -> Signature:
        return self.inner.signature.extended(recased=VERSION)

    def run(self, texts: Sequence[str]) -> list[Output]:
        outputs = self.inner.run([sentence_case(t) for t in texts])
        return [
            Output(o.text.upper(), o.outcome, o.rung, o.flags, o.parts) if mostly_capitals(t) else o
            for t, o in zip(texts, outputs, strict=True)
        ]


def mostly_capitals(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 8 and sum(c.isupper() for c in letters) > 0.8 * len(letters)


def sentence_case(text: str) -> str:
    """
    >>> sentence_case("DIE EU WARNT VOR NEUEN ZÖLLEN")
    'Die EU Warnt Vor Neuen Zöllen'

    Every word keeps a capital: German nouns need one, and which words are nouns is not known here.
    """
    if not mostly_capitals(text):
        return text
    keep = lambda word: len(word) <= 3 and word.isupper() and word not in SHORT_WORDS
    return re.sub(r"\w+", lambda m: m.group() if keep(m.group()) else m.group().capitalize(), text)
