"""A model behind a server: no files, so that all there is to know is what the server tells."""

from __future__ import annotations

from .family import Family


class ServerFamily(Family):
    name = "server"
    model_types = ()
    tasks = ("translate", "summarize")
    network = "server"
    prompted = True


FAMILY = ServerFamily()
