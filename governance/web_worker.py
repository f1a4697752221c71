"""gunicorn's threaded worker, except that a request takes a thread only once all of it has arrived.

Heads and bodies are gathered in the worker's one loop, which waits for nobody: a client that sends half a
request holds a socket and a few bytes, and is sent away when its time is over. Few whole requests wait
for a thread; more are told at once to come back later. Knows nothing of Django. It speaks plain HTTP;
whoever wants TLS puts a proxy in front.
"""

import errno
import re
import selectors
import time
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from socket import MSG_PEEK, socket
from typing import Any

from gunicorn import http
from gunicorn.workers.gthread import TConn, ThreadWorker

from governance import stopping

REQUEST_SECONDS = 20.0  # from the first moment a client may speak to the last byte of its request
ANSWER_SECONDS = 20.0  # for a client to take one piece of an answer (64 KB and less of a page)
REQUEST_BYTES = 256 * 1024  # head and body; the largest form, 200 ticked alerts, has 15 KB
WAITING = 200  # unfinished requests a worker holds; one more, and the oldest goes
QUEUED = 8  # whole requests that wait, for each thread; they have their turn within a few seconds
LAST_WORDS_SECONDS = 2.0  # for who was accepted before we stopped listening to finish what they say
COME_BACK_SECONDS = 5  # said to whoever comes when so many wait
# And this page, which nginx has, too.
UNAVAILABLE = (Path(__file__).parents[1] / "static" / "unavailable.html").read_bytes()
# It has a thread and a queue of its own: however many others wait, whoever asks is told that we live.
LIVENESS = b"GET /health/live "

_LENGTHS = re.compile(rb"\r\ncontent-length[ \t]*:([^\r\n]*)", re.IGNORECASE)
_LENGTH = re.compile(rb"[ \t]*(0|[1-9][0-9]{0,17})[ \t]*")
_CHUNKED = re.compile(rb"\r\ntransfer-encoding[ \t]*:", re.IGNORECASE)
# Of HTTP/1.1: a client of 1.0 would take "100 Continue" for the answer.
_EXPECTS = re.compile(
    rb"\A[^\r\n]* HTTP/1\.1\r\n(?:.*\r\n)?expect:[ \t]*100-continue[ \t]*\r\n",
    re.IGNORECASE | re.DOTALL,
)


class Refused(Exception):
    """This request is not gathered to its end; `status` is the whole answer."""

    def __init__(self, status: HTTPStatus) -> None:
        self.status = status
        super().__init__(status.phrase)


class Request:
    """The bytes of one request so far."""

    def __init__(self) -> None:
        self.deadline = time.monotonic() + REQUEST_SECONDS
        self.received = bytearray()
        self.length: int | None = None  # of head and body; known when the head has arrived
        self.expects_continue = False

    @property
    def is_whole(self) -> bool:
        return self.length is not None and len(self.received) >= self.length

    def add(self, block: bytes) -> None:
        """Take in what arrived. Raises Refused."""
        searched = max(len(self.received) - 3, 0)
        self.received += block
        if self.length is None:
            end = self.received.find(b"\r\n\r\n", searched)
            if end >= 0:
                self._read_head(bytes(self.received[: end + 4]))
        if max(self.length or 0, len(self.received)) > REQUEST_BYTES:
            raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)

    def _read_head(self, head: bytes) -> None:
        # No browser sends a form in chunks; whatever else is odd in a head, gunicorn's parser refuses.
        if _CHUNKED.search(head):
            raise Refused(HTTPStatus.LENGTH_REQUIRED)
        # gunicorn reads the length from the same head: only what both read alike is handed over.
        lengths = [_LENGTH.fullmatch(said) for said in _LENGTHS.findall(head)]
        if len(lengths) > 1 or None in lengths:
            raise Refused(HTTPStatus.BAD_REQUEST)
        self.length = len(head) + sum(int(length[1]) for length in lengths if length)
        self.expects_continue = bool(_EXPECTS.search(head))


