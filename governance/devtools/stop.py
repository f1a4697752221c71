"""Hears that the program is to stop, and says so at a moment that suits; knows nothing of what stops."""

import os
import select
import signal
from collections.abc import Iterator
from contextlib import contextmanager, suppress

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop(BaseException):
    """Somebody asked us to stop. Not an Exception: no error handling on the way may swallow it."""


class StopSignals:
    """Notes the stop signals of this process; raises Stop once, in `wait` or inside `interrupting`.

    Not wherever the program happens to be: an exception between two steps of `Popen.wait` leaves its
    lock held, and the next wait for that process, the one that cleans up, would never end.
    """

    def __init__(self) -> None:
        self.asked = False
        self._raises = False
        self._reader, self._writer = os.pipe()
        os.set_blocking(self._writer, False)
        for number in SIGNALS:
            signal.signal(number, self._hear)

    def _hear(self, number: int, frame: object) -> None:
        self.asked = True
        with suppress(BlockingIOError):
            os.write(self._writer, b"!")  # wakes `wait`
        if self._raises:
            self._raises = False  # a second Ctrl-C does not cut short what the first set going
            raise Stop

    def wait(self, seconds: float) -> None:
        """Sleep, at most until somebody asks; raises Stop then."""
        if not self.asked:
            select.select([self._reader], [], [], seconds)
        if self.asked:
            raise Stop

    @contextmanager
    def interrupting(self) -> Iterator[None]:
        """Let a signal interrupt what runs inside, which must start no process."""
        self._raises = True
        try:
            if self.asked:
                raise Stop
            yield
        finally:
            self._raises = False
