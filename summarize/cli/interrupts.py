"""Ctrl-C while a library is at work that hears nothing of it: said at once, and a second one ends the program."""

from __future__ import annotations

import contextlib
import os
import signal
import threading
from collections.abc import Callable, Iterator

INTERRUPTED = 130  # the exit status
SOON = 0.5  # seconds in which an interrupt that is obeyed needs no word
SHOW_CURSOR = b"\n\x1b[?25h"  # a bar had hidden it
HEARD = "stopping after the sentences at work; once more stops now, without them"


@contextlib.contextmanager
def heard(say: Callable[[str], None]) -> Iterator[None]:
    """Within it an interrupt that is not obeyed soon is answered with a word, from a thread of its own. What is lost by
    a second one is what a kill loses: nothing that was finished."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    ours, theirs = os.pipe()
    os.set_blocking(theirs, False)
    before = signal.set_wakeup_fd(theirs, warn_on_full_buffer=False)
    obeyed = threading.Event()
    listener = threading.Thread(target=_listen, args=(ours, obeyed, say), daemon=True)
    listener.start()
    try:
        yield
    finally:
        obeyed.set()
        signal.set_wakeup_fd(before)
        os.close(theirs)
        listener.join()
        os.close(ours)


def _listen(signals: int, obeyed: threading.Event, say: Callable[[str], None]) -> None:
    first = True
    while number := os.read(signals, 1):
        if number[0] not in (signal.SIGINT, signal.SIGTERM):
            continue
        if not first and not obeyed.is_set():
            if os.isatty(2):
                os.write(2, SHOW_CURSOR)
            os._exit(INTERRUPTED)
        if not obeyed.wait(SOON):
            say(HEARD)
        first = False
