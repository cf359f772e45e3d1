"""Drops to articles: `read(paths)` is all that a caller needs. One module per format, named in `formats`."""

from __future__ import annotations

from .discovery import Source, discover
from .formats import MANY, SUFFIXES
from .reading import LIMIT, Owner, owned, parse, read
from .selection import Choice

__all__ = ["LIMIT", "MANY", "SUFFIXES", "Choice", "Owner", "Source", "discover", "owned", "parse", "read"]
