"""A document that is a zip archive, taken apart and put together again: what is not changed keeps its bytes."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from ...articles import zipped
from ...errors import UnreadableArticle

MOST = 20_000_000  # bytes of one member that is parsed


class Package:
    def __init__(self, data: bytes):
        """Raises UnreadableArticle for what is no sound archive, is too large, or has names that lead out of it."""
        self._archive = zipped.opened(data)
        self.names = [info.filename for info in self._archive.infolist()]
        if len(set(self.names)) < len(self.names) or any(map(_leads_out, self.names)):
            raise UnreadableArticle(
                "an archive with names that lead out of it or stand in it twice", "open it and save it again"
            )
        self._changed: dict[str, bytes] = {}

    def member(self, name: str) -> bytes:
        """Empty if there is none."""
        return self._changed[name] if name in self._changed else zipped.member(self._archive, name)

    def tree(self, name: str) -> Any:
        """The root of an XML member, None if there is none. Raises UnreadableArticle if it is no XML, too large, or
        declares entities."""
        data = self.member(name) if name in self.names else b""
        return parsed(data, name) if data else None

    def put(self, name: str, root: Any) -> None:
        from lxml import etree

        standalone = root.getroottree().docinfo.standalone or None
        self._changed[name] = etree.tostring(
            root.getroottree(), xml_declaration=True, encoding="UTF-8", standalone=standalone
        )

    def bytes(self) -> bytes:
        """The archive, its members in the order, with the dates and as packed as they were."""
        made = io.BytesIO()
        with zipfile.ZipFile(made, "w") as archive:
            for info in self._archive.infolist():
                data = self.member(info.filename)
                copied = zipfile.ZipInfo(info.filename, info.date_time)
                copied.compress_type = zipfile.ZIP_DEFLATED if info.compress_type else zipfile.ZIP_STORED
                copied.external_attr = info.external_attr
                archive.writestr(copied, data)
        return made.getvalue()


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name.split("/")[0]


def parsed(data: bytes, name: str) -> Any:
    """The root of XML. Raises UnreadableArticle as `Package.tree`."""
    from lxml import etree

    if len(data) > MOST:
        raise UnreadableArticle(f"{name} in it has more than {MOST / 1e6:g} MB", "save the text itself as .txt")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.LxmlError, ValueError) as error:
        raise UnreadableArticle(f"{name} in it is not sound XML ({error})", "open it and save it again") from error
    declared = root.getroottree().docinfo.internalDTD
    if declared is not None and any(True for _ in declared.iterentities()):
        raise UnreadableArticle(f"{name} in it declares entities", "open it and save it again")
    return root
