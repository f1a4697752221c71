"""A client that asks one address again and again and costs little itself: HTTP/1.1 over a kept socket."""

import gzip
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]  # names in lower case
    body: bytes

    @property
    def text(self) -> str:
        packed = self.headers.get("content-encoding") == "gzip"
        return (gzip.decompress(self.body) if packed else self.body).decode()


class Browser:
    """One kept connection, with the cookies of one session."""

    def __init__(self, port: int, cookies: dict[str, str] | None = None) -> None:
        self.port, self.cookies = port, dict(cookies or {})
        self._socket: socket.socket | None = None

    def get(self, path: str, **headers: str) -> Answer:
        return self.send(self.request("GET", path, headers))

    def post(self, path: str, form: Sequence[tuple[str, str]], **headers: str) -> Answer:
        body = urlencode(form).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.send(self.request("POST", path, kind | headers, body))

    def request(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None = None
    ) -> bytes:
        """The bytes of a request, to be sent as often as one likes. `_` in a header's name reads `-`."""
        lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        if self.cookies:
            pairs = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            lines.append(f"Cookie: {pairs}")
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        return "\r\n".join([*lines, "", ""]).encode() + (body or b"")

    def send(self, request: bytes) -> Answer:
        """Raises OSError when the server is gone; a connection that it closed meanwhile is opened anew."""
        for attempt in (1, 2):
            try:
                connection = self.connect()
                connection.sendall(request)
                answer = self._read(connection)
            except OSError:
                self.close()
                if attempt == 2:
                    raise
            else:
                for line in answer.headers.get("set-cookie", "").split("\n"):
                    name, _, rest = line.partition("=")
                    if rest:
                        self.cookies[name] = rest.partition(";")[0]
                if answer.headers.get("connection", "").lower() == "close":
                    self.close()
                return answer
        raise AssertionError("unreachable")

    def connect(self) -> socket.socket:
        """Open the connection, unless it is open."""
        if self._socket is None:
            self._socket = socket.create_connection(("127.0.0.1", self.port), timeout=300)
            self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._socket

    def close(self) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def __del__(self) -> None:
        self.close()  # a bench has many clients, and none outlives its figure

    @staticmethod
    def _read(connection: socket.socket) -> Answer:
        data = bytearray()

        def more() -> None:
            block = connection.recv(262_144)
            if not block:
                raise ConnectionError("closed in the middle of an answer")
            data.extend(block)

        while (end := data.find(b"\r\n\r\n")) < 0:
            more()
        first, *lines = bytes(data[:end]).decode("latin-1").split("\r\n")
        headers: dict[str, str] = {}
        for line in lines:
            name, _, value = line.partition(":")
            name = name.lower()
            headers[name] = (
                f"{headers[name]}\n{value.strip()}" if name in headers else value.strip()
            )
        status, start = int(first.split()[1]), end + 4
        if headers.get("transfer-encoding") == "chunked":
            body = bytearray()
            while True:
                while (line_end := data.find(b"\r\n", start)) < 0:
                    more()
                size = int(bytes(data[start:line_end]), 16)
                while len(data) < line_end + 4 + size:
                    more()
                body += data[line_end + 2 : line_end + 2 + size]
                start = line_end + 4 + size
                if size == 0:
                    return Answer(status, headers, bytes(body))
        length = 0 if status in (204, 304) else int(headers.get("content-length", "0"))
        while len(data) < start + length:
            more()
        return Answer(status, headers, bytes(data[start : start + length]))
