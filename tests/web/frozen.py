"""A TCP proxy before the run's PostgreSQL that can stop answering without closing anything."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path


class Proxy:
    """Forwards bytes while `thawed` is set; new connections are taken by the kernel all the same."""

    def __init__(self, server: Path) -> None:
        self._server = str(server)
        self.thawed = threading.Event()
        self.thawed.set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self.thawed.wait()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._open += [client, server]
                for one, other in ((client, server), (server, client)):
                    threading.Thread(target=self._forward, args=(one, other), daemon=True).start()

    def _forward(self, one: socket.socket, other: socket.socket) -> None:
        with suppress(OSError):
            while block := one.recv(65536):
                self.thawed.wait()
                other.sendall(block)
        with suppress(OSError):
            other.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self.thawed.set()
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


@contextmanager
def proxied(server: Path) -> Iterator[Proxy]:
    """`server`: PostgreSQL's Unix socket."""
    proxy = Proxy(server)
    try:
        yield proxy
    finally:
        proxy.close()
