"""Parts of the pages that measurements write: tables, and sections between marks."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path


def table(head: str, rows: Sequence[Sequence[object]]) -> str:
    titles = head.split(" | ")
    ruled = ["| " + " | ".join(titles) + " |", "|---" * len(titles) + "|"]
    return "\n".join(ruled + ["| " + " | ".join(map(str, row)) + " |" for row in rows])


def put_section(path: Path, name: str, text: str) -> None:
    """Replaces what stands between the marks `<!-- name -->` and `<!-- /name -->` of a page, or appends both."""
    opening, ending = f"<!-- {name} -->", f"<!-- /{name} -->"
    whole = path.read_text("utf-8") if path.exists() else ""
    head, _, rest = whole.partition(opening)
    tail = rest.partition(ending)[2] if rest else "\n"
    path.write_text(f"{head}{opening}\n\n{text.strip()}\n\n{ending}{tail}", "utf-8")
