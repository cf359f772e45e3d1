"""What `summarize doctor` found, as lines for a terminal."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from ..doctor.airgap import SPEAKERS, Proof
from ..doctor.examination import Finding
from ..text import sanitise

STYLE = {"ok": "green", "warn": "yellow", "bad": "bold red"}


# What is typed or copied as one stays on one line: a command, up to where the sentence goes on.
COMMAND = re.compile(r"\b(?:pip|summarize) (?:--?)?[a-z][^,;]*")


def findings(found: Sequence[Finding], *, width: int = 0) -> Any:
    """One line a finding, and under it what to do; wrapped at words to `width` columns, 0 for as long as it is."""
    from rich.text import Text

    out = Text()
    wide = max((len(f.name) for f in found), default=0)
    for f in found:
        out.append(f"{f.state:<5}", style=STYLE[f.state])
        name = f"{sanitise(f.name):<{wide}}  "
        out.append(f"{name}{_wrapped(f.says, wide + 7, width)}\n")
        if f.hint:
            out.append(f"{'':<{wide + 7}}{_wrapped(f.hint, wide + 7, width)}\n", style="dim")
    out.rstrip()
    return out


def _wrapped(text: str, indent: int, width: int) -> str:
    """`text` in lines that fit right of `indent` columns, all but the first indented; no word is broken."""
    text = sanitise(text)
    if not width:
        return text
    whole = COMMAND.sub(lambda m: m[0].replace(" ", "\0"), text)
    lines = textwrap.wrap(whole, max(width - indent, 20), break_long_words=False, break_on_hyphens=False)
    return f"\n{'':<{indent}}".join(lines).replace("\0", " ")


def proof(seen: Proof, models: Sequence[Finding], *, width: int = 0) -> Any:
    """The proof, the models by hash and licence, and which code may speak to a network; wrapped as `findings`."""
    from rich.text import Text

    out = Text()
    out.append("proven\n" if seen.proven else "not proven\n", style=STYLE["ok" if seen.proven else "bad"])
    for doubt in seen.doubts:
        out.append(f"  {_wrapped(doubt, 2, width)}\n")
    means = " and ".join(seen.means) or "nothing"
    job = f"the job had {sum(seen.sentences.values())} sentences and made "
    job += f"{len(seen.attempts)} attempts to use the network"
    out.append(f"  {_wrapped(f'by {means}; {job}', 2, width)}\n")
    if seen.servers:
        told = f"a model server on this machine was asked ({', '.join(seen.servers)}): what it does is not covered"
        out.append(f"  {_wrapped(told, 2, width)}\n", style="dim")
    elif "network namespace" not in seen.means:
        doubt = "native code is not covered: this system gives no network namespace (Linux: unshare)"
        out.append(f"  {_wrapped(doubt, 2, width)}\n", style="dim")
    out.append("\nmodels on this machine\n")
    for f in models:
        if isinstance(weights := f.facts.get("weights"), Mapping):
            origin = f"{f.facts['licence'] or 'licence not known'}; {f.facts['origin']} {f.facts['revision']}"
            line = f"{f.name.removeprefix('model ')}: {origin.strip()}"
            out.append(f"  {_wrapped(line, 4, width)}\n")
            for name, digest in weights.items():
                out.append(f"    {digest}  {sanitise(name)}\n", style="dim")
    out.append("\ncode that may open a connection, and the command that gets there\n")
    for path, command in SPEAKERS.items():
        out.append(f"  {_wrapped(f'{path}: {command}', 4, width)}\n")
    out.rstrip()
    return out
