"""A provider that is down, workers that are killed at any moment, a replay: no message is lost or told twice.

`make soak` runs the same with two thousand kills.
"""

import os
import queue
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.env import BASE_DIR
from governance.notifications.models import Attempt, Delivery, DeliveryState, Outcome
from governance.notifications.outbox.replay import deliveries_replay
from tests.conftest import make_user
from tests.notifications.make import KEY, messages, webhook_channel
from tests.notifications.provider import HttpProvider
from tests.schedule.process import environment

MESSAGES = int(os.environ.get("SOAK_MESSAGES", "12"))
KILLS = int(os.environ.get("SOAK_KILLS", "12"))
AT_ONCE = 2  # workers
LATER_S = 3_700  # than the longest pause


class Crowd:
    """Workers of one console, and who is killed when."""

    def __init__(self, pg: Any, console: str, seed: int) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.notifications.crowd"],
            cwd=BASE_DIR,
            env=environment(pg, console, LOG_LEVEL="ERROR", CHANNEL_KEYS=KEY),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )
        self.said: queue.Queue[str] = queue.Queue()
        threading.Thread(target=self._listen, daemon=True).start()
        self.alive: set[int] = set()
        self.kills = 0
        self.ahead = 0
        self.random = random.Random(seed)
        self.on_taken = 0.3  # how often a message that was taken is the worker's last
        self.limit = 0

    def _listen(self) -> None:
        for line in self.process.stdout or ():
            self.said.put(line)

    def kill(self) -> None:
        for pid in sorted(self.alive):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
                self.kills += 1

    def taken(self) -> None:
        """Between sending and marking."""
        if self.kills < self.limit and self.random.random() < self.on_taken:
            self.kill()

    def run(self, until: Callable[[], bool], *, kills: int) -> int:
        """Start workers until `until()`, and kill about that many; how many that were."""
        assert self.process.stdin
        before = self.kills
        self.limit = before + kills
        for _ in range(100 + 4 * kills):
            for _worker in range(AT_ONCE):
                self.process.stdin.write(f"{self.ahead}\n")
            for _worker in range(AT_ONCE):
                self.hear("began")
            self.ahead += LATER_S
            if self.kills < self.limit and self.random.random() < 0.5:
                time.sleep(self.random.random() * 0.5)
                self.kill()
            while self.alive:
                self.hear("gone")
            if until():
                return self.kills - before
        raise AssertionError("it never ended")

    def hear(self, word: str) -> None:
        """Wait for news of that sort."""
        heard = ""
        while heard != word:
            heard, _, pid = self.said.get(timeout=60).strip().partition(" ")
            (self.alive.add if heard == "began" else self.alive.discard)(int(pid))

    def end(self) -> None:
        for pid in self.alive:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe:
                pipe.close()


@pytest.fixture
def crowd(pg: Any, fresh_console: str) -> Iterator[Crowd]:
    one = Crowd(pg, fresh_console, seed=15)
    yield one
    one.end()


def states() -> dict[str, int]:
    found: dict[str, int] = {}
    with acting_as_system("test"):
        for state in Delivery.objects.values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
    return found


@pytest.mark.parametrize("honours_keys", [True, False])
def test_none_is_lost_and_none_is_told_twice(crowd, honours_keys):
    admin = make_user("admin", {"depot": "admin"})
    with HttpProvider(mode="503", honours_keys=honours_keys) as provider:
        provider.on_taken = crowd.taken
        sent = {f"msg_{one.hex}" for one in messages(webhook_channel(provider.url), MESSAGES)}
        crowd.run(lambda: states() == {"DEAD": MESSAGES}, kills=KILLS // 4)
        with acting_as_system("test"):
            assert set(Delivery.objects.values_list("attempts", flat=True)) == {7}

        provider.mode = "ok"
        with acting_as_user(admin.pk):
            dead = Delivery.objects.filter(state=DeliveryState.DEAD).values_list("pk", flat=True)
            assert deliveries_replay(ids=[], note="le fournisseur est revenu") == 0
            for part in [list(dead)[i : i + 1000] for i in range(0, MESSAGES, 1000)]:
                assert deliveries_replay(ids=part, note="le fournisseur est revenu") == len(part)
        kills = crowd.run(lambda: states() == {"DELIVERED": MESSAGES}, kills=KILLS - KILLS // 4)

        assert kills > 0
        counts = provider.counts
        assert set(counts) == sent
        again = sum(counts.values()) - MESSAGES
        print(
            f"{MESSAGES} messages, {crowd.kills} kills, {kills} of them while it took: {again} twice"
        )
        assert again == 0 if honours_keys else 0 < again <= kills
    with acting_as_system("test"):
        cut = Attempt.objects.filter(outcome=Outcome.CUT).count()
        assert 0 < cut <= crowd.kills
        assert not Attempt.objects.filter(ended_at=None).exists()
