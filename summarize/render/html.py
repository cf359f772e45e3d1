"""HTML that asks for nothing from outside and allows nothing to run but its own scripts.

A Content-Security-Policy names the style and the scripts by hash, and Trusted Types forbid the scripts to write HTML.
Every value on its way into a template is stripped of controls and direction overrides, and then escaped by Jinja2.
"""

from __future__ import annotations

import base64
import hashlib
import re
import time
from pathlib import Path
from typing import Any

from ..keys import canonical
from ..languages.detection import NAMES
from ..store.records import encode_result
from ..text import sanitise
from ..types import Json
from . import explain, phrases
from .outputs import heading

PAGE = Path(__file__).resolve().parent / "page"
_IN_SCRIPT = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_SURROGATES = re.compile("[\ud800-\udfff]")


def policy(style: str, *scripts: str) -> str:
    """Nothing from anywhere, and of what stands in the page only this style and these scripts."""
    return (
        f"default-src 'none'; style-src {_digest(style)}; script-src {' '.join(map(_digest, scripts))}; "
        "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _digest(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def embedded(value: Json) -> Any:
    """JSON that can stand inside a <script> element: nothing in it ends the element, opens a comment, or ends a line
    of JavaScript."""
    return _embedded(canonical(value))


def _embedded(json_text: str) -> Any:
    for character, escape in _IN_SCRIPT.items():
        json_text = json_text.replace(character, escape)
    return markup(_SURROGATES.sub("\ufffd", json_text))


def markup(text: str) -> Any:
    """Text that is HTML already."""
    from markupsafe import Markup

    return Markup(text)


def asset(name: str) -> str:
    """A file of the page, its line ends as a browser hashes them."""
    return (PAGE / name).read_text(encoding="utf-8")


def environment() -> Any:
    """Jinja2 over the page's templates, with the filters that they use."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    made = Environment(
        loader=FileSystemLoader(PAGE), autoescape=True, undefined=StrictUndefined, finalize=_harmless,
        trim_blocks=True, lstrip_blocks=True,
    )  # fmt: skip
    made.globals.update(DRAFT=phrases.DRAFT, explain=explain)
    made.filters.update(
        heading=heading, ledger=phrases.ledger, coverage=phrases.coverage, gaps=phrases.gaps, plural=phrases.plural,
        duration=phrases.duration, problems=explain.problems, canonical=canonical, moment=_moment, language=_language,
        result=lambda r: _embedded(encode_result(r)),
    )  # fmt: skip
    return made


def _harmless(value: object) -> object:
    return sanitise(value) if isinstance(value, str) and not hasattr(value, "__html__") else value


def _moment(seconds: float) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(seconds))


def _language(code: str) -> str:
    return NAMES.get(code, code or "unknown")
