"""A comparison as one HTML page: no script, nothing from outside, every word of an article escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from html import escape

from ..compare import Comparison, Delta
from ..compare.alignment import ADDED, CHANGED, REMOVED, Change, Edit
from .diffs import counts, name
from .phrases import DRAFT

STYLE = """
:root { color-scheme: light dark; --ink: #1b1b1b; --paper: #fff; --faint: #666; --new: #12691f; --new-back: #dcf5df;
  --old: #9c1c1c; --old-back: #fbe3e3; --line: #ddd; }
@media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #161616; --faint: #a0a0a0; --new: #8fe39b;
  --new-back: #12351a; --old: #ff9d9d; --old-back: #451a1a; --line: #3a3a3a; } }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; color: var(--ink);
  background: var(--paper); }
article { border-top: 1px solid var(--line); padding: .5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: .5rem 0; }
ins { color: var(--new); background: var(--new-back); }
del { color: var(--old); background: var(--old-back); }
small, .same { color: var(--faint); }
ul { padding-left: 1.2rem; }
"""


def page(found: Comparison, deltas: list[Delta]) -> str:
    """The page as text. `ins` and `del` say to a screen reader what colour says to the eye."""
    digest = base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"{found.old.name} → {found.new.name}"
    return "\n".join(
        [
            '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            f"<title>{escape(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>",
            f"<h1>What changed in the {escape(found.what)}</h1>",
            f"<p><del>{escape(name(found.old))}</del><br><ins>{escape(name(found.new))}</ins></p>",
            f"<p>{escape(counts(found))}</p>",
            f"<p><strong>{escape(DRAFT)}</strong></p>" if found.draft else "",
            *map(_article, deltas),
            "</body>\n</html>\n",
        ]
    )


def _article(d: Delta) -> str:
    state = f" <small>{escape(d.state)}</small>" if d.state != CHANGED else ""
    lines = [f"<article>\n<h2>{escape(d.id)}{state}</h2>"]
    title = _words(d.retitled) or escape(d.title)
    lines += [f"<p>{t}</p>" for t in (title, escape(d.note), "<strong>draft</strong>" * d.draft) if t]
    lines += ["<ul>", *(_sentence(c, d.by_a_person(c)) for c in d.changes), "</ul>"] if d.changes else []
    for cause in d.causes:
        details = "".join(f"<br><small>{_words(spans)}</small>" for spans in cause.sentences)
        lines.append(f"<p>Why: {escape(cause.text)}{details}</p>")
    return "\n".join([*lines, "</article>"])


def _sentence(change: Change, human: bool) -> str:
    marks = " <small>(moved)</small>" * change.moved + " <small>(human)</small>" * human
    return f"<li{' class=same' if change.still else ''}>{_words(change.spans)}{marks}</li>"


def _words(spans: Iterable[Edit]) -> str:
    tags = {ADDED: "ins", REMOVED: "del"}
    return "".join(
        f"<{tags[s.kind]}>{escape(s.text)}</{tags[s.kind]}>" if s.kind in tags else escape(s.text) for s in spans
    )
