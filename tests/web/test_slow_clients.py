"""Clients that send half a request, or nothing, or too much, take no turn from those who ask properly."""

import select
import selectors
import socket
import time
from threading import RLock

import pytest
from gunicorn.config import Config

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


def test_a_body_in_pieces_reaches_the_form(served):
    head = (
        b"POST /governance/language HTTP/1.1\r\nHost: 127.0.0.1\r\ncontent-length: 11\r\n"
        b"Connection: close\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n"
    )
    assert answer_to(served, head, b"langua", b"ge=fr").startswith(b"HTTP/1.1 403")  # no token


def test_who_expects_to_be_told_to_go_on_is_told(served):
    head = GET[:-2] + b"Content-Length: 2\r\nExpect: 100-continue\r\n\r\n"
    answer = answer_to(served, head, b"ab")
    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
    assert b"HTTP/1.1 200" in answer


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (GET[:-2] + b"Content-Length: 999999999\r\n\r\n", b"413"),
        (GET[:-2] + b"X: " + b"x" * web_worker.REQUEST_BYTES, b"413"),
        (GET[:-2] + b"Transfer-Encoding: chunked\r\n\r\n", b"411"),
        (GET[:-2] + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nab", b"400"),
        (b"nonsense\r\n\r\n", b"400"),
    ],
)
def test_what_is_refused(served, request_, status):
    assert answer_to(served, request_).startswith(b"HTTP/1.1 " + status)


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
