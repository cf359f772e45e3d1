"""Two runs, two versions of an article, two articles or two files side by side: what changed, and why.

    with Store.open(cache) as store:
        found = compare.choose(store, [])          # the newest finished run and the one before it
        found.changed, found.unchanged             # deltas, and how many articles need no word
        compare.as_json(found)

Everything comes from the history; no model is loaded.
"""

from .choose import choose
from .comparisons import echo_words, index_of, load, model_name, models_of, pair, run_of, runs, side, versions
from .deltas import STATES, SUMMARY, TEXT, TRANSLATION, Comparison, Delta, Side, as_json
from .naming import newest
from .texts import files
from .updates import Update, updates

__all__ = [
    "STATES",
    "SUMMARY",
    "TEXT",
    "TRANSLATION",
    "Comparison",
    "Delta",
    "Side",
    "Update",
    "as_json",
    "choose",
    "echo_words",
    "files",
    "index_of",
    "load",
    "model_name",
    "models_of",
    "newest",
    "pair",
    "run_of",
    "runs",
    "side",
    "updates",
    "versions",
]
