"""The `summarize` program with a log at its doors, for the kill campaign: which segments go to a model, what it keeps.

    python benchmarks/campaigns/tapped.py TRACE STEP:N run drop -q

It runs the command line unchanged in every other way. TRACE gets a line of JSON for every step, written before the
step is taken, so that the last line says where a kill landed. At the Nth STEP the process kills itself, as nothing
outside could do so exactly; `-` lets it live.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections import Counter
from collections.abc import Callable
from hashlib import sha256

PRUNING = {"DELETE FROM runs": "runs", "DELETE FROM outputs": "outputs", "VACUUM": "vacuum"}


class Trace:
    """Appends to a file with one write a line: what was written before a kill is there after it."""

    def __init__(self, path: str, deadly: str):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        step, _, n = deadly.rpartition(":")
        self._deadly = (step, int(n)) if step else None
        self._seen: Counter[str] = Counter()

    def step(self, name: str, **more: object) -> None:
        os.write(self._file, (json.dumps({"step": name, **more}) + "\n").encode())
        self._seen[name] += 1
        if (name, self._seen[name]) == self._deadly:
            os.kill(os.getpid(), signal.SIGKILL)


def hashed(texts) -> list[str]:
    return [sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16] for text in texts]


def before(owner: object, name: str, tell: Callable) -> None:
    """From now on `tell` is called with the arguments of `owner.name` before that is."""
    inner = getattr(owner, name)

    def tapped(*args, **kwargs):
        tell(*args, **kwargs)
        return inner(*args, **kwargs)

    setattr(owner, name, tapped)


def tap(trace: Trace) -> None:
    from summarize import api
    from summarize.backends.cached import Cached
    from summarize.backends.guard import Guarded
    from summarize.backends.neural import Neural
    from summarize.engines import convert
    from summarize.render import report
    from summarize.store import Store

    translate, keep, opened = Guarded.run, Store.put, Store.__init__

    def translated(self, texts):
        trace.step("translating", sent=hashed(texts))
        outputs = translate(self, texts)
        trace.step("translated")
        return outputs

    def kept(self, signature, outputs):
        keep(self, signature, outputs)
        if signature.parts.get("task") == "translate":
            trace.step("kept", kept=hashed(outputs))

    def watched(self, path, db):
        opened(self, path, db)
        db.set_trace_callback(statement)

    def statement(sql: str) -> None:
        if sql == "COMMIT":
            trace.step("committing")
        for start, what in PRUNING.items():
            if sql.startswith(start):
                trace.step(f"pruning: {what}")

    def renaming(source, target, **_):
        name = os.fspath(target)
        trace.step(f"putting in place: {'manifest' if 'manifest' in name else os.path.splitext(name)[1] or 'folder'}")

    Guarded.run, Store.put, Store.__init__ = translated, kept, watched
    before(Neural, "alternatives", lambda self, texts, n: trace.step("asking the model", n=len(texts)))
    before(Cached, "run", lambda self, texts: trace.step(f"looking up: {self.signature.parts['task']}"))
    before(Store, "put_answer", lambda *_: trace.step("keeping a result"))
    before(Store, "add_items", lambda *_: trace.step("noting in the history"))
    before(Store, "end_run", lambda *_: trace.step("ending the run"))
    before(api.articles, "read", lambda *_, **__: trace.step("reading"))
    before(convert, "_make", lambda *_: trace.step("converting"))
    before(report, "make", lambda *_: trace.step("rendering the report"))
    before(os, "replace", renaming)


def main() -> None:
    path, deadly, *command = sys.argv[1:]
    trace = Trace(path, deadly)
    trace.step("starting")
    tap(trace)
    from summarize.cli import main as run

    run(command)


if __name__ == "__main__":
    main()
