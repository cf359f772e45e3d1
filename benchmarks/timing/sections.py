"""The page's sections on summaries, start-up, growth, experiments and profiles."""

from __future__ import annotations

from pathlib import Path
from statistics import median

from . import summaries, translation
from .measure import middle
from .suite import SHIPPED
from .tables import Figures, good, ratio, table

# -- summaries, start, growth -----------------------------------------------------------------------------------------


def of_summaries(found: Figures) -> str:
    rounds, rows = found["rounds"], []
    for key, name in summaries.NAMES.items():
        if not (answers := good(rounds.get(key, []))):
            continue
        each = median(a["seconds"] / a["texts"] for a in answers)
        against = ratio(rounds.get("batch", []), answers)
        rows.append([name, f"{each:.2f} s", against, f"{found['load'][key]:.1f} s", f"{found['mb'][key]:.0f} MB"])
    out = "".join(f" {summaries.NAMES[key]} did not take part: {why}." for key, why in found["failed"].items())
    text = (
        f"SmolLM2-135M-Instruct, greedy, the prompt `prompts/short.md`, articles of {found['words']} words, exactly "
        f"{found['new']} new tokens.{out}"
    )
    head = ["", "an article", "ours together against it", "load", "peak"]
    return "\n".join(["## Summaries", "", text, "", table(head, rows), ""])


def of_start(found: Figures) -> str:
    rows = []
    for name, answers in found["rounds"].items():
        if not (answers := good(answers)):
            continue
        first = f"{middle(answers, 'first'):.2f} s" if answers[0].get("first") else ""
        modules = str(answers[0].get("modules", ""))
        heavy = ", ".join(answers[0].get("heavy", [])) or ("none" if modules else "")
        cells = [name, f"{1000 * middle(answers, 'wall'):.0f} ms", first, modules, heavy]
        rows.append([*cells, f"{middle(answers, 'mb'):.0f} MB"])
    ever = found["first run ever"]
    text = (
        f"One article of {found['sentences']} sentences, model converted before. The very first run converts the model "
        f"too and says so: {ever['wall']:.1f} s, {ever['mb']:.0f} MB (a child process loads torch for it)."
    )
    head = ["", "wall", "first translation after", "modules", "of torch, transformers", "peak"]
    return "\n".join(["## Start", "", text, "", table(head, rows), ""])


def of_growth(found: Figures) -> str:
    rows = []
    for size in found["grown"]:
        n, new, again = size["articles"], size["new"], size["again"]
        rate, inside = n / middle(again, "wall"), n / middle(again, "seconds")
        cells = [f"{n:,}", f"{new['wall']:.1f} s", f"{1000 * new['wall'] / n:.1f} ms", f"{new['mb']:.0f} MB"]
        rows.append(
            [*cells, f"{middle(again, 'wall'):.2f} s", f"{rate:.0f}", f"{inside:.0f}", f"{middle(again, 'mb'):.0f} MB"]
        )
    head = ["articles", "new", "each", "peak", "unchanged", "articles/s", "without start-up", "peak"]
    text = (
        "Human translations stand in the model's place, so this is what the program itself costs: reading, cutting, "
        "checks, summaries, evidence, files, history. The articles are copies of the shorter drops with every sentence "
        "made new."
    )
    changed, real, threads = found["changed"], found["real"], found["threads"]
    n, misses = changed[0]["articles"], {c["misses"] for c in changed}
    one_changed = (
        f"One sentence changed in each of {n:,} articles: {', '.join(map(str, sorted(misses)))} sentences translated, "
        f"{middle(changed, 'wall'):.1f} s."
    )
    lines = ["## Many articles", "", text, "", table(head, rows), "", one_changed, ""]
    rows = []
    for count, answers in real.items():
        wall = middle(answers, "wall")
        busy = median(a["cpu"] / a["wall"] for a in answers)
        rows.append(
            [count, f"{wall:.1f} s", f"{wall / int(count):.2f} s", f"{busy:.2f}", f"{middle(answers, 'mb'):.0f} MB"]
        )
    lines += ["With the shipped model, nothing cached:", ""]
    lines += [table(["articles", "wall", "each", "cores busy", "peak"], rows), ""]
    same = "the same bytes" if threads["same"] else "**other bytes**"
    lines += [
        f"`--threads 1` gives {same} in all {threads['files']} files of {threads['articles']} articles, in "
        f"{threads['one']['wall']:.1f} s instead of {threads['all']['wall']:.1f} s.",
        "",
    ]
    return "\n".join(lines)


# -- experiments, profiles --------------------------------------------------------------------------------------------


