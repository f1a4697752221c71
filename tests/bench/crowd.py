"""Eight clients as eight processes: one process of threads would measure its own interpreter lock."""

import pickle
import statistics
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from governance.env import BASE_DIR
from tests.bench.client import Task, Times

START = "from tests.bench.client import main; main()"


@dataclass(frozen=True)
class Timing:
    """`p50_ms`: median time of a request as its client saw it; `per_second`: of all clients together."""

    p50_ms: float
    per_second: float


class Crowd:
    """Client processes that wait for work; as many take part in a turn as it has tasks."""

    def __init__(self, clients: int) -> None:
        self._processes = [
            subprocess.Popen(
                [sys.executable, "-c", START],
                cwd=BASE_DIR,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            for _ in range(clients)
        ]

    def turn(self, tasks: Sequence[Task]) -> Timing:
        """All tasks at once, one a client. Raises what a client raised."""
        busy = self._processes[: len(tasks)]
        for process, task in zip(busy, tasks, strict=True):
            _send(process, task)
        answers = [_receive(process) for process in busy]  # "ready", or what went wrong
        for process, answer in zip(busy, answers, strict=True):
            if answer == "ready":
                process.stdin.write(b"go\n")  # type: ignore[union-attr]  # a pipe
                process.stdin.flush()  # type: ignore[union-attr]
        ended = [
            _receive(process) if answer == "ready" else answer
            for process, answer in zip(busy, answers, strict=True)
        ]
        for one in ended:
            if isinstance(one, BaseException):
                raise one
        return _timing(ended)

    def close(self) -> None:
        for process in self._processes:
            process.stdin.close()  # type: ignore[union-attr]
            process.stdout.close()  # type: ignore[union-attr]
            process.wait(30)


@contextmanager
def crowd(clients: int) -> Iterator[Crowd]:
    """Clients until the block ends."""
    made = Crowd(clients)
    try:
        yield made
    finally:
        made.close()


class Turns:
    """The timings of several measurements that took turns; ratios are of the same turn.

    A machine whose speed drifts drifts for both sides of a ratio taken within one turn.
    """

    def __init__(self) -> None:
        self.found: dict[Any, list[Timing]] = {}

    def alternate(
        self, crowd: Crowd, asks: Mapping[Any, Callable[[], Sequence[Task]]], *, turns: int
    ) -> None:
        """Each in turn, `turns` times, after one turn that warms and is not counted.

        Each call of an ask gives the tasks of one turn, one for each client.
        """
        for turn in range(turns + 1):
            for name, ask in asks.items():
                timing = crowd.turn(ask())
                if turn:
                    self.found.setdefault(name, []).append(timing)

    def p50_ms(self, name: Any) -> float:
        return statistics.median(one.p50_ms for one in self.found[name])

    def per_second(self, name: Any) -> float:
        return statistics.median(one.per_second for one in self.found[name])

    def times(self, name: Any, other: Any) -> float:
        """How many times as long `name` takes as `other`."""
        pairs = zip(self.found[name], self.found[other], strict=True)
        return statistics.median(one.p50_ms / base.p50_ms for one, base in pairs)

    def rate(self, name: Any, other: Any) -> float:
        """How many times as many requests a second `name` answers as `other`."""
        pairs = zip(self.found[name], self.found[other], strict=True)
        return statistics.median(one.per_second / base.per_second for one, base in pairs)


def _timing(times: Sequence[Times]) -> Timing:
    spent = [seconds for one in times for seconds in one.spent]
    whole = max(one.ended for one in times) - min(one.began for one in times)
    return Timing(statistics.median(spent) * 1000, len(spent) / whole)


def _send(process: "subprocess.Popen[bytes]", what: object) -> None:
    pickle.dump(what, process.stdin)  # type: ignore[arg-type]  # a pipe
    process.stdin.flush()  # type: ignore[union-attr]


def _receive(process: "subprocess.Popen[bytes]") -> Any:
    try:
        return pickle.load(process.stdout)  # type: ignore[arg-type]
    except EOFError:
        raise RuntimeError("a client ended in the middle of a turn") from None
