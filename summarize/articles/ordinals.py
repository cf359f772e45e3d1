"""Numbers of list items in HTML. Editors make a list of a paragraph that begins with an ordinal, and the number is no
text any more: it is one again where the author must have given it. A list that only counts shows its numbers, too, but
they say nothing.

>>> spelled_out("<ol start=13><li>August 1961</li></ol>"), spelled_out("<ol><li>Mehl<li>Zucker</ol>")
('<ol start=13><li>13. August 1961</li></ol>', '<ol><li>Mehl<li>Zucker</ol>')
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

# the marks of lists, and those that may stand between an item and its text
_TAG = re.compile(
    r"<(?P<end>/?)(?P<name>ol|ul|menu|li)\b(?P<attributes>[^<>]{0,2000})>"
    r"(?P<inner>(?:\s{0,50}<(?:p|div|h[1-6])\b[^<>]{0,500}>){0,5}\s{0,50})(?=(?P<empty></li|<[ou]l\b|\Z)?)",
    re.IGNORECASE,
)
_ATTRIBUTE = re.compile(r"""(?:^|\s)(?P<name>start|value|reversed|type|class)\b(?:\s*=\s*["']?(?P<value>[^\s"'/]*))?""")
COUNTED = "x-counted"
_NUMBER = re.compile(r"-?\d{1,9}")


@dataclass(slots=True)
class _List:
    attributes: dict[str, str]
    ordered: bool
    items: list[tuple[int, str]] = field(default_factory=list)  # where the text of each begins, its own number or ""

    @property
    def given(self) -> bool:
        """Whether the author must have thought of its numbers."""
        own = any(value for _, value in self.items)
        given = own or "reversed" in self.attributes or self.attributes.get("start", "1") != "1"
        return given or (len(self.items) == 1 and "class" not in self.attributes)

    @property
    def numbers(self) -> list[int]:
        """One for each item, none at all if it does not show digits."""
        if not self.ordered or self.attributes.get("type", "1") != "1":
            return []
        step = -1 if "reversed" in self.attributes else 1
        start = self.attributes.get("start", "")
        following = int(start) if _NUMBER.fullmatch(start) else len(self.items) if step < 0 else 1
        found = []
        for _, value in self.items:
            found.append(int(value) if value else following)
            following = found[-1] + step
        return found


def spelled_out(markup: str, *, apart: bool = False) -> str:
    """The same, with the numbers that are text at the head of their items; `apart`: each in an element COUNTED."""
    return _with_numbers(markup, f"<{COUNTED}>{{}}. </{COUNTED}>" if apart else "{}. ", "")


def shown(markup: str) -> str:
    """The same, with all numbers: those that only count in an element COUNTED."""
    return _with_numbers(markup, "{}. ", f"<{COUNTED}>{{}}</{COUNTED}>")


def _with_numbers(markup: str, given: str, counting: str) -> str:
    """`given` and `counting`: what becomes of a number of each kind."""
    found: dict[int, str] = {}
    for one in _lists(markup) if "<ol" in markup.lower() else ():
        if form := given if one.given else counting:
            found |= {at: form.format(n) for (at, _), n in zip(one.items, one.numbers, strict=False) if at >= 0}
    parts, last = [], 0
    for at in sorted(found):
        parts += [markup[last:at], found[at]]
        last = at
    return "".join([*parts, markup[last:]])


def _lists(markup: str) -> list[_List]:
    waiting: list[_List] = []
    found: list[_List] = []
    for tag in _TAG.finditer(markup):
        name = tag["name"].lower()
        if name == "li" and waiting and not tag["end"]:
            value = _attributes(tag["attributes"]).get("value", "")
            at = -1 if tag["empty"] is not None else tag.end()
            waiting[-1].items.append((at, value if _NUMBER.fullmatch(value) else ""))
        elif name != "li" and not tag["end"]:
            waiting.append(_List(_attributes(tag["attributes"]), name == "ol"))
            found.append(waiting[-1])
        elif name != "li" and waiting:
            waiting.pop()
    return found


def _attributes(text: str) -> dict[str, str]:
    return {match["name"]: match["value"] or "" for match in _ATTRIBUTE.finditer(text.lower())}
