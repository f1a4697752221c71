"""How soon a real worker brings a message to the provider; workers and scans at once send none twice."""

import os
import statistics
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connections

from governance.core.identity.acting import acting_as_system
from governance.notifications.models import Delivery, Notice, Notification
from tests.alerts.make import finding, take_in
from tests.conftest import make_user
from tests.notifications.make import run
from tests.notifications.provider import SmtpProvider
from tests.schedule.process import WorkerProcess, environment

CHANGES = int(os.environ.get("SOAK_CHANGES", "3"))
SCANS = 8
Start = Callable[[str], WorkerProcess]


@pytest.fixture
def worker(fresh_console: str, pg: Any, tmp_path: Any) -> Iterator[Start]:
    started: list[WorkerProcess] = []

    def start(mail: str) -> WorkerProcess:
        values = environment(pg, fresh_console, EMAIL_URL=mail)
        started.append(WorkerProcess(values, folder=tmp_path))
        return started[-1]

    yield start
    for one in started:
        one.kill()


def arrived(provider: SmtpProvider, count: int, within: float = 60) -> float:
    """The instant at which the server has that many."""
    end = time.monotonic() + within
    while len(provider.taken) < count:
        assert time.monotonic() < end, f"{len(provider.taken)} of {count} after {within} s"
        time.sleep(0.002)
    return time.monotonic()


def test_a_message_is_with_the_provider_soon_after_the_change(worker, mail):
    sources = [f"depot-{number}" for number in range(CHANGES + 1)]
    make_user("directeur", dict.fromkeys(sources, "directeur"), email="directeur@exemple.test")
    worker(f"smtp://127.0.0.1:{mail.port}")
    take_in([finding()], source=sources[0])
    arrived(mail, 1)  # by then the worker has started
    took = []
    for count, source in enumerate(sources[1:], start=2):
        time.sleep(0.37)  # idle, and at another moment between two looks into the queue
        take_in([finding()], source=source)
        committed = time.monotonic()
        took.append(arrived(mail, count) - committed)
    print(f"{len(took)} changes: median {statistics.median(took):.2f} s, longest {max(took):.2f} s")
    # Two seconds on a machine with nothing else to do.
    assert statistics.median(took) < 3


def test_scans_and_workers_at_once_send_nothing_twice(fresh_console, mail):
    sources = [f"depot-{number}" for number in range(SCANS)]
    for name in ("un", "deux"):
        make_user(name, dict.fromkeys(sources, "directeur"), email=f"{name}@exemple.test")
    failed: list[BaseException] = []

    def scans(mine: list[str]) -> None:
        for source in mine:
            take_in((finding(f"bac-{n}") for n in range(3)), source=source)
            take_in((finding(f"bac-{n}") for n in range(4)), source=source)

    def works(until: threading.Event) -> None:
        while not until.is_set():
            run()

    def guarded(work: Callable[..., None], *arguments: Any) -> None:
        try:
            work(*arguments)
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    over = threading.Event()
    workers = [threading.Thread(target=guarded, args=(works, over)) for _ in range(3)]
    scanners = [
        threading.Thread(target=guarded, args=(scans, sources[place::4])) for place in range(4)
    ]
    for one in [*workers, *scanners]:
        one.start()
    for one in scanners:
        one.join()
    over.set()
    for one in workers:
        one.join()
    run()
    assert failed == []
    assert set(mail.counts.values()) == {1}
    with acting_as_system("test"):
        assert Notification.objects.filter(planned_at=None).count() == 0
        assert Notice.objects.count() == SCANS * 4 * 2
        written = Counter(Delivery.objects.values_list("person_id", "source"))
    assert set(written.values()) == {1}  # one per recipient and source within five minutes
    assert len(mail.taken) == len(written) == SCANS * 2
