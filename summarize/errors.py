"""The error tree. Every error says what is wrong and, in `hint`, what to type next; `code` is the exit status it earns.

    SummarizeError                     1   something failed or fell short
    ├── UsageError                     2   the command line, a setting or a prompt is not usable
    │   ├── ConfigError
    │   ├── GlossaryError
    │   └── PromptError
    ├── ArticleError                   1   one input cannot be read; the others go on
    │   ├── UnreadableArticle              no permission, vanished, broken encoding
    │   ├── EmptyArticle                   no letters in it
    │   ├── UnsupportedFormat              binary, or a kind of file that no reader serves
    │   └── DuplicateArticle               two inputs claim one id
    ├── ModelError                     3   a model is not available
    │   ├── ModelNotFound                  no such name, folder or hub id in the local cache
    │   ├── ModelUnsupported               found, but not a family or format that is served
    │   ├── ModelCorrupt                   files missing, hashes differ, weights do not fit
    │   ├── CanaryFailed                   what it makes of known sentences is not what it should be
    │   ├── ModelTooLarge                  it does not fit into memory
    │   ├── NoModelForLanguage             the routing table has no model for the article's language
    │   ├── ClusterError                   the workers of a cluster cannot be had, or are not what this machine is
    │   ├── ServerSilent                   nobody answers at the address of a model server
    │   ├── ServerRefused                  a model server answers, and not with what it was asked for
    │   └── DownloadError                  pull failed, or --offline forbids it
    ├── OutOfMemory                    1   memory ran out over one text alone (batches are halved first)
    ├── TextTooLong                    1   a backend was given more tokens than the model reads (callers split)
    ├── StoreError                     1   the cache cannot be opened, read or written
    └── InternalError                 70   a bug of ours over one text or article; the others go on

Errors of libraries are mapped into this tree once, at the seam where the library is called.
"""

from __future__ import annotations


class SummarizeError(Exception):
    """Root of all expected errors; anything else that escapes is a bug (exit status 70)."""

    code = 1

    def __init__(self, message: str, hint: str = ""):
        super().__init__(message)
        self.message = message
        self.hint = hint


def revived(name: str, message: str, hint: str = "") -> SummarizeError:
    """The error that a Failure remembers by class name, fit to be raised again."""
    kind = globals().get(name)
    if not (isinstance(kind, type) and issubclass(kind, SummarizeError)) or kind is TextTooLong:
        kind = SummarizeError
    return kind(message, hint)


class UsageError(SummarizeError):
    code = 2


class ConfigError(UsageError):
    pass


class GlossaryError(UsageError):
    pass


class PromptError(UsageError):
    pass


class ArticleError(SummarizeError):
    pass


class UnreadableArticle(ArticleError):
    pass


class EmptyArticle(ArticleError):
    pass


class UnsupportedFormat(ArticleError):
    pass


class DuplicateArticle(ArticleError):
    pass


class ModelError(SummarizeError):
    code = 3


class ModelNotFound(ModelError):
    pass


class ModelUnsupported(ModelError):
    pass


class ModelCorrupt(ModelError):
    pass


class CanaryFailed(ModelError):
    pass


class ModelTooLarge(ModelError):
    pass


class NoModelForLanguage(ModelError):
    pass


class ClusterError(ModelError):
    pass


class ServerSilent(ModelError):
    pass


class ServerRefused(ModelError):
    """`status` is that of HTTP, `said` the server's own words."""

    def __init__(self, message: str, hint: str = "", status: int = 0, said: str = ""):
        super().__init__(message, hint)
        self.status = status
        self.said = said


class DownloadError(ModelError):
    pass


class OutOfMemory(SummarizeError):
    pass


class TextTooLong(SummarizeError):
    """Raised by a backend instead of truncating; `tokens` and `limit` are counts of model tokens."""

    def __init__(self, tokens: int, limit: int):
        super().__init__(f"the text has {tokens} tokens and the model reads {limit}")
        self.tokens = tokens
        self.limit = limit


class StoreError(SummarizeError):
    pass


BUG = "a bug: "  # how the message begins that an unexpected exception leaves in an account


class InternalError(SummarizeError):
    """Stands for an unexpected exception, `error`."""

    code = 70

    def __init__(self, error: object, hint: str = ""):
        super().__init__(f"{BUG}{error!r}", hint)
