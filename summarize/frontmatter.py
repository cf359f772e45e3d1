"""Front matter: fields at the head of a Markdown file, in YAML between `---` lines or in TOML between `+++` lines."""

from __future__ import annotations

import re
import tomllib
from typing import Any

LIMIT = 20_000  # characters: more is no head

_HEAD = re.compile(r"(---|\+\+\+)[ \t]*\n(.*?)^(?:\1|(?<=\n)\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def split(text: str) -> tuple[dict[str, Any], str]:
    """(fields, what comes after). A text whose head is none, or cannot be read as a mapping, has no fields and stays
    whole.

    >>> split("---\\ntitle: Hochwasser\\n---\\nDer Pegel stieg.")
    ({'title': 'Hochwasser'}, 'Der Pegel stieg.')
    """
    head = _HEAD.match(text[:LIMIT])
    if not head:
        return {}, text
    try:
        found = tomllib.loads(head[2]) if head[1] == "+++" else _yaml(head[2])
    except ValueError:
        return {}, text
    if not isinstance(found, dict):
        return {}, text
    # TOML has dates of its own
    return {str(k): str(v) if hasattr(v, "isoformat") else v for k, v in found.items()}, text[head.end() :]


def _yaml(text: str) -> Any:
    """Scalars stay as they are written (a date, a no, a 007), since no one here asks for another type."""
    import yaml

    try:
        return yaml.load(text, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error)) from error
