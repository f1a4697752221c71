"""Requests are counted whichever process answered them, and whichever is asked."""

import http.client
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import psutil

from tests.monitoring.read import Samples, series


def test_requests_of_every_process_are_counted_together(served):
    """Forty requests to two processes, one of which is killed afterwards."""

    def get(path: str) -> tuple[int, str]:
        with closing(http.client.HTTPConnection("127.0.0.1", served.port, timeout=20)) as client:
            client.request("GET", path)
            answer = client.getresponse()
            return answer.status, answer.read().decode()

    before = Samples(get("/metrics")[1])
    with ThreadPoolExecutor(8) as crowd:
        assert {status for status, _ in crowd.map(get, ["/health/live"] * 40)} == {200}
    after = Samples(get("/metrics")[1])
    key = series("governance_http_requests_total", method="GET", route="health/live", status="200")
    assert after[key] - before.get(key, 0) == 40
    assert after.of("governance_http_request_seconds_count", route="health/live") >= 40
    children = psutil.Process(served.process.pid).children()
    assert len(children) == 2
    children[0].kill()
    children[0].wait()
    assert Samples(get("/metrics")[1])[key] == after[key]
