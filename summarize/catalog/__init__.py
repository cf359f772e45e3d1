"""The catalogue: what checkpoints exist on this machine, and what is known of them.

resolve("de-en", cache=cache)           a shipped, added, pulled or embedded model, a folder, or a hub id in the cache
routes({"fr": "models/fr-en"}, cache)   language -> spec
pull, fetch_embedded                    the only two ways in which a model is downloaded
add, remove, verify, listing            `summarize models …`
"""

from .cards import Card
from .checkpoint import Checkpoint, Description
from .embedded import EMBEDDED, fetch_embedded
from .hub import pull
from .inventory import Entry, FileCheck, listing, verify
from .pickles import to_safetensors
from .registry import add, remove
from .resolve import chosen, look_up, resolve, routes

__all__ = [
    "EMBEDDED",
    "Card",
    "Checkpoint",
    "Description",
    "Entry",
    "FileCheck",
    "add",
    "chosen",
    "fetch_embedded",
    "listing",
    "look_up",
    "pull",
    "remove",
    "resolve",
    "routes",
    "to_safetensors",
    "verify",
]