def of_experiments(found: Figures) -> str:
    lines = ["## Tried", ""]
    repeated = found["repeated"]
    share = 1 - repeated["distinct"] / repeated["all"]
    lines += [
        f"* **Each sentence once**: of {repeated['all']} sentences of the drops {repeated['distinct']} are distinct; "
        f"{share:.1%} saved. Kept: it costs a dictionary.",
        "* **Greedy or beams** on the development set (the tables above have the speeds):",
        "",
    ]
    rows = [[beams, f"{s['chrf']:.1f}", f"{s['bleu']:.1f}"] for beams, s in found["search"].items()]
    first = next(iter(found["search"].values()))
    lines += [table(["beams", "chrF", "BLEU"], rows), "", f"{first['sentences']} sentences; {first['signatures']}.", ""]
    for name in (SHIPPED, translation.SHAPED):
        if name in found:
            lines += [f"{name}, translator alone, beam 4:", "", _variants(found[name]), ""]
    lines += [
        "The short-list is the most frequent pieces whatever the source says: the most that a list by words could "
        "gain. It is compared with the same call without one.",
        "",
    ]
    return "\n".join(lines)


def _variants(found: Figures) -> str:
    rounds = found["rounds"]
    base = good(next(iter(rounds.values())))
    rows = []
    for label, answers in rounds.items():
        if answers := good(answers):
            rate = median(a["texts"] / a["seconds"] for a in answers)
            rows.append([label, f"{rate:.1f}", ratio(answers, base), f"{found['mb'][label]:.0f} MB"])
    rows += [[label, "–", reason, ""] for label, reason in found["failed"].items()]
    return table(["", "sentences/s", "against the first", "peak"], rows)


def of_profiles(found: Figures) -> str:
    lines = ["## Where the time goes", ""]
    for name, run in found["runs"].items():
        total = run["profiled"]
        rows = [
            [stage, f"{100 * s['seconds'] / total:.1f} %", f"{s['calls']:,}"]
            for stage, s in sorted(run["stages"].items(), key=lambda entry: -entry[1]["seconds"])
        ]
        rest = total - sum(s["seconds"] for s in run["stages"].values())
        rows.append(["all else: imports, start-up, hashing", f"{100 * rest / total:.1f} %", ""])
        busy = f"{run['wall']:.1f} s, {run['cpu'] / run['wall']:.2f} cores busy"
        text = f"A {name} run over the drops: {busy}. Profiled on one thread (Python looks slower than it is):"
        lines += [text, "", table(["stage", "share", "calls"], rows), ""]
        own = ", ".join(f"`{where}` {seconds:.2f} s" for seconds, where in run["own"][:8])
        lines += [f"Most time of their own: {own}.", ""]
    lines += [_overlap(found), "", "## The floor", "", _floor(found), ""]
    return "\n".join(lines)


def _overlap(found: Figures) -> str:
    """What doing more at the same time could gain."""
    cold = found["runs"]["cold"]
    idle = 1 - cold["cpu"] / cold["wall"] / found["cores"]
    share = lambda stage: cold["stages"].get(stage, {"seconds": 0.0})["seconds"] / cold["profiled"]
    return (
        f"* **Overlap of translation and summarization, of windows**: rejected. In the cold run the cores are idle for "
        f"{idle:.0%} of their time, start-up included; that is all that doing more at once could gain.\n"
        f"* **Asynchronous tokenisation**: kept as it is. Two slices are with the engine at a time, so that one's "
        f"tokens, texts and checks are made while the other is decoded; to tokens and back take "
        f"{share('text to tokens') + share('tokens to text'):.1%} of the profile, checks {share('checks'):.1%}."
    )


def _floor(found: Figures) -> str:
    rows = []
    for name, f in found["floor"].items():
        cells = [
            Path(name).name,
            f"{f['million a sentence']:.0f}",
            f"{f['output share']:.0%}",
            f"{f['billion a second']:.0f}",
        ]
        step = f["decoder megabytes"] / 1000 / found["bandwidth"] * 1000
        rows.append(
            [*cells, f"{f['sentences a second']:.0f}", f"{f['greedy sentences a second']:.0f}", f"{step:.2f} ms"]
        )
    head = [
        "model",
        "million multiply-adds",
        "in the output layer",
        "billion/s measured",
        "beam 4",
        "greedy",
        "a step's weights",
    ]
    text = (
        "Multiply-adds of a sentence of mean length with 30 tokens of output at beam 4, over the rate that the same "
        "library and weights reach when they score given translations (large products, no search): sentences a second "
        "if only products took time. A step of decoding reads the decoder's weights once; one core reads "
        f"{found['bandwidth']:.1f} GB/s. "
        "What is missing to the floor is the search: small products, softmax and sorting over the vocabulary for every "
        "beam, and the cache of the beams reordered at every step."
    )
    return f"{text}\n\n{table(head, rows)}"
