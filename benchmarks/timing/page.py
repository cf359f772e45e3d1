"""docs/performance.md and its plot, made of the figures alone."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from . import goals, plot, sections, translation
from .measure import middle
from .tables import Figures, good, ratio, table

PLOT = "performance.svg"

HEAD = """# Performance

Written by this command, from the figures in `benchmarks/speed.json`; do not edit.

    python benchmarks/speed.py --drops ../shared/drops/de --eval ../shared/eval --corpus ../shared/corpus \\
        --shape ../shared/opus-mt-de-en --out docs/performance.md

Every contestant runs in a process of its own on the same cores, and all take turns: A B C, A B C, … Figures are medians
of the rounds; a ratio is the median of the ratios round by round, so that a machine that slows down slows both. *Peak*
is the memory of a process and its children. Absolute times belong to this machine, ratios travel.
"""


def write(figures: Figures, out: Path) -> None:
    """Writes the page, and beside it the plot. Parts that were not measured are left out."""
    parts = figures["parts"]
    sections = [HEAD, goals.of(parts)]
    for name, make in SECTIONS.items():
        if name in parts:
            sections.append(make(parts[name]["figures"]))
    if "translation" in parts:
        bars = plot_of(parts["translation"]["figures"])
        (out.parent / PLOT).write_text(plot.bars("Source sentences a second, beam 4", bars), encoding="utf-8")
    sections.append(_measured(parts))
    out.write_text("\n".join(sections), encoding="utf-8")


def _measured(parts: Figures) -> str:
    rows = []
    for name, part in parts.items():
        m = part["machine"]
        note = "" if part["share"] == 1 else f", samples cut to {part['share']:.0%}"
        where = f"{m['processor']}, {m['cores']} cores, Python {m['python']}"
        versions = ", ".join(f"{library} {version}" for library, version in m["versions"].items())
        load = f"{part['load']:.1f}"
        rows.append([name, f"{part['rounds']}{note}", f"{part['seconds']:.0f} s", load, f"{where}; {versions}"])
    total = sum(part["seconds"] for part in parts.values())
    head = ["part", "rounds", "took", "load before", "machine"]
    return f"## How it was measured\n\n{table(head, rows)}\n\nAll together {total / 60:.1f} minutes.\n"


# -- translation ------------------------------------------------------------------------------------------------------


def _translation(found: Figures) -> str:
    lines = ["## Translation", "", f"![Sentences a second]({PLOT})", ""]
    for name, contest in found.items():
        lines += [f"### {name}", "", _weights(contest), ""]
        for beams in (4, 1):
            lines += [f"Beam {beams}:" if beams > 1 else "Greedy:", "", _contest(contest, beams), ""]
        lines += _whole(contest) + _many(contest) + _grid(contest)
    return "\n".join(lines)


def _weights(contest: Figures) -> str:
    weights = (
        f"Untrained weights: every contestant writes exactly 30 tokens ({contest['sentences']} sentences in the drops)."
        if contest["fill"]
        else f"The shipped model; the drops have {contest['sentences']} distinct sentences."
    )
    out = "".join(f" {translation.NAMES[key]} did not take part: {why}." for key, why in contest["failed"].items())
    return (
        f"{weights} Slow contestants run on a sample whose lengths are spread as in the whole. transformers and txtai "
        f"compute in float32, the others in int8. Nobody may write more than twice the source's tokens and sixteen, "
        f"but for txtai and Argos, which cannot be told.{out}"
    )


def _contest(contest: Figures, beams: int) -> str:
    rounds = contest["rounds"]
    ours = rounds.get(f"ours, beam {beams}", [])
    rows = []
    for key, name in translation.NAMES.items():
        answers = good(rounds.get(f"{key}, beam {beams}", []))
        if not answers:
            continue
        rate = median(a["texts"] / a["seconds"] for a in answers)
        tokens = median(a["tokens"] / a["seconds"] for a in answers)
        load, mb = contest["load"][key], contest["mb"][key]
        cells = [name, f"{answers[0]['texts']}", f"{rate:.1f}", f"{tokens:.0f}", ratio(ours, answers)]
        rows.append([*cells, f"{load:.1f} s", f"{mb:.0f} MB"])
    return table(["", "sentences", "sentences/s", "tokens/s", "ours against it", "load", "peak"], rows)


def _whole(contest: Figures) -> list[str]:
    """Whole runs against the limit: the process from its start to its last written file."""
    rounds, rows = contest["rounds"], []
    limits = good(rounds.get("raw, beam 4", []))
    for name in (translation.RUN, translation.FLAT):
        answers = good(rounds.get(name, []))
        if not answers:
            continue
        rate = median(contest["whole"] / a["wall"] for a in answers)
        shares = translation.shares(contest["whole"], answers, limits)
        busy = median(a["cpu"] / a["wall"] for a in answers)
        cells = [name, f"{middle(answers, 'wall'):.1f} s", f"{rate:.0f}", f"{median(shares):.2f}"]
        rows.append([*cells, f"{busy:.2f}", f"{middle(answers, 'mb'):.0f} MB"])
    if not rows:
        return []
    head = ["nothing cached", "wall", "sentences/s", "speed against the limit", "cores busy", "peak"]
    text = (
        f"Whole runs at beam 4 over every other article of the drops ({contest['whole']} sentences), start-up, "
        f"reading, checks, summaries, files and history included; the limit has loaded and tokenised before:"
    )
    return [text, "", table(head, rows), ""]


def _many(contest: Figures) -> list[str]:
    if not (many := contest["many"]):
        return []
    answers = {key: good(many.get(f"{key}, beam 4", [])) for key in ("raw", "ours")}
    rows = []
    for key, found in answers.items():
        count, seconds = sum(a["texts"] for a in found), sum(a["seconds"] for a in found)
        rate = f"{count / seconds:.0f}" if found else "–"
        rows.append([translation.NAMES[key], str(count), rate, ratio(answers["ours"], found)])
    head = ["", "sentences", "sentences/s", "ours against it"]
    return [
        "The large set of test-set and corpus sentences, a part of it each round, beam 4:",
        "",
        table(head, rows),
        "",
    ]


def _grid(contest: Figures) -> list[str]:
    tried = contest["about"].get("raw", {}).get("tried", [])
    if not tried:
        return []
    rows = [
        [f"{w} x {t}", f"{size}", "equal" if equal else "mixed", f"{rate:.1f}"]
        for w, t, size, equal, rate in sorted(tried, key=lambda row: -row[-1])
    ]
    text = (
        "The settings tried for the limit (translators x threads, tokens in a batch, lengths in a batch), one try each:"
    )
    return [text, "", table(["translators", "batch", "lengths", "sentences/s"], rows), ""]


def plot_of(found: Figures) -> list[tuple[str, list[tuple[str, float, bool]]]]:
    """Per model: name, sentences a second, ours?"""
    groups = []
    for name, contest in found.items():
        bars = []
        for key, label in translation.NAMES.items():
            if answers := good(contest["rounds"].get(f"{key}, beam 4", [])):
                bars.append((label, median(a["texts"] / a["seconds"] for a in answers), key == "ours"))
        if answers := good(contest["rounds"].get(translation.RUN, [])):
            rate = median(contest["whole"] / a["wall"] for a in answers)
            bars.append((translation.RUN, rate, True))
        groups.append((name, bars))
    return groups


SECTIONS = {
    "translation": _translation,
    "summaries": sections.of_summaries,
    "start": sections.of_start,
    "growth": sections.of_growth,
    "experiments": sections.of_experiments,
    "profiles": sections.of_profiles,
}
