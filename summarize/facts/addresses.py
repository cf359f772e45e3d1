"""What must stand in a translation byte for byte: URLs, e-mail addresses, hosts, handles, hashtags, pieces of code."""

from __future__ import annotations

import re

_TLD = "de|com|org|net|at|ch|eu|info|fr|uk|io|tv|gov|edu|news|nl|it|es|pl|be|lu|li|biz|app|dev|me|cz|ru|ua|se|pt|tr|br"
ADDRESS = re.compile(
    r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+"  # e-mail
    r"|(?:https?://|ftp://|www\.)[^\s<>\"„“”»«]*[^\s<>\"„“”»«.,;:!?)\]'’]"  # URL
    rf"|(?<![\w.-])(?:[\w-]+\.)+(?:{_TLD})\b(?:/[^\s<>\"„“”»«]*[^\s<>\"„“”»«.,;:!?)\]'’])?"  # host, perhaps a path
    r"|(?<![\w&])[@#][^\W\d]\w+"  # handle, hashtag
    r"|`[^`\n]+`"  # code
)
_HINTS = ("@", "#", "`", "://", "www.")  # cheap, and one of them is wherever an address is
_HOST_HINT = re.compile(r"\.[a-z]")


def addresses_in(text: str) -> list[re.Match[str]]:
    hinted = any(hint in text for hint in _HINTS) or _HOST_HINT.search(text)
    return list(ADDRESS.finditer(text)) if hinted else []
