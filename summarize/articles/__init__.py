"""Drops to articles: `read(paths)` is all that a caller needs. One module per format, named in `formats`."""

from __future__ import annotations

from .discovery import Source, discover
from .formats import SUFFIXES
from .reading import LIMIT, read

__all__ = ["LIMIT", "SUFFIXES", "Source", "discover", "read"]
