"""A comparison as one HTML page: no script, nothing from outside, every word of an article escaped."""

from __future__ import annotations

import base64
import hashlib
from html import escape

from ..compare import Comparison, Delta
from ..compare.diff import ADDED, CHANGED, REMOVED, Change
from .diffs import counts, name

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
            *map(_article, deltas),
            "</body>\n</html>\n",
        ]
    )


def _article(d: Delta) -> str:
    state = f" <small>{escape(d.state)}</small>" if d.state != CHANGED else ""
    lines = [f"<article>\n<h2>{escape(d.id)}{state}</h2>"]
    lines += [f"<p>{escape(t)}</p>" for t in (d.title, d.note) if t]
    lines += ["<ul>", *map(_sentence, d.changes), "</ul>"] if d.changes else []
    for cause in d.causes:
        details = "".join(f"<br><small>{escape(x)}</small>" for x in cause.details if cause.kind == "article")
        lines.append(f"<p>Why: {escape(cause.text)}{details}</p>")
    return "\n".join([*lines, "</article>"])


def _sentence(change: Change) -> str:
    tags = {ADDED: "ins", REMOVED: "del"}
    body = "".join(
        f"<{tags[s.kind]}>{escape(s.text)}</{tags[s.kind]}>" if s.kind in tags else escape(s.text) for s in change.spans
    )
    moved = " <small>(moved)</small>" if change.moved else ""
    return f"<li{' class=same' if change.still else ''}>{body}{moved}</li>"
