"""The store: every model output, every finished article, the history of runs and what people translated, in one SQLite
file.

    with Store.open(Path("cache")) as store:
        store.get(signature, texts)      # outputs known under a signature
        store.put(signature, outputs)    # in one transaction
        store.answer(key), store.put_answer(key, …)
        store.begin_run(…), store.add_item(…), store.end_run(…)

Rows carry a digest of their content; a row that does not match it is treated as absent (and named by `verify`).
Two processes may share a store (WAL, a busy timeout); when both make one output, either row will do: equal keys mean
equal content.
"""

from __future__ import annotations

import json
import time
from collections.abc import Collection, Mapping

from ..keys import canonical, fingerprint, output_key, signature_key
from ..types import InContext, Outcome, Output, Signature, before, flags, nearest, told_apart
from . import index
from .history import History
from .translations import Memory

CHUNK = 500  # SQLite's default limit of variables in one statement is 999 in old builds


class Store(History, Memory):
    """What `Database` opens: outputs and results here, runs in `History`, what people translated in `Memory`."""

    # -- outputs: the backend cache -----------------------------------------------------------------------------------

    def get(self, signature: Signature, texts: Collection[str]) -> dict[str, Output]:
        """The outputs known for `texts` under `signature`, by text; unknown and damaged ones are absent."""
        sig = signature_key(signature)
        by_key = {output_key(sig, t): t for t in texts}
        found: dict[str, Output] = {}
        keys = list(by_key)
        with self.guarded("read"):
            for i in range(0, len(keys), CHUNK):
                part = keys[i : i + CHUNK]
                marks = ",".join("?" * len(part))
                for key, body, digest in self.db.execute(
                    f"SELECT key, body, digest FROM outputs WHERE key IN ({marks})", part
                ):
                    if fingerprint("row", [key, body]) == digest:
                        found[by_key[key]] = decode_output(body)
        return found

    def put(self, signature: Signature, outputs: Mapping[str, Output]) -> None:
        """Keeps `outputs` (by text) under `signature`, all or none, in place of what was there (damaged, or a failure
        that has now been mended)."""
        sig, now = signature_key(signature), time.time()
        rows = []
        for text, output in outputs.items():
            key, body = output_key(sig, text), encode_output(output, text)
            rows.append((key, sig, str(text), body, fingerprint("row", [key, body]), now))
        with self.transaction() as db:
            self._note_signature(sig, signature, now)
            db.executemany("INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?)", rows)

    def _note_signature(self, sig: str, signature: Signature, now: float) -> None:
        # Each time: a process lives long, and what it noted may be undone, or pruned by another one.
        self.db.execute(
            "INSERT INTO signatures VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET used_at = excluded.used_at",
            (sig, canonical(dict(signature.parts)), now),
        )

    def touch(self, signatures: Collection[Signature]) -> None:
        """Notes that these signatures are in use, so that `prune` keeps their outputs."""
        now = time.time()
        with self.transaction():
            for signature in signatures:
                self._note_signature(signature_key(signature), signature, now)

    # -- results: whole articles --------------------------------------------------------------------------------------

    def answer(self, key: str) -> tuple[str, str] | None:
        """The current result under an article key: (its id, its JSON); None when there is none or it is damaged."""
        with self.guarded("read"):
            row = self.db.execute(
                "SELECT r.id, r.body FROM answers a JOIN results r ON r.id = a.result WHERE a.key = ?", (key,)
            ).fetchone()
        return row if row and result_id(row[1]) == row[0] else None

    def put_answer(self, key: str, article: str, version: str, body: str) -> str:
        """Keeps a result, as the current one under `key` if that is not ""; what was current stays for history.
        Returns the result's id."""
        id = result_id(body)
        with self.transaction() as db:
            row = (id, article, version, body, time.time())
            db.execute("INSERT OR REPLACE INTO results VALUES (?, ?, ?, ?, ?)", row)
            if key:
                db.execute("INSERT OR REPLACE INTO answers VALUES (?, ?)", (key, id))
            index.add(db, id, body)
        return id

    def rendering(self, key: str) -> str | None:
        """The digest of the files that were made of a result under `key` (render.outputs.rendering_key)."""
        with self.guarded("read"):
            row = self.db.execute("SELECT digest FROM renderings WHERE key = ?", (key,)).fetchone()
        return row[0] if row else None

    def result(self, id: str) -> str | None:
        """The JSON of any result that history knows, or None when it is not there or damaged."""
        with self.guarded("read"):
            row = self.db.execute("SELECT body FROM results WHERE id = ?", (id,)).fetchone()
        return row[0] if row and result_id(row[0]) == id else None


def result_id(body: str) -> str:
    return fingerprint("result body", body)


def encode_output(o: Output, text: str = "") -> str:
    """An output, with what a chat model was shown beside the text."""
    told = {} if o.logprob is None else {"l": o.logprob}
    shown = {"b": list(before(text)), "n": list(nearest(text))}
    told |= {name: lines for name, lines in shown.items() if lines}
    noted = flags(o.faults, o.doubts)
    return canonical({"t": o.text, "o": str(o.outcome), "r": o.rung, "f": noted, "p": o.parts, **told})


def in_context(source: str, body: str) -> InContext:
    """The text that an output was made of."""
    v = json.loads(body)
    return InContext(source, v.get("b", ()), v.get("n", ()))


def decode_output(body: str) -> Output:
    v = json.loads(body)
    return Output(v["t"], Outcome(v["o"]), v["r"], *told_apart(v["f"]), v["p"], v.get("l"))
