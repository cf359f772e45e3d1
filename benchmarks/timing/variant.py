"""A run through the Python API with another translator in it: `variant.py DROP CACHE OUT --translator …`.

`no-ladder` is the shipped one whose flagged outputs are not mended; `references` answers with human translations, which
take no time, so that a run costs what the program costs around its model. Prints the totals, its own seconds, the
modules it imported and its peak memory as JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import time
from pathlib import Path

from summarize import api, batch
from summarize.backends.fake import Fake
from summarize.backends.guard import Guarded
from summarize.backends.judge import Judge
from summarize.config import Settings
from summarize.job import plan


class WithoutLadder(plan.Plan):
    def _translator(self, *given) -> Guarded:
        return Guarded(super()._translator(*given).inner, (), Judge("de"))


def referring(evaluation: Path) -> type[plan.Plan]:
    from texts import References

    class Referring(plan.Plan):
        def _translator(self, *given) -> Guarded:
            return Guarded(Forgetful(References(evaluation), name="references"), ())

    return Referring


class Forgetful(Fake):
    """A fake that keeps no record of what it was asked: memory is what is measured."""

    def run(self, texts):
        outputs = super().run(texts)
        self.calls.clear()
        return outputs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("drop")
    parser.add_argument("cache")
    parser.add_argument("out")
    parser.add_argument("--eval", type=Path)
    parser.add_argument("--translator", choices=("shipped", "no-ladder", "references"), default="shipped")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--mt", default="", metavar="LANGUAGE=MODEL")
    a = parser.parse_args()
    if a.translator == "no-ladder":
        batch.Plan = WithoutLadder  # type: ignore[misc]
    elif a.translator == "references":
        batch.Plan = referring(a.eval)  # type: ignore[misc]
    started = time.perf_counter()
    settings = Settings(cache=a.cache, out=a.out, threads=a.threads, mt=dict([a.mt.split("=", 1)]) if a.mt else {})
    report = api.run([a.drop], resolved=settings, on_item=lambda item: None)
    print(
        json.dumps(
            {
                "totals": report.totals.as_json(),
                "seconds": time.perf_counter() - started,
                "modules": len(sys.modules),
                "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6,
            }
        )
    )


if __name__ == "__main__":
    main()
