"""The catalogue: what checkpoints exist on this machine, and what is known of them.

resolve("de-en", cache=cache)           a shipped, added, pulled or embedded model, a folder, or a hub id in the cache
routes({"fr": "models/fr-en"}, cache)   language -> spec, and into what
pull, fetch_embedded                    the only two ways in which a model is downloaded
add, remove, verify, listing            `summarize models …`
"""

from .cards import Card
from .checkpoint import Checkpoint, Description
from .coverage import Coverage, coverage
from .embedded import EMBEDDED, fetch_embedded
from .gguf import from_gguf
from .hub import elsewhere, pull
from .inventory import Entry, FileCheck, listing, verify
from .offers import Offer, offers
from .packages import name_of
from .pickles import to_safetensors
from .registry import add, remove
from .resolve import Route, chosen, look_up, resolve, routes
from .servers import Served

__all__ = [
    "EMBEDDED",
    "Card",
    "Checkpoint",
    "Coverage",
    "Description",
    "Entry",
    "FileCheck",
    "Offer",
    "Route",
    "Served",
    "add",
    "chosen",
    "coverage",
    "elsewhere",
    "fetch_embedded",
    "from_gguf",
    "listing",
    "look_up",
    "name_of",
    "offers",
    "pull",
    "remove",
    "resolve",
    "routes",
    "to_safetensors",
    "verify",
]
