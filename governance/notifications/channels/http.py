"""One POST: the address is looked up once, checked, and connected to; no redirect, no proxy, one deadline."""

import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from urllib.parse import urlsplit

from governance.notifications.channels.address import resolve

CONNECT_S, READ_S, DEADLINE_S = 5.0, 10.0, 15.0
BODY_LIMIT = 2_000  # bytes of an answer that are read


class TooSlow(OSError):
    """The whole exchange took longer than DEADLINE_S, however busily the other side sent."""


@dataclass(frozen=True)
class Reply:
    status: int
    body: str
    retry_after: str | None


def post(url: str, body: bytes, headers: Mapping[str, str], *, may_be_private: bool) -> Reply:
    """Raises OSError (no answer, a bad certificate, a private address) or ValueError (no such address)."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("not an http(s) address")
    port = parts.port or (443 if parts.scheme == "https" else 80)
    found = resolve(parts.hostname, port, may_be_private=may_be_private)
    with _connected(found, parts.hostname if parts.scheme == "https" else "") as sock:
        connection = HTTPConnection(parts.hostname, port)
        connection.sock = sock
        path = f"{parts.path or '/'}?{parts.query}" if parts.query else parts.path or "/"
        try:
            connection.request("POST", path, body, dict(headers))
            response = connection.getresponse()
            text = response.read(BODY_LIMIT).decode("utf-8", "replace")
        except HTTPException as error:
            raise OSError(f"{type(error).__name__}: {error}") from error
        return Reply(response.status, text, response.getheader("Retry-After"))


@contextmanager
def _connected(found: list[tuple[object, ...]], tls_name: str) -> Iterator[socket.socket]:
    held: list[socket.socket] = []
    late = threading.Event()

    def end() -> None:
        late.set()
        with suppress(OSError):
            held[-1].shutdown(socket.SHUT_RDWR)

    sock = _connect(found)
    held.append(sock)
    timer = threading.Timer(DEADLINE_S, end)
    timer.daemon = True
    timer.start()
    try:
        sock.settimeout(READ_S)
        if tls_name:
            context = ssl.create_default_context()
            sock = context.wrap_socket(
                sock, server_hostname=tls_name, do_handshake_on_connect=False
            )
            held.append(sock)
            sock.do_handshake()
        yield sock
    except OSError:
        if not late.is_set():
            raise
    finally:
        timer.cancel()
        sock.close()
    if late.is_set():  # also where what had come by then looks like an answer
        raise TooSlow(f"no whole answer within {DEADLINE_S:g} s")


def _connect(found: list[tuple[object, ...]]) -> socket.socket:
    failed: OSError | None = None
    for family, kind, protocol, _name, address in found:
        sock = socket.socket(family, kind, protocol)  # type: ignore[arg-type]
        sock.settimeout(CONNECT_S)
        try:
            sock.connect(address)  # type: ignore[arg-type]
        except OSError as error:
            sock.close()
            failed = error
        else:
            return sock
    raise failed or OSError("no address")
