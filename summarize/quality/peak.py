"""The most main memory that this process held at once."""

from __future__ import annotations

import contextlib
import re
import sys
from pathlib import Path

STATUS, CLEAR = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def forget_peak() -> None:
    """From now on `peak` tells of what comes. Only Linux can; elsewhere the peak is that of the whole process."""
    with contextlib.suppress(OSError):
        CLEAR.write_text("5")


def peak() -> int:
    """Bytes; what a GPU holds is not among them."""
    with contextlib.suppress(OSError):
        if found := re.search(r"^VmHWM:\s+(\d+) kB", STATUS.read_text(), re.MULTILINE):
            return int(found[1]) * 1024
    import resource

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024
