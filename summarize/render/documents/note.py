"""What a translated document says of itself, where a reader sees it first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...errors import UnreadableArticle
from ...languages.detection import name
from ...types import TARGET, Result, Status
from ..phrases import DRAFT, plural
from .placing import Translations

FOUND = 0.5  # share of the letters of the paragraphs that must be found again


@dataclass(slots=True)
class Note:
    """`left` counts the blocks of text that stay as they were. `date` is YYYY-MM-DD."""

    results: Sequence[Result]
    date: str
    left: int = 0

    @property
    def language(self) -> str:
        return name(self.results[0].language)

    @property
    def models(self) -> list[str]:
        notes = [m for r in self.results for m in r.models if m.role.startswith("translate:")]
        return list(dict.fromkeys(m.id for m in notes))

    def lines(self, translations: Translations) -> list[str]:
        """
        >>> from ...types import Summary
        >>> r = Result("a", "", "a.html", "", "", "", "", "de", (), Summary("short", ()), ())
        >>> Note([r], "2026-02-05", left=4).lines(Translations([r]))
        ['Machine translation from German, 2026-02-05, of a.html. 4 blocks left in German.']
        """
        failed, human = (sum(r.ledger[status] for r in self.results) for status in (Status.FAILED, Status.HUMAN))
        by = f" by {', '.join(self.models)}" if self.models else ""
        target = self.results[0].target
        into = f" into {name(target)}" if target != TARGET else ""
        made = f"Machine translation from {self.language}{into}{by}, {self.date}, of {self._source}."
        rest = [
            f"{plural(human, 'sentence')} translated by a person." if human else "",
            f"{plural(failed, 'sentence')} could not be translated." if failed else "",
            f"{plural(self.left, 'block')} left in {self.language}." if self.left else "",
        ]
        line = " ".join(filter(None, [made, *rest]))
        return [DRAFT, line] if any(r.draft for r in self.results) else [line]

    @property
    def _source(self) -> str:
        return self.results[0].source.replace("\\", "/").rpartition("/")[2]

    def appended(self, count: int) -> str:
        return f"{plural(count, 'paragraph')} whose place in the document was not found again"

    def require(self, translations: Translations) -> None:
        """Raises UnreadableArticle where too little was found again for a translation to be worth its name."""
        size = sum(len(p.key) for p in translations.paragraphs)
        lost = translations.unplaced
        if sum(len(p.key) for p in lost) > (1 - FOUND) * size:
            raise UnreadableArticle(
                f"{len(lost)} of {plural(len(translations.paragraphs), 'paragraph')} were not found in it again",
                "the translation is in the .md file",
            )
