"""Part 8, what a whole run costs: processor seconds of the first search, of the repairs and of the checks, beside those
of the limit. Processor seconds hardly depend on what else a machine does.

Run as a script (`costs.py DROP CACHE OUT MODEL`) it is one measured run: it notes every call to the engine, makes the
calls of each kind again when the run is over, and prints the seconds as JSON.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

AGAIN = 2  # times that calls are made again; the cheapest counts
SETTING = (1, 2048, False)  # of the limit: threads of each translator, tokens in a batch, equal lengths only


def measure(suite: Any) -> dict[str, Any]:
    from benchmarks.timing import models, texts, translation
    from benchmarks.timing.suite import SHIPPED, fresh_cache

    shipped = models.checkpoint(SHIPPED, suite.cache)
    wide = models.checkpoint(models.widened(shipped, suite.work), suite.cache)
    found = {}
    for name, model in ((SHIPPED, shipped), (translation.WIDE, wide)):
        with suite.scratch() as folder:
            drop = texts.every(suite.drops, folder / "drop", translation.EVERY)
            sentences = texts.drop_sentences(drop)
            runs = []
            for _ in range(suite.rounds):
                limit = _limit(suite, model, sentences)
                cache = fresh_cache(folder / "cache", suite.cache)
                script = [sys.executable, __file__, str(drop), str(cache), str(folder / "out"), str(model.path)]
                answer = subprocess.run(script, check=True, capture_output=True, text=True).stdout
                runs.append({"limit": limit, **json.loads(answer.splitlines()[-1])})
        found[name] = {"sentences": len(sentences), "runs": runs}
    return found


def _limit(suite: Any, model: Any, sentences: list[str]) -> float:
    """Processor seconds of CTranslate2 by hand for all of them."""
    from benchmarks.timing.measure import Worker
    from summarize.engines.convert import companions, prepared

    converted = prepared(model, "int8", suite.cache)
    options = {
        "converted": str(converted),
        "tokenizer": str(companions(converted) / "source.spm"),
        "threads": suite.threads,
        "setting": (suite.threads, *SETTING),
        "fill": False,
    }
    worker = Worker("raw", options, sys.executable, sentences[:8])
    try:
        return min(worker.run(sentences, 4)["cpu"] for _ in range(AGAIN))
    finally:
        worker.close()


def main(drop: str, cache: str, out: str, model: str) -> None:
    from summarize import api, checks
    from summarize.config import Settings
    from summarize.engines.ct2 import Ct2Engine

    calls: list[tuple] = []
    checking = [0.0]
    search, failed = Ct2Engine.nbest, checks.failed

    def noted(engine: Ct2Engine, *call: Any) -> Any:
        calls.append((engine, *call))
        return search(engine, *call)

    def timed(*given: Any) -> Any:
        begun = time.thread_time()
        try:
            return failed(*given)
        finally:
            checking[0] += time.thread_time() - begun

    Ct2Engine.nbest, checks.failed = noted, timed  # type: ignore[method-assign]
    settings = Settings(cache=cache, out=out, mt={"de": model})
    wall = time.perf_counter()
    api.run([drop], resolved=settings, on_item=lambda item: None)
    wall, spent = time.perf_counter() - wall, time.process_time()
    first = [call for call in calls if call[4] == settings.beams]  # all its hypotheses are asked for
    others = [call for call in calls if call[4] != settings.beams]
    gathered: dict[tuple, tuple[list, list]] = {}
    for engine, sources, decoding, caps, n in others:
        rows, limits = gathered.setdefault((engine, decoding, n), ([], []))
        rows += sources
        limits += caps
    together = [(engine, rows, decoding, limits, n) for (engine, decoding, n), (rows, limits) in gathered.items()]

    def seconds(those: list[tuple]) -> float:
        found = []
        for _ in range(AGAIN):
            begun = time.process_time()
            for call in those:
                search(*call)
            found.append(time.process_time() - begun)
        return min(found)

    figures = {
        "wall": wall,
        "cpu": spent,
        "first": seconds(first),
        "repairs": seconds(others),
        "gathered": seconds(together),
        "checks": checking[0],
        "sent": sum(len(call[1]) for call in first),
        "mended": sum(len(call[1]) for call in others),
        "calls": len(others),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:])
