"""Clients that send half a request, or nothing, or too much, take no turn from those who ask properly."""

import select
import selectors
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, RLock
from typing import Any

import pytest
from gunicorn.config import Config
from gunicorn.glogging import Logger

from governance import web_worker
from tests.bench.serving import Served
from tests.web.slow import HALF_HEAD, request_seconds, slow_clients

FIRST = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
GET = FIRST[:-2] + b"Connection: close\r\n\r\n"


def answer_to(served: Served, *pieces: bytes, patience: float = 5.0) -> bytes:
    """What comes back for these pieces, sent one after the other, until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", served.port), timeout=patience) as client:
        for piece in pieces:
            client.sendall(piece)
            time.sleep(0.02)
        received = b""
        while block := client.recv(65536):
            received += block
    return received


def test_half_heads_and_slow_bodies_silence_nobody(served):
    with slow_clients(served.port, heads=40, bodies=20):
        assert max(request_seconds(served.port) for _ in range(3)) < 1
        # A page that asks the database needs a thread as well.
        assert request_seconds(served.port, "/accounts/login/") < 1


def test_more_of_them_than_a_worker_keeps(served):
    with slow_clients(served.port, heads=2 * web_worker.WAITING + 60, bodies=0) as clients:
        assert request_seconds(served.port) < 1
        told, _, _ = select.select(clients, [], [], 1)
        assert told
        assert all(client.recv(64).startswith(b"HTTP/1.1 408") for client in told)
        assert clients[-1] not in told


def test_a_request_in_pieces_is_answered(served):
    pieces = [GET[:9], GET[9:-3], GET[-3:]]
    assert answer_to(served, *pieces).startswith(b"HTTP/1.1 200")


def test_two_requests_on_one_connection(served):
    assert answer_to(served, FIRST, GET).count(b"HTTP/1.1 200") == 2


@pytest.mark.parametrize("path", ["/accounts/login/", "/nowhere", "/health", "/accounts/device/"])
def test_an_answer_to_head_ends_with_its_headers(served, path):
    """More would be the beginning of the next answer on a connection that a proxy keeps."""
    request = f"HEAD {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    head, body = answer_to(served, request.encode()).split(b"\r\n\r\n", 1)
    assert head.startswith(b"HTTP/1.1 ")
    assert body == b""


def test_a_body_in_pieces_reaches_the_form(served):
    head = (
        b"POST /governance/language HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: 11\r\n"
        b"Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    assert answer_to(served, head, b"langua", b"ge=fr").startswith(b"HTTP/1.1 403")  # no token


EXPECTS = GET[:-2] + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"


def test_who_expects_to_be_told_to_go_on_is_told_once(served):
    answer = answer_to(served, EXPECTS, b"ab")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 ")
    assert answer.count(b"100 Continue") == 1


@pytest.mark.parametrize(
    "pieces", [(EXPECTS + b"ab",), (EXPECTS.replace(b"HTTP/1.1", b"HTTP/1.0"), b"ab")]
)
def test_who_sent_all_or_speaks_http_1_0_is_not_told_to_go_on(served, pieces):
    answer = answer_to(served, *pieces)
    assert answer.startswith((b"HTTP/1.1 200 ", b"HTTP/1.0 200 "))
    assert b"100 Continue" not in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (GET[:-2] + b"Content-Length: 999999999\r\n\r\n", b"413"),
        (GET[:-2] + b"X: " + b"x" * web_worker.REQUEST_BYTES, b"413"),
        (GET[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", b"411"),
        (GET[:-2] + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (GET[:-2] + b"Content-Length: 1\r\nContent-Length: 1\r\n\r\na", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_refused(served, request_, status):
    assert answer_to(served, request_).startswith(b"HTTP/1.1 " + status)


@pytest.mark.parametrize(
    "length",
    [b"02", b"0" * 30 + b"59", b"%d" % 10**18, b"+59", b"5_9", b"59, 59", b"", b"0x3b", b"\xb2"],
)
def test_a_length_that_two_readers_may_read_differently_is_refused(served, length):
    head = FIRST[:-2] + b"Content-Length: " + length + b"\r\n\r\n"
    answer = answer_to(served, head, GET)
    assert answer.startswith(b"HTTP/1.1 400")
    assert answer.count(b"HTTP/1.1 ") == 1


def test_who_does_not_wait_for_the_answer_is_told_that_it_was_the_last(served):
    answer = answer_to(served, FIRST + GET)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert b"\r\nconnection: close\r\n" in answer.lower()


@contextmanager
def busy_worker() -> Iterator[tuple[web_worker.Worker, Callable[[bytes], socket.socket], Event]]:
    """A worker whose one thread is busy until the event, and a way to send it a request."""
    config = Config()
    config.set("threads", 1)
    worker = web_worker.Worker(0, 0, [], None, 30, config, Logger(config))
    worker.poller, worker._lock = selectors.DefaultSelector(), RLock()
    worker.tpool, free = ThreadPoolExecutor(1), Event()
    worker.tpool.submit(free.wait)
    listener = socket.create_server(("127.0.0.1", 0))

    clients = []

    def send(request: bytes) -> socket.socket:
        client = socket.create_connection(listener.getsockname(), timeout=5)
        clients.append(client)
        worker.accept(("127.0.0.1", 0), listener)
        client.sendall(request)
        for key, _ in worker.poller.select(1):
            key.data(key.fileobj)
        return client

    served: list[str] = []

    def application(environ: Any, start_response: Any) -> list[bytes]:
        served.append(environ["PATH_INFO"])
        start_response("200 OK", [("Content-Length", "0")])
        return [b""]

    worker.wsgi, worker.served = application, served
    try:
        with listener:
            yield worker, send, free
    finally:
        free.set()
        for client in clients:
            client.close()
        worker.tpool.shutdown()
        worker.poller.close()
        worker.tmp.close()


PAGE = GET.replace(b"/health/live", b"/page")


def test_few_wait_for_a_thread_and_more_are_sent_away():
    with busy_worker() as (_, send, free):
        waiting = [send(PAGE) for _ in range(web_worker.QUEUED)]
        more = send(PAGE)
        answer = more.recv(4096)
        assert answer.startswith(b"HTTP/1.1 503 ")
        assert b"\r\nRetry-After: 5\r\n" in answer
        assert more.recv(1) == b""
        free.set()
        assert all(client.recv(64).startswith(b"HTTP/1.1 200") for client in waiting)
        assert send(PAGE).recv(64).startswith(b"HTTP/1.1 200")


def test_no_thread_works_for_who_is_gone():
    with busy_worker() as (worker, send, free):
        for _ in range(3):
            send(PAGE).close()
        stays = send(PAGE.replace(b"/page", b"/mine"))
        free.set()
        assert stays.recv(64).startswith(b"HTTP/1.1 200")
        assert worker.served == ["/mine"]
        worker.tpool.shutdown()
        assert worker.nr_conns == 0


@pytest.mark.parametrize("waiting", [0, web_worker.QUEUED + 1])
def test_a_busy_worker_says_that_it_lives(waiting):
    """Also when nobody else is let in any more: who asks this ends a worker that does not say so."""
    with busy_worker() as (_, send, _free):
        for _number in range(waiting):
            send(PAGE)
        assert send(GET).recv(64).startswith(b"HTTP/1.1 200")


def test_time_is_up_however_the_bytes_drip(monkeypatch):
    """The deadline is the request's: another byte moves it no further."""
    now = [100.0]
    monkeypatch.setattr("governance.web_worker.time.monotonic", lambda: now[0])
    worker = web_worker.Worker(0, 0, [], None, 30, Config(), None)
    worker.poller, worker._lock = selectors.DefaultSelector(), RLock()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        client = socket.create_connection(listener.getsockname(), timeout=5)
        worker.accept(("127.0.0.1", 0), listener)
    with client, worker.poller:
        for byte in HALF_HEAD[:18]:
            now[0] += 1
            client.sendall(bytes([byte]))
            for key, _ in worker.poller.select(1):
                key.data(key.fileobj)
            worker.murder_keepalived()
            assert worker.nr_conns == 1
        now[0] = 100 + web_worker.REQUEST_SECONDS + 1
        worker.murder_keepalived()
        assert client.recv(64).startswith(b"HTTP/1.1 408")
        assert (worker.nr_conns, dict(worker.poller.get_map())) == (0, {})
    worker.tmp.close()
