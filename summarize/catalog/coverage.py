"""What translates a language on this machine, and what to fetch where nothing does that can be relied on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from ..types import TARGET
from .checkpoint import Description
from .offers import Offer, offers, weak
from .resolve import look_up, routes, translators


@dataclass(frozen=True)
class Coverage:
    """`model` is what a run takes for the language, at first if it goes through a second one; `better` one that is here
    too, where that is a draft or weak; `offer` what to fetch where there is neither."""

    language: str
    model: Description | None
    better: Description | None = None
    offer: Offer | None = None

    @property
    def step(self) -> str:
        """What to type for a model for work; "" where one serves, or none is known."""
        if self.better:
            return f"--mt {self.language}={self.better.id}"
        return f"summarize models pull {self.offer.id}" if self.offer else ""


def coverage(languages: Iterable[str], cache: Path, mt: Mapping[str, str], target: str = TARGET) -> list[Coverage]:
    """One for each language, in their order; `mt` is the user's table.
    Raises as `routes`, and as `look_up` of a model that the user named."""
    table = routes(mt, cache, target)
    found = []
    for code in dict.fromkeys(languages):
        route = table.get(code)
        model = look_up(route.spec, cache=cache, target=route.into) if route else None
        if model and model.target == target and _for_work(model):
            found.append(Coverage(code, model))
            continue
        better = next((d for d in translators(cache, target) if code in d.source and _for_work(d)), None)
        offer = None if better else next(iter(offers([code], target)), None)
        here = offer is not None and model is not None and offer.id == model.id
        found.append(Coverage(code, model, better, None if here else offer))
    return found


def _for_work(model: Description) -> bool:
    return model.card.quality != "draft" and not weak(model.id)
