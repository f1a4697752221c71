"""What may stand between the console and a server, on the loopback address: a relay that can freeze, and a
pooler of one session."""

import contextlib
import socket
import struct
import threading
from pathlib import Path
from typing import Any

import psycopg

from governance.core.database.postmaster import PORT, socket_folder


class Relay:
    """Passes bytes between clients and the server of `folder`; `freeze()` keeps all open and passes none.

    `freezes_at`: a connection whose client says this is frozen from then on, alone.
    """

    def __init__(self, folder: Path, *, freezes_at: bytes = b"") -> None:
        self._freezes_at = freezes_at
        self._server = str(socket_folder(folder) / f".s.PGSQL.{PORT}")
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._flows = threading.Event()
        self._flows.set()
        self._sockets: list[socket.socket] = []
        self._gone = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def dsn(self, database: str, role: str) -> str:
        host, port = self._listener.getsockname()
        return f"postgresql://{role}@{host}:{port}/{database}?sslmode=disable&gssencmode=disable"

    def freeze(self) -> None:
        self._flows.clear()

    def thaw(self) -> None:
        self._flows.set()

    def close(self) -> None:
        self.thaw()
        self._gone.set()
        for one in [self._listener, *self._sockets]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):  # the listener was closed
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._sockets += [client, server]
                for pair in ((client, server), (server, client)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._freezes_at and self._freezes_at in data:
                    self._gone.wait()
                self._flows.wait()
                target.sendall(data)
        with contextlib.suppress(OSError):  # frozen, the other side learns nothing of the end
            self._flows.wait()
            target.shutdown(socket.SHUT_RDWR)


class SharedSession:
    """A pooler of one session, which clients use one after the other and nobody resets in between.

    The harshest there is: it keeps nothing of a client's start-up packet, and forgets nothing of what a
    client sets in the session.
    """

    def __init__(self, dsn: str) -> None:
        self._session = psycopg.connect(dsn, autocommit=True)
        # Whose turn it is: while a client's end is still being passed on, its thread would read our answers.
        self._turn = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    def dsn(self) -> str:
        host, port = self._listener.getsockname()
        return f"postgresql://anybody@{host}:{port}/any?sslmode=disable&gssencmode=disable"

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._session.close()

    def settings(self) -> dict[str, Any]:
        """Everything that the server's session has set."""
        with self._turn:
            return dict(self._session.execute("SELECT name, setting FROM pg_settings").fetchall())

    def execute(self, statement: str) -> None:
        """As the business application: in the same session."""
        with self._turn:
            self._session.execute(statement)

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                with client, self._turn:
                    self._one(client)

    def _one(self, client: socket.socket) -> None:
        (length,) = struct.unpack("!i", _exactly(client, 4))
        _exactly(client, length - 4)  # the start-up packet
        client.sendall(_message(b"R", struct.pack("!i", 0)))  # whoever comes is welcome
        for name in (b"server_version", b"client_encoding", b"standard_conforming_strings"):
            value = self._session.pgconn.parameter_status(name) or b""
            client.sendall(_message(b"S", name + b"\0" + value + b"\0"))
        client.sendall(_message(b"K", struct.pack("!ii", self._session.info.backend_pid, 0)))
        client.sendall(_message(b"Z", b"I"))
        server = socket.socket(fileno=self._session.fileno())
        answers = threading.Thread(target=_answers, args=(server, client), daemon=True)
        answers.start()
        try:
            while (kind := _exactly(client, 1)) != b"X":
                size = _exactly(client, 4)
                body = _exactly(client, struct.unpack("!i", size)[0] - 4)
                _send(server, kind + size + body)
        finally:
            client.close()
            answers.join(5)
            server.detach()


def _answers(server: socket.socket, client: socket.socket) -> None:
    """What the server says to this client, until the client has gone."""
    with contextlib.suppress(OSError, ValueError):
        while client.fileno() >= 0:
            with contextlib.suppress(BlockingIOError):
                client.sendall(server.recv(65536))
                continue
            threading.Event().wait(0.002)


def _send(server: socket.socket, data: bytes) -> None:
    while data:
        with contextlib.suppress(BlockingIOError):
            data = data[server.send(data) :]


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        more = client.recv(count - len(data))
        if not more:
            raise ConnectionResetError
        data += more
    return data


def _message(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body
