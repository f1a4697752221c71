"""A provider that misbehaves on demand, on loopback: one that speaks HTTP and one that speaks SMTP.

`modes` are used up one per message, then `mode` holds: `ok`, a status such as `429`, `cut` (takes the message
and hangs up without a word), `refuse` (hangs up at once), `hang` (says nothing until the end of the test),
`drip` (a byte now and then), `redirect ADDRESS`. What was taken is in `taken`, whatever was answered.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from asyncio import Transport
from collections import Counter, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP


@dataclass
class Taken:
    key: str  # the idempotency key
    headers: dict[str, str]
    body: bytes


@dataclass
class Provider:
    mode: str = "ok"
    modes: deque[str] = field(default_factory=deque)
    retry_after: str = ""
    honours_keys: bool = False
    taken: list[Taken] = field(default_factory=list)
    # Called before a message is answered: the worker may be killed here.
    on_taken: Callable[[], None] = lambda: None
    says: str = "busy"
    over: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def next_mode(self) -> str:
        with self._lock:
            return self.modes.popleft() if self.modes else self.mode

    def take(self, one: Taken) -> bool:
        """False when the key was seen, and keys are honoured."""
        with self._lock:
            is_new = not (self.honours_keys and one.key in {known.key for known in self.taken})
            if is_new:
                self.taken.append(one)
        return is_new

    @property
    def counts(self) -> Counter[str]:
        return Counter(one.key for one in self.taken)


class HttpProvider(Provider):
    """`with HttpProvider() as provider:`; its address is `provider.url`."""

    url: str

    def __enter__(self) -> HttpProvider:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                provider._answer(self)

            def log_message(self, *_args: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.server.block_on_close = False
        self.wrap(self.server)
        threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"{self.scheme}://127.0.0.1:{self.server.server_address[1]}/hook"
        return self

    scheme = "http"

    def wrap(self, server: ThreadingHTTPServer) -> None:
        """For TLS."""

    def __exit__(self, *_how: object) -> None:
        self.over.set()
        self.server.shutdown()
        self.server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        request.close_connection = True
        mode = self.next_mode()
        if mode == "refuse":
            return
        body = request.rfile.read(int(request.headers.get("Content-Length") or 0))
        headers = {name.lower(): value for name, value in request.headers.items()}
        key = headers.get("webhook-id") or headers.get("idempotency-key", "")
        if mode == "hang":
            self.over.wait(60)
            return
        status = int(mode) if mode.isdigit() else 302 if mode.startswith("redirect") else 200
        if status == 200 and not self.take(Taken(key, headers, body)):
            status = 409
        self.on_taken()
        if mode == "cut":
            return
        said = b"ok" if status == 200 else self.says.encode()
        if mode == "drip":
            request.wfile.write(b"HTTP/1.1 200 OK\r\n")
            with suppress(OSError):
                while not self.over.wait(0.05):
                    request.wfile.write(b"X-Slow: 1\r\n")
            return
        request.send_response(status)
        request.send_header("Content-Length", str(len(said)))
        if self.retry_after and status != 200:
            request.send_header("Retry-After", self.retry_after)
        if mode.startswith("redirect"):
            request.send_header("Location", mode.partition(" ")[2])
        with suppress(OSError):  # the worker is gone
            request.end_headers()
            request.wfile.write(said)


class SmtpProvider(Provider):
    """`with SmtpProvider() as provider:`; it listens on 127.0.0.1 at `provider.port`."""

    port: int

    def __enter__(self) -> SmtpProvider:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def __exit__(self, *_how: object) -> None:
        self.over.set()
        self.controller.stop(no_assert=True)

    @property
    def mails(self) -> list[Message]:
        return [message_from_bytes(one.body) for one in self.taken]


class _Handler:
    def __init__(self, provider: SmtpProvider) -> None:
        self.provider = provider

    async def handle_RCPT(
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address.startswith("inconnu"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:
        mode = self.provider.next_mode()
        if mode.isdigit():
            return f"{mode} {self.provider.says}"
        if mode == "hang":
            while not self.provider.over.is_set():
                await asyncio.sleep(0.02)
            return "421 over"
        if mode != "refuse":
            key = str(message_from_bytes(envelope.content)["Message-ID"])
            self.provider.take(Taken(key, {}, envelope.content))
        if mode in ("cut", "refuse"):
            cast(Transport, server.transport).abort()
        return "250 OK"