class OneSend:
    """A socket that keeps the head of an answer back until the first of its body, so that both leave at once.

    A process that is killed between the two would leave a proxy with a head, and somebody with an empty page.
    """

    def __init__(self, sock: socket) -> None:
        self._sock = sock
        self._head: bytes | None = b""  # None once it has left

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)

    def sendall(self, data: bytes) -> None:
        if self._head is None:
            self._sock.sendall(data)
        elif not self._head:
            self._head = data
        else:
            head, self._head = self._head, None
            self._sock.sendall(head + data)

    def sendfile(self, *args: Any, **kwargs: Any) -> int:
        self.flush()
        return self._sock.sendfile(*args, **kwargs)

    def flush(self) -> None:
        """Send the head of an answer without a body."""
        head, self._head = self._head, None
        if head:
            self._sock.sendall(head)


class Worker(ThreadWorker):  # type: ignore[misc]  # the library ships no types
    """Overrides where a connection comes, speaks, has its turn and is forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._unfinished: OrderedDict[TConn, Request] = OrderedDict()  # oldest first
        self._queued: set[TConn] = set()  # whole, and waiting for a thread
        self._asks_liveness: set[TConn] = set()  # the same, for the thread of liveness
        self._last: set[TConn] = set()  # sent bytes after their request, which nobody reads
        self._liveness = ThreadPoolExecutor(1)
        # On the monotonic clock, once somebody asked us to stop, and once we listen to nobody new.
        self._asked_at = self._closed_at = 0.0
        self._announced_seconds = stopping.announced_seconds()
        self._before: list[Any] | None = None  # what had a thread, or waited for one, when asked

    def accept(self, server: Any, listener: socket) -> None:
        """Take one new client, who has REQUEST_SECONDS from now, also to say nothing."""
        try:
            client, address = listener.accept()
        except OSError as error:  # gone already, or taken by another worker
            if error.errno in (errno.EMFILE, errno.ENFILE):
                self._forget_oldest()
            return
        client.setblocking(False)
        conn = TConn(self.cfg, client, address, server)
        self.nr_conns += 1
        self._listen_to(conn)
        with self._lock:
            self.poller.register(
                client, selectors.EVENT_READ, partial(self.on_client_socket_readable, conn)
            )

    def _listen_to(self, conn: TConn) -> Request:
        request = self._unfinished[conn] = Request()
        while len(self._unfinished) > WAITING:
            self._forget_oldest()
        return request

    def on_client_socket_readable(self, conn: TConn, client: socket) -> None:
        """Gather; called in the loop alone, for a new client and for one that was kept alive."""
        if client.fileno() < 0:  # forgotten since the loop saw it
            return
        if conn.initialized:  # it has had an answer and speaks again
            with self._lock:
                if conn in self._keep:
                    self._keep.remove(conn)
        request = self._unfinished.get(conn) or self._listen_to(conn)
        try:
            block = client.recv(64 * 1024)
            if not block:
                self._forget(conn)
                return
            request.add(block)
            if request.expects_continue and not request.is_whole:
                request.expects_continue = False
                client.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        except BlockingIOError:
            return
        except Refused as refused:
            self._forget(conn, refused.status)
        except OSError:
            self._forget(conn)
        else:
            if request.is_whole:
                self._hand_over(conn, request)

    def _hand_over(self, conn: TConn, request: Request) -> None:
        """Give a thread the whole request: it reads from memory and never from the client."""
        pool, queue = self.tpool, self._queued
        if request.received.startswith(LIVENESS):
            pool, queue = self._liveness, self._asks_liveness
        if len(queue) >= QUEUED * self.cfg.threads:
            self._forget(conn, HTTPStatus.SERVICE_UNAVAILABLE)
            return
        del self._unfinished[conn]
        with self._lock:
            self.poller.unregister(conn.sock)
        if len(request.received) > (request.length or 0):
            self._last.add(conn)
        conn.parser = http.RequestParser(
            self.cfg, [bytes(request.received[: request.length])], conn.client
        )
        conn.initialized = True
        queue.add(conn)
        self._wrap_future(pool.submit(self.handle, conn), conn)

    def handle(self, conn: TConn) -> Any:
        """Called in a thread: its turn has come, unless the client went away in the meantime."""
        self._queued.discard(conn)
        self._asks_liveness.discard(conn)
        try:
            if conn.sock.recv(1, MSG_PEEK) == b"":
                self._last.discard(conn)
                return (False, conn)
        except BlockingIOError:
            pass  # it waits for its answer
        conn.sock.settimeout(ANSWER_SECONDS)
        return super().handle(conn)

    def handle_request(self, req: Any, conn: TConn) -> Any:
        """Say `Connection: close` to who sent a second request before the first was answered.

        Whoever expected to be told to go on was told, and has sent all: gunicorn would say it once more.
        """
        req.headers = [(name, value) for name, value in req.headers if name != "EXPECT"]
        if conn in self._last or self._asked_at:
            self._last.discard(conn)
            req.force_close()
        plain, conn.sock = conn.sock, OneSend(conn.sock)
        try:
            goes_on = super().handle_request(req, conn)
            conn.sock.flush()
        finally:
            conn.sock = plain
        return goes_on

    def murder_keepalived(self) -> None:
        """Called in each round of the loop, once a second and oftener: whose time is over goes."""
        super().murder_keepalived()
        now = time.monotonic()
        while self._unfinished and next(iter(self._unfinished.values())).deadline < now:
            self._forget_oldest()
        if self._asked_at:
            self._drain(now)

    def handle_exit(self, sig: int, frame: Any) -> None:
        """Asked to stop: from now on /health/ready says so, and each answer is its connection's last."""
        self._asked_at = self._asked_at or time.monotonic()
        stopping.begin()

    def _drain(self, now: float) -> None:
        """Called in each round of the loop until it ends; requests that have a thread end after it.

        First everybody is served as before, until whoever sends people here had the time to see that we
        stop, and while a request from before goes on: a probe that finds nobody could not tell why.
        """
        if self._before is None:
            self._before = [one for one in self.futures if not one.done()]
            self._forget_idle()
        announced = now >= self._asked_at + self._announced_seconds
        limit = self._asked_at + self.cfg.graceful_timeout - LAST_WORDS_SECONDS
        ended = now >= limit or all(one.done() for one in self._before)
        if not self._closed_at and announced and ended:
            self._closed_at = now
            with self._lock:
                for listener in self.sockets:
                    self.poller.unregister(listener)
        if self._closed_at:
            self._forget_idle()
            if not self._unfinished or now > self._closed_at + LAST_WORDS_SECONDS:
                self.alive = False

    def _forget_idle(self) -> None:
        with self._lock:
            idle = list(self._keep)
            self._keep.clear()
        for conn in idle:
            self._forget(conn)

    def _forget_oldest(self) -> None:
        if self._unfinished:
            conn, request = next(iter(self._unfinished.items()))
            # Who said nothing yet (a browser opens connections to spare) is not told anything either.
            self._forget(conn, HTTPStatus.REQUEST_TIMEOUT if request.received else None)

    def _forget(self, conn: TConn, status: HTTPStatus | None = None) -> None:
        self._unfinished.pop(conn, None)
        with self._lock, suppress(KeyError, ValueError, OSError):
            self.poller.unregister(conn.sock)
        if status:
            page = UNAVAILABLE if status == HTTPStatus.SERVICE_UNAVAILABLE else b""
            head = f"HTTP/1.1 {status} {status.phrase}\r\nConnection: close\r\n"
            head += f"Content-Length: {len(page)}\r\n"
            if page:
                head += f"Retry-After: {COME_BACK_SECONDS}\r\nContent-Type: text/html\r\n"
            with suppress(OSError):
                conn.sock.send(head.encode("ascii") + b"\r\n" + page)
        self.nr_conns -= 1
        conn.close()
