"""The page's first section: what was aimed at, what was measured, and why where the two differ."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median

from . import translation
from .measure import middle
from .suite import SHIPPED
from .tables import Figures, good, ratios, table

Row = tuple[str, str, str, bool]  # what, goal, measured, met?

WHY = {
    "whole run": (
        "The translator alone is nearly level with the limit. What a run adds is its start-up and what the profile "
        "below names: the ladder that repairs flagged sentences (a wider beam search is several times the price of the "
        "first one), then reading, detecting, checking, summarizing and writing, which one core does. The longer the "
        "run, the less the start-up counts."
    ),
    "translation": (
        "With the larger model the products themselves take the time, so that there is less around them to save "
        "(see the floor below). These figures are older than the batches of today: "
        "they had sentences of one length only, now those of one padded length (a multiple of 8), and a sentence still "
        "says the same whatever its neighbours. In one run by hand that was 0.96 of the limit at beam 4, 0.90 greedy."
    ),
    "summaries": (
        "Prompts are as long as articles, each of another length, and only prompts of one length are computed "
        "together, so that a summary does not depend on what else is in the batch: a batch of several saves little. "
        "Mixed lengths in one call took 0.7 of the time in a trial and gave other words. A cached static prompt gave "
        "the same words in the same time: what the articles share is 38 tokens of 280."
    ),
    "flat": (
        "Articles pass in windows and are not kept. What grows are the paths of the drop, which are listed before the "
        "first is read, those that were seen, and one line an article for the run's manifest."
    ),
    "unchanged": (
        "Each article is read and made harmless (in a profile of 300 of them half of the time), hashed and looked up "
        "(a third), and its written files are hashed (the rest); no single function stands out. Start-up counts here "
        "too: of 10,000 articles more go by in a second (see the table below)."
    ),
}


def of(parts: Figures) -> str:
    lines, missed = ["## Goals", ""], []
    rows = []
    for key, (what, goal, measured, met) in _rows(parts):
        rows.append([what, goal, measured, "yes" if met else "**no**"])
        if not met and key in WHY and key not in missed:
            missed.append(key)
    if not rows:
        return ""
    lines += [table(["", "goal", "measured", "met"], rows), ""]
    if missed:
        lines += ["Where a goal is missed:", "", *(f"* **{key.capitalize()}**: {WHY[key]}" for key in missed), ""]
    return "\n".join(lines)


def _rows(parts: Figures) -> Iterator[tuple[str, Row]]:
    for name, rows in (
        ("translation", _translation), ("summaries", _summaries), ("start", _start), ("growth", _growth),
    ):  # fmt: skip
        if name in parts:
            yield from rows(parts[name]["figures"])
    if "translation" in parts:
        yield from _memory(parts["translation"]["figures"])


def _translation(found: Figures) -> Iterator[tuple[str, Row]]:
    for name, contest in found.items():
        rounds = contest["rounds"]
        for beams, goals in ((4, {"one": 20.0, "batch": 3.5, "argos": 2.0}), (1, {"batch": 7.0})):
            ours = good(rounds.get(f"ours, beam {beams}", []))
            how = f"{name}, beam {beams}" if beams > 1 else f"{name}, greedy"
            for key, goal in goals.items():
                keys = ("16", "32") if key == "batch" else (key,)
                others = [good(rounds.get(f"{k}, beam {beams}", [])) for k in keys]
                if not ours or not all(others):
                    continue
                value = min(median(ratios(ours, other)) for other in others)  # the best of them
                label = "transformers, best batch" if key == "batch" else translation.NAMES[key]
                yield "translation", (f"{how}: against {label}", f">= {goal:g} x", f"{value:.1f} x", value >= goal)
        limit = good(rounds.get("raw, beam 4", []))
        for run in (translation.RUN, translation.FLAT):
            if answers := good(rounds.get(run, [])):
                value = median(translation.shares(contest["whole"], answers, limit))
                yield "whole run", (f"{run}: against the limit", ">= 0.95", f"{value:.2f}", value >= 0.95)
        if limit and (ours := good(rounds.get("ours, beam 4", []))):
            value = median(ratios(ours, limit))
            yield "translation", (f"{name}: the translator alone against it", ">= 0.95", f"{value:.2f}", value >= 0.95)


def _summaries(found: Figures) -> Iterator[tuple[str, Row]]:
    ours, theirs = (good(found["rounds"].get(key, [])) for key in ("batch", "transformers"))
    if ours and theirs:
        value = median(ratios(ours, theirs))
        yield "summaries", ("summaries by SmolLM2 against transformers", ">= 3 x", f"{value:.1f} x", value >= 3)


def _start(found: Figures) -> Iterator[tuple[str, Row]]:
    rounds = found["rounds"]
    bare = 1000 * middle(good(rounds["bare Typer, --help"]), "wall")
    for command in ("--version", "--help"):
        value = 1000 * middle(good(rounds[f"summarize {command}"]), "wall")
        what = f"`summarize {command}`, where bare Typer takes {bare:.0f} ms"
        yield "start", (what, "close to it", f"{value:.0f} ms", value <= 2 * bare)
    run = good(rounds["summarize run, one article, nothing cached"])
    first, heavy = middle(run, "first"), sorted({m for a in run for m in a.get("heavy", [])})
    yield "start", ("first translation of a warm start", "1 to 2 s", f"{first:.1f} s", first <= 2)
    yield "start", ("torch, transformers imported by it", "none", ", ".join(heavy) or "none", not heavy)


def _growth(found: Figures) -> Iterator[tuple[str, Row]]:
    by_size = {size["articles"]: size for size in found["grown"]}
    few, large, many = min(by_size), sorted(by_size)[-2], max(by_size)
    rate = large / middle(by_size[large]["again"], "seconds")
    yield "unchanged", (f"{large:,} unchanged articles", "> 2,000 a second", f"{rate:,.0f} a second", rate > 2000)
    changed = found["changed"]
    articles, misses = changed[0]["articles"], {c["misses"] for c in changed}
    measured = ", ".join(f"{n:,}" for n in sorted(misses))
    what = f"sentences translated when each of {articles:,} articles has one changed"
    yield "changed", (what, f"<= {articles:,}", measured, max(misses) <= articles)
    peaks = [by_size[n]["new"]["mb"] for n in (few, many)]
    measured = f"{peaks[0]:.0f} and {peaks[1]:.0f} MB"
    yield "flat", (f"peak with {few:,} and with {many:,} articles", "alike", measured, peaks[1] < 1.2 * peaks[0])
    each = [1000 * by_size[n]["new"]["wall"] / n for n in (large, many)]
    measured = f"{each[0]:.1f} and {each[1]:.1f} ms"
    yield "linear", (f"each of {large:,} and of {many:,} articles", "alike", measured, each[1] < 1.2 * each[0])
    longest = max(found["real"], key=int)
    busy = median(a["cpu"] / a["wall"] / found["cores"] for a in found["real"][longest])
    what = f"cores busy in a run of {longest} articles, start-up included"
    yield "busy", (what, "> 90 %", f"{busy:.0%}", busy > 0.9)
    yield "threads", ("the same bytes with one thread", "yes", str(found["threads"]["same"]), found["threads"]["same"])


def _memory(found: Figures) -> Iterator[tuple[str, Row]]:
    contest = found[SHIPPED]
    runs, batched = good(contest["rounds"].get(translation.RUN, [])), contest["mb"].get("32")
    if not runs or not batched:
        return
    peak = middle(runs, "mb")
    yield "memory", ("peak of a whole run", "< 700 MB", f"{peak:.0f} MB", peak < 700)
    what = "against transformers with batches of 32"
    yield "memory", (what, "< 0.5", f"{peak / batched:.2f}", peak < batched / 2)
