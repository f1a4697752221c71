"""Clients that take their time, and what a normal one feels beside them; knows only an address.

Measures a server of its own as well: `python -m tests.web.slow COMMAND…`, where COMMAND serves on
127.0.0.1:PORT, `{port}` in it being filled in (docs/decisions/0045 has the commands).
"""

import http.client
import shlex
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress

HALF_HEAD = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "
HALF_BODY = (
    b"POST /accounts/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nlogin="
)


def _open(port: int, words: bytes) -> socket.socket:
    client = socket.create_connection(("127.0.0.1", port), timeout=5)
    client.sendall(words)
    return client


@contextmanager
def slow_clients(port: int, *, heads: int, bodies: int) -> Iterator[list[socket.socket]]:
    """So many half-sent heads, and bodies of which five bytes came, for as long as the block lasts."""
    clients = [_open(port, HALF_HEAD) for _ in range(heads)]
    clients += [_open(port, HALF_BODY) for _ in range(bodies)]
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def request_seconds(port: int, path: str = "/health/live", *, patience: float = 5.0) -> float:
    """How long a normal request took; infinite when it took longer than `patience` (seconds)."""
    began = time.monotonic()
    client = http.client.HTTPConnection("127.0.0.1", port, timeout=patience)
    try:
        client.request("GET", path)
        client.getresponse().read()
    except OSError:
        return float("inf")
    finally:
        client.close()
    return time.monotonic() - began


def requests_a_second(port: int, *, clients: int = 8, each: int = 100) -> float:
    """Throughput of `clients` that keep their connections and ask one after the other."""

    def ask(_number: int) -> None:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        for _ in range(each):
            client.request("GET", "/health/live")
            client.getresponse().read()
        client.close()

    began = time.monotonic()
    with ThreadPoolExecutor(clients) as crowd:
        list(crowd.map(ask, range(clients)))
    return clients * each / (time.monotonic() - began)


def _measure(command: list[str]) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = subprocess.Popen([part.format(port=port) for part in command])
    try:
        deadline = time.monotonic() + 30
        while request_seconds(port) == float("inf") and time.monotonic() < deadline:
            time.sleep(0.1)
        alone = sorted(request_seconds(port) for _ in range(50))[25]
        rate = requests_a_second(port)
        print(f"alone {alone * 1000:.1f} ms; 8 clients {rate:.0f} requests/s")
        for heads, bodies in ((24, 0), (0, 16), (40, 20), (300, 100)):
            with slow_clients(port, heads=heads, bodies=bodies):
                time.sleep(0.3)
                beside = max(request_seconds(port) for _ in range(3))
                print(f"{heads} heads, {bodies} bodies: {beside * 1000:.1f} ms at the slowest")
            time.sleep(1)
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(10)
        server.kill()


if __name__ == "__main__":
    _measure(shlex.split(" ".join(sys.argv[1:])))
