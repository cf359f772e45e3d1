"""What Word, OpenDocument and EPUB have in common: a zip archive of XML, opened with bounds and never unpacked."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from ..errors import UnreadableArticle

UNPACKED = 200_000_000  # bytes of all members together: more is a bomb, or no text
MEMBERS = 10_000
DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_OLD = b"\xd0\xcf\x11\xe0"  # of the files of old Office, in which new ones are wrapped that have a password
_TEXTS = (".xhtml", ".html", ".htm", ".xml")


def opened(data: bytes) -> zipfile.ZipFile:
    """Raises UnreadableArticle for what is damaged or encrypted, or would unpack to more than UNPACKED."""
    if data.startswith(_OLD):
        raise UnreadableArticle("encrypted, or a file of an old Office", "save it anew, without a password")
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError, EOFError) as error:
        raise _damaged(error) from error
    members = archive.infolist()
    if len(members) > MEMBERS or sum(m.file_size for m in members) > UNPACKED:
        raise UnreadableArticle(f"it unpacks to more than {UNPACKED / 1e6:g} MB", "save the text itself as .txt")
    if _locked(archive):
        raise UnreadableArticle("encrypted", "save it without a password")
    return archive


def _locked(archive: zipfile.ZipFile) -> bool:
    """Whether a manifest says that text in it is encrypted; that of a book has an entry for each font, too."""
    ciphers = elements(xml(archive, "META-INF/encryption.xml"), "CipherReference")
    texts = any(reference.get("URI", "").lower().endswith(_TEXTS) for reference in ciphers)
    return texts or any(True for _ in elements(xml(archive, "META-INF/manifest.xml"), "encryption-data"))


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Empty if there is none. Raises UnreadableArticle for one that is damaged or encrypted."""
    try:
        return archive.read(name)
    except KeyError:
        return b""
    except RuntimeError as error:  # what zipfile raises for a password
        raise UnreadableArticle("encrypted", "save it without a password") from error
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError) as error:
        raise _damaged(error) from error


def xml(archive: zipfile.ZipFile, name: str) -> Any:
    """The root of an XML member, None if there is none or it is broken. Entities stay what they are."""
    from lxml import etree

    data = member(archive, name) if name else b""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True)
    try:
        return etree.fromstring(data, parser) if data else None
    except etree.LxmlError:
        return None


def elements(root: Any, name: str) -> Iterator[Any]:
    return iter(()) if root is None else root.iter(f"{{*}}{name}")


def metadata(root: Any) -> dict[str, str]:
    """Title, author and language, as Dublin Core names them. Its date is that of the file, as a rule."""
    names = {"title": "title", "creator": "author", "language": "language"}
    found: dict[str, str] = {}
    for element in root.iter() if root is not None else ():
        if isinstance(element.tag, str) and (name := names.get(element.tag.rpartition("}")[2])):
            found.setdefault(name, "".join(element.itertext()).strip())
    return found


def _damaged(error: Exception) -> UnreadableArticle:
    return UnreadableArticle(f"a damaged archive ({error})", "fetch it again, or open it and save it again")
