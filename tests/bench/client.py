"""One client of the bench as a process of its own: reads tasks from standard input, answers with times.

It imports nothing of the console, so that eight of them weigh little beside what they measure. Started
by `tests.bench.crowd`.
"""

import pickle
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import cycle

from tests.bench.load import Browser

AS_A_BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@dataclass(frozen=True)
class Request:
    """`counted`: whether its time is; one that is not stands between two that are."""

    path: str
    method: str = "GET"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    counted: bool = True


@dataclass(frozen=True)
class Task:
    """Requests to one server, in turn for `seconds`, or each once when that is None."""

    port: int
    requests: tuple[Request, ...]
    cookies: Mapping[str, str] = field(default_factory=dict)
    seconds: float | None = None
    accepts: tuple[int, ...] = (200,)


@dataclass(frozen=True)
class Times:
    """Seconds of each counted request, and when the first began and the last ended (monotonic clock)."""

    spent: list[float]
    began: float
    ended: float


def run(task: Task, browser: Browser) -> Times:
    """Raises RuntimeError on an answer that the task does not accept."""
    ready = [
        (browser.request(one.method, one.path, one.headers, one.body), one) for one in task.requests
    ]
    spent = []
    began = ended = time.perf_counter()
    until = None if task.seconds is None else began + task.seconds
    for data, request in ready if until is None else cycle(ready):
        start = time.perf_counter()
        answer = browser.send(data)
        ended = time.perf_counter()
        if answer.status not in task.accepts:
            raise RuntimeError(f"{request.method} {request.path}: {answer.status}")
        if request.counted:
            spent.append(ended - start)
        if until is not None and ended >= until:
            break
    return Times(spent, began, ended)


def _tasks() -> Iterator[Task]:
    while True:
        try:
            yield pickle.load(sys.stdin.buffer)
        except EOFError:
            return


def main() -> None:
    """Say when ready, begin when told, answer with Times or with the exception."""
    for task in _tasks():
        browser = Browser(task.port, dict(task.cookies))
        said: object = None
        try:
            browser.connect()
            _say("ready")
            sys.stdin.buffer.readline()
            said = run(task, browser)
        except Exception as failure:  # the parent raises it
            said = failure
        finally:
            browser.close()
        _say(said)


def _say(what: object) -> None:
    pickle.dump(what, sys.stdout.buffer)
    sys.stdout.buffer.flush()
