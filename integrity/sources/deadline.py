"""Ends the work on a connection after so many seconds, whatever the server does; knows nothing of sources.

The server's own statement_timeout is no such limit: a function may trap the cancellation, and a server
that is frozen, or a network that swallows packets, never answers at all.
"""

import os
import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

import psycopg

# For the server to obey a cancellation; then the socket is shut down (seconds).
CANCEL_S = 0.5


class Deadline:
    """`with Deadline(connection, seconds=8) as deadline:`; whoever waits for the server then gets an error.

    `passed` tells that error from others. The connection is of no use afterwards.
    """

    def __init__(self, connection: psycopg.Connection[Any], *, seconds: float) -> None:
        self.seconds = seconds
        self.passed = False
        self._connection = connection
        # A descriptor of our own: the connection may close its own at any moment, and the number may then
        # belong to somebody else.
        self._socket = socket.socket(fileno=os.dup(connection.fileno()))
        self._lock = threading.Lock()  # between shutting down and closing
        self._over = threading.Event()
        self._timer = threading.Timer(seconds, self._pass)
        self._timer.daemon = True

    def __enter__(self) -> Self:
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._over.set()
        self._timer.cancel()
        with self._lock:
            self._socket.close()

    def _pass(self) -> None:
        self.passed = True
        with suppress(psycopg.Error):
            self._connection.cancel_safe(timeout=CANCEL_S)
        if self._over.wait(CANCEL_S):
            return
        with self._lock, suppress(OSError):  # closed meanwhile
            self._socket.shutdown(socket.SHUT_RDWR)
