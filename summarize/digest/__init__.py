"""The day at a glance: what one or more runs brought, as stories, with what is new in each.

    with Store.open(cache) as store:
        found = digest.make(store, settings)              # of the newest run, against all that was before
        found.stories[0].summary.claims                   # linked to sentences of its articles
        digest.make(store, settings, since="24h")         # of all runs of the last day

A story is what articles tell of one event: near-duplicates (`compare.stories`) and what `compare.events` finds. Its
summary is made by the summarizer that serves articles, from the sentences of all its articles. What is new is told
from the history, which remembers what earlier runs had: nothing is noted of a digest, and a digest of the same runs is
the same.
"""

from .make import LIMIT, make
from .story import CONTINUED, NEW, Contribution, Digest, Earlier, Place, Story

__all__ = ["CONTINUED", "LIMIT", "NEW", "Contribution", "Digest", "Earlier", "Place", "Story", "make"]
