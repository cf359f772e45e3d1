"""From the suite's raw figures to what its page and its plot show: medians of the rounds, and ratios round by round."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from . import families, plot, summaries, translation
from .measure import middle
from .suite import SHIPPED
from .translation import SHAPED

Figures = Mapping[str, Any]
GOALS = {"4": {"one": 20.0, "batch": 3.5, "argos": 2.0}, "1": {"batch": 7.0}}  # beams: rival: times as fast


def view(figures: Figures) -> dict[str, Any]:
    """What the template shows; a part that was not measured is None."""
    parts = figures["parts"]
    made = {name: make(parts[name]["figures"]) if name in parts else None for name, make in SECTIONS.items()}
    return {**made, "parts": parts}


def good(answers: Iterable[Figures]) -> list[Figures]:
    return [a for a in answers if "error" not in a]


def speed(answers: Sequence[Figures]) -> float:
    """Texts a second."""
    return median(a["texts"] / a["seconds"] for a in answers)


def ratio(ours: Sequence[Figures], theirs: Sequence[Figures]) -> float | None:
    """How many times as many texts a second: the median of the rounds."""
    pairs = zip(good(ours), theirs, strict=False)
    found = [(a["texts"] / a["seconds"]) / (b["texts"] / b["seconds"]) for a, b in pairs]
    return median(found) if found else None


def busy(answers: Sequence[Figures]) -> float:
    """Cores at work."""
    return median(a["cpu"] / a["wall"] for a in answers)


# -- translation ------------------------------------------------------------------------------------------------------


def _translation(found: Figures) -> list[dict[str, Any]]:
    made = []
    for name, contest in found.items():
        beams = {beams: _contest(contest, beams) for beams in ("4", "1")}
        keep = {key: contest[key] for key in ("sentences", "whole", "fill")}
        tried = sorted(contest["about"].get("raw", {}).get("tried", []), key=lambda row: -row[-1])
        failed = [(translation.NAMES[key], why) for key, why in contest["failed"].items()]
        more = {"failed": failed, "runs": _runs(contest), "many": _many(contest["many"]), "tried": tried}
        batched = contest["mb"].get("32")
        made.append({"name": name, **keep, "beams": beams, "against": _against(beams), **more, "batched": batched})
    return made


def _contest(contest: Figures, beams: str) -> dict[str, dict[str, Any]]:
    """By contestant."""
    answers = {key: good(contest["rounds"].get(f"{key}, beam {beams}", [])) for key in translation.NAMES}
    return {
        key: {
            "name": translation.NAMES[key],
            "texts": found[0]["texts"],
            "rate": speed(found),
            "tokens": median(a["tokens"] / a["seconds"] for a in found),
            "ratio": ratio(answers["ours"], found),
            "load": contest["load"][key],
            "mb": contest["mb"][key],
        }
        for key, found in answers.items()
        if found
    }


def _against(beams: Mapping[str, Mapping[str, Figures]]) -> list[tuple[str, str, float, float]]:
    """Beams, rival, how many times as fast we want to be, and are. Of batches the best counts."""
    rows = []
    for number, goals in GOALS.items():
        for key, goal in goals.items():
            rivals = [beams[number].get(k) for k in (("16", "32") if key == "batch" else (key,))]
            if "ours" in beams[number] and all(rivals):
                name = "transformers, best batch" if key == "batch" else translation.NAMES[key]
                rows.append((number, name, goal, min(rival["ratio"] for rival in rivals)))
    return rows


def _runs(contest: Figures) -> list[dict[str, Any]]:
    """Whole runs against the limit: the process from its start to its last written file."""
    limits = good(contest["rounds"].get("raw, beam 4", []))
    return [
        {
            "name": name,
            "wall": middle(answers, "wall"),
            "rate": median(contest["whole"] / a["wall"] for a in answers),
            "share": median(translation.shares(contest["whole"], answers, limits)),
            "busy": busy(answers),
            "mb": middle(answers, "mb"),
        }
        for name in (translation.RUN, translation.FLAT)
        if (answers := good(contest["rounds"].get(name, [])))
    ]


def _many(many: Figures) -> list[tuple[str, int, float | None, float | None]]:
    answers = {key: good(many.get(f"{key}, beam 4", [])) for key in ("raw", "ours")} if many else {}
    rows = []
    for key, found in answers.items():
        count, seconds = sum(a["texts"] for a in found), sum(a["seconds"] for a in found)
        rows.append((translation.NAMES[key], count, count / seconds if found else None, ratio(answers["ours"], found)))
    return rows


def draw(figures: Figures, out: Path) -> None:
    """The plot: per model the name, the sentences a second, and whether it is ours."""
    groups = []
    for contest in view(figures)["translation"] or []:
        rows = [(row["name"], row["rate"], key == "ours") for key, row in contest["beams"]["4"].items()]
        rows += [(run["name"], run["rate"], True) for run in contest["runs"] if run["name"] == translation.RUN]
        groups.append((contest["name"], rows))
    if groups:
        out.write_text(plot.bars("Source sentences a second, beam 4", groups), encoding="utf-8")


# -- the other parts --------------------------------------------------------------------------------------------------


def _families(found: Figures) -> list[dict[str, Any]]:
    rows = []
    for kind, contest in found.items():
        answers = {key: good(all_) for key, all_ in contest["rounds"].items()}
        beams = {
            n: {
                "rate": speed(answers[f"ours, beam {n}"]),
                "ratio": ratio(answers[f"ours, beam {n}"], answers[f"16, beam {n}"]),
            }
            for n in ("4", "1")
            if answers.get(f"ours, beam {n}") and answers.get(f"16, beam {n}")
        }
        more = {"failed": list(contest["failed"].items()), "mb": contest["mb"], "millions": contest["millions"]}
        rows.append({"name": families.KINDS[kind][1], "beams": beams, **more})
    return rows


def _summaries(found: Figures) -> dict[str, Any]:
    rows, ours = {}, found["rounds"].get("batch", [])
    for key, name in summaries.NAMES.items():
        if answers := good(found["rounds"].get(key, [])):
            took = {"name": name, "each": median(a["seconds"] / a["texts"] for a in answers)}
            rows[key] = {**took, "ratio": ratio(ours, answers), "load": found["load"][key], "mb": found["mb"][key]}
    failed = [(summaries.NAMES[key], why) for key, why in found["failed"].items()]
    return {"rows": rows, "failed": failed, "new": found["new"], "words": found["words"]}


def _start(found: Figures) -> dict[str, Any]:
    rows = {}
    for name, all_ in found["rounds"].items():
        if answers := good(all_):
            row = {"wall": 1000 * middle(answers, "wall"), "mb": middle(answers, "mb")}
            if answers[0].get("first"):
                row |= {"first": middle(answers, "first"), "modules": answers[0]["modules"]}
                row["heavy"] = sorted({module for a in answers for module in a["heavy"]})
            rows[name] = row
    return {"rows": rows, "ever": found["first run ever"], "sentences": found["sentences"]}


def _growth(found: Figures) -> dict[str, Any]:
    sizes = []
    for size in sorted(found["grown"], key=lambda size: size["articles"]):
        again = {key: middle(size["again"], key) for key in ("wall", "seconds", "mb")}
        sizes.append({"n": size["articles"], "new": size["new"], "again": again})
    changed = found["changed"]
    one = {"n": changed[0]["articles"], "misses": sorted({c["misses"] for c in changed})}
    real = [
        {"n": int(count), "wall": middle(answers, "wall"), "busy": busy(answers), "mb": middle(answers, "mb")}
        for count, answers in sorted(found["real"].items(), key=lambda entry: int(entry[0]))
    ]
    changes = {**one, "wall": middle(changed, "wall")}
    return {"sizes": sizes, "changed": changes, "real": real, "threads": found["threads"], "cores": found["cores"]}


def _experiments(found: Figures) -> dict[str, Any]:
    variants = [(name, _variants(found[name])) for name in (SHIPPED, SHAPED) if name in found]
    return {"repeated": found["repeated"], "search": list(found["search"].items()), "variants": variants}


def _variants(found: Figures) -> dict[str, Any]:
    base = good(next(iter(found["rounds"].values())))
    rows = [
        (label, speed(answers), ratio(answers, base), found["mb"][label])
        for label, all_ in found["rounds"].items()
        if (answers := good(all_))
    ]
    return {"rows": rows, "failed": list(found["failed"].items())}


def _profiles(found: Figures) -> dict[str, Any]:
    runs = []
    for name, run in found["runs"].items():
        stages = sorted(run["stages"].items(), key=lambda entry: -entry[1]["seconds"])
        shares = [(stage, s["seconds"] / run["profiled"], s["calls"]) for stage, s in stages]
        busy = run["cpu"] / run["wall"]
        runs.append({"name": name, "wall": run["wall"], "busy": busy, "stages": shares, "own": run["own"][:8]})
    floor = [
        {**f, "model": Path(name).name, "step": f["decoder megabytes"] / found["bandwidth"]}
        for name, f in found["floor"].items()
    ]
    cold = next(run for run in runs if run["name"] == "cold")
    idle, stages = 1 - cold["busy"] / found["cores"], {stage: share for stage, share, _ in cold["stages"]}
    tokens = stages.get("text to tokens", 0) + stages.get("tokens to text", 0)
    more = {"idle": idle, "tokens": tokens, "checks": stages.get("checks", 0), "bandwidth": found["bandwidth"]}
    return {"runs": runs, "floor": floor, **more}


def _costs(found: Figures) -> list[dict[str, Any]]:
    """Processor seconds, the medians of the runs; `most` is the share of the limit if nothing but searching cost any
    and no core was ever idle."""
    made = []
    for name, contest in found.items():
        row = {key: median(run[key] for run in contest["runs"]) for key in contest["runs"][0]}
        rest = row["cpu"] - row["first"] - row["repairs"] - row["checks"]
        most = row["limit"] / (row["first"] + row["repairs"])
        made.append({"name": name, "sentences": contest["sentences"], **row, "rest": rest, "most": most})
    return made


SECTIONS = {
    "translation": _translation,
    "families": _families,
    "summaries": _summaries,
    "start": _start,
    "growth": _growth,
    "experiments": _experiments,
    "profiles": _profiles,
    "costs": _costs,
}
