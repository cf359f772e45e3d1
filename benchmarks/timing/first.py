"""A run that tells when its first translation was there: `first.py STARTED DROP CACHE OUT`, STARTED a time stamp."""

from __future__ import annotations

import json
import sys
import time

from summarize import api
from summarize.cli import main as cli  # what the command line imports belongs to it
from summarize.config import Settings

HEAVY = ("torch", "transformers")


def main(started: str, drop: str, cache: str, out: str) -> None:
    assert cli
    first: list[float] = []

    def seen(event: api.Event) -> None:
        if event.stage == "translate" and event.done and not first:
            first.append(time.time() - float(started))

    api.run([drop], resolved=Settings(cache=cache, out=out), on_event=seen, on_item=lambda item: None)
    loaded = [name for name in HEAVY if name in sys.modules]
    print(json.dumps({"first": first[0] if first else None, "modules": len(sys.modules), "heavy": loaded}))


if __name__ == "__main__":
    main(*sys.argv[1:])
