"""What a glossary has, what is wrong in it, and what was found of it in articles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .phrases import plural


def head(terms: Sequence[Any], faults: Sequence[Any], found: Mapping | None) -> str:
    """The line that sums up a glossary, and what was found of it if articles were looked at."""
    wrong = sum(f.fatal for f in faults)
    parts = [plural(len(terms), "term"), plural(wrong, "error"), plural(len(faults) - wrong, "note")]
    if found is not None:
        times = plural(sum(map(_total, found.values())), "time")
        parts.append(f"{plural(len(found), 'term')} in these articles, {times}")
    return " · ".join(parts)


def table(found: Mapping[Any, Mapping[str, int]]) -> Any:
    """The terms that were met, the most frequent first, with their forms."""
    from rich.table import Table
    from rich.text import Text

    grid = Table()
    for name in ("term", "translation", "times", "forms"):
        grid.add_column(name, overflow="fold", justify="right" if name == "times" else "left")
    for term in sorted(found, key=lambda t: (-_total(found[t]), t.source)):
        forms = ", ".join(f"{form} {n}" for form, n in sorted(found[term].items(), key=lambda f: (-f[1], f[0])))
        target = Text("as it is", style="dim") if term.kept else Text(term.target)
        grid.add_row(Text(term.source), target, f"{_total(found[term]):,}", Text(forms))
    return grid


def as_json(
    file: str, terms: Sequence[Any], faults: Sequence[Any], found: Mapping | None, failures: Sequence[Any]
) -> dict:
    from dataclasses import asdict

    rows = [{**asdict(t), **({} if found is None else {"forms": dict(found.get(t, {}))})} for t in terms]
    return {
        "file": file,
        "terms": rows,
        "faults": [asdict(f) for f in faults],
        "failures": [asdict(f) for f in failures],
    }


def _total(forms: Mapping[str, int]) -> int:
    return sum(forms.values())
