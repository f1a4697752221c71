"""What pages and actions cost through gunicorn, beside the floor and at several sizes; run by `make bench`.

Sign-in is excluded: the session is made directly. Of the stored alerts 1 000 are active and the others
resolved, as after years; one more console has them all active.
"""

import http.client
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pytest

from tests.bench.client import Request, Task
from tests.bench.crowd import Turns, crowd
from tests.bench.report import Figure, Report
from tests.bench.sizes import SIZE
from tests.bench.world import LIST, World

HISTORY = "/governance/history"
PAGE_1000 = 50_000  # entries before it
EACH = 8  # actions of a kind in one turn
BULK_TURNS = 4  # with the one that warms, all that are active
FULL_PAGE = "integrity, 200 rows"
GZIPPED = "integrity, 200 rows, gzipped"
SECTION = "Pages and actions through gunicorn"
# Which floor stands beside which measurement: path of tests/bench/floor.py.
FLOORS = {
    FULL_PAGE: "/",
    GZIPPED: "/",
    "home": "/",
    "integrity, first page after a change": "/",
    "bulk, acknowledge 200": "/",
    "alert page": "/row",
    "history, page 1": "/history",
    "history, page 1 000": "/history deep",
}

Asks = dict[tuple[str, World], Callable[[], Sequence[Task]]]


def deep_seq(world: World) -> int:
    """Where page 1 000 of the history begins; half-way where there are fewer pages."""
    telling = "source = 'depot' AND action NOT IN ('alert.seen', 'scan.complete')"
    found: int = world.value(
        f"SELECT seq FROM ledger_entry WHERE {telling} ORDER BY seq DESC OFFSET least({PAGE_1000},"
        f" (SELECT count(*) / 2 FROM ledger_entry WHERE {telling})) LIMIT 1"
    )
    return found


def readings(world: World, clients: int) -> Asks:
    """What is read, and the floors, each by so many clients."""
    deep = deep_seq(world)
    (alert, _), *_ = world.open_alerts(1)
    paths = {
        FULL_PAGE: LIST,
        "home": "/governance",
        "alert page": f"/governance/alerts/{alert}",
        "history, page 1": HISTORY,
        "history, page 1 000": f"{HISTORY}?cursor={deep}",
    }
    floors = {
        "/": "/",
        "/row": f"/row?id={alert}",
        "/history": "/history",
        "/history deep": f"/history?before={deep}",
    }
    asks: Asks = {}
    for name, path in paths.items():  # each beside its floor in time
        asks[name, world] = partial(world.reads, path, clients=clients)
        floor = FLOORS[name]
        asks[floor, world] = partial(world.reads_floor, floors[floor], clients=clients)
    asks[GZIPPED, world] = partial(world.reads, LIST, clients=clients, packed=True)
    return asks


def by_size(asks: Sequence[Asks]) -> Asks:
    """The same measurement at all sizes side by side in time."""
    names = list(asks[0])
    return {
        key: ask for name, _ in names for one in asks for key, ask in one.items() if key[0] == name
    }


def figure(turns: Turns, name: str, world: World, smallest: World, clients: int) -> Figure:
    floor = FLOORS.get(name, "/row")
    made = Figure(
        name,
        turns.p50_ms((name, world)),
        "ms",
        clients,
        world.label,
        turns.per_second((name, world)),
        floor=turns.times((name, world), (floor, world)) if (floor, world) in turns.found else None,
    )
    if name == FULL_PAGE and made.floor:
        made.aims["floor"] = made.floor
    if world is not smallest:
        made.growth = made.aims["growth"] = turns.times((name, world), (name, smallest))
    return made


@pytest.mark.parametrize("clients", [1, 8])
def test_pages(filled: list[World], report: Report, clients: int) -> None:
    turns = Turns()
    with crowd(clients) as people:
        asks = by_size([readings(world, clients) for world in filled])
        turns.alternate(people, asks, turns=SIZE.turns)
    for name, world in asks:
        if not name.startswith("/"):
            report.add(SECTION, figure(turns, name, world, filled[0], clients))
    for floor in dict.fromkeys(FLOORS.values()):
        for world in filled:
            key = (floor, world)
            report.add(
                SECTION,
                Figure(
                    f"floor {floor}",
                    turns.p50_ms(key),
                    "ms",
                    clients,
                    world.label,
                    turns.per_second(key),
                ),
            )


def actions(world: World) -> Asks:
    """What is done: each turn takes alerts that nobody has touched."""

    def each(name: str, form: list[tuple[str, str]], *, htmx: bool, then: str = "") -> list[Task]:
        sent = []
        for pk, version in world.open_alerts(EACH):
            path = f"/governance/alerts/{pk}/{name}"
            fields = [("version", str(version)), *form]
            sent.append(world.post(path, fields, htmx=htmx, counted=not then))
            if then:
                sent.append(Request(then))
        return world.acts(sent)

    resolution = [("note", "Vu."), ("cause", "AUTRE"), ("decision", "CORRIGE")]
    (alert, _), *_ = world.open_alerts(1)
    return {
        ("/", world): partial(world.reads_floor, "/"),
        ("/row", world): partial(world.reads_floor, f"/row?id={alert}"),
        ("htmx row update (acknowledge)", world): partial(each, "ack", [], htmx=True),
        ("acknowledge, plain form", world): partial(each, "ack", [], htmx=False),
        ("resolve, htmx row", world): partial(each, "resolve", resolution, htmx=True),
        ("integrity, first page after a change", world): partial(
            each, "ack", [], htmx=True, then=LIST
        ),
    }


def bulk(world: World) -> list[Task]:
    """200 alerts acknowledged in one POST."""
    ticked = [("selected", f"{pk}:{version}") for pk, version in world.open_alerts(200)]
    path = "/governance/integrity/bulk"
    return world.acts([world.post(path, [("action", "ack"), ("note", ""), *ticked])])


def test_actions(filled: list[World], report: Report, django_db_blocker: Any) -> None:
    turns, bulks, together = Turns(), Turns(), "bulk, acknowledge 200"
    with crowd(1) as people:
        asks = by_size([actions(world) for world in filled])
        turns.alternate(people, asks, turns=2 * SIZE.turns)
        with django_db_blocker.unblock():
            for world in filled:
                world.reopen()
        many: Asks = {("/", world): asks["/", world] for world in filled}
        many |= {(together, world): partial(bulk, world) for world in filled}
        bulks.alternate(people, many, turns=min(BULK_TURNS, SIZE.turns))
    for found, keys in ((turns, asks), (bulks, many)):
        for name, world in keys:
            if not name.startswith("/"):
                report.add(SECTION, figure(found, name, world, filled[0], 1))
    report.remark(
        "Floor of actions: one row, or 200 for a bulk, fetched and written out; nothing is changed there."
    )


def exported(world: World, kind: str) -> tuple[float, float, int]:
    """Milliseconds to the first byte, seconds to the last, and lines of an export of all openings."""
    connection = http.client.HTTPConnection("127.0.0.1", world.console.port, timeout=600)
    path = f"{HISTORY}/export.{kind}?action=alert.open"
    headers = dict(world.post(path, []).headers)
    headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in world.cookies.items())
    begin = time.perf_counter()
    connection.request("POST", path, headers=headers)
    answer = connection.getresponse()
    if answer.status != 200:
        raise RuntimeError(f"{path}: {answer.status}")
    count = answer.read(1).count(b"\n")
    first = time.perf_counter()
    while block := answer.read(262_144):
        count += block.count(b"\n")
    connection.close()
    return (first - begin) * 1000, time.perf_counter() - begin, count


def test_exports(filled: list[World], report: Report) -> None:
    for kind in ("csv", "jsonl"):
        rates: list[float] = []
        for world in filled[: len(SIZE.stored)]:
            first, seconds, count = exported(world, kind)
            rates.append(count / seconds)
            done = Figure(f"export.{kind}, first byte", first, "ms", 1, world.label)
            rate = Figure(f"export.{kind}, {count:,} lines".replace(",", " "), seconds, "s", 1)
            rate.stored, rate.per_second = world.label, count / seconds
            if len(rates) > 1:
                rate.growth = rate.aims["growth"] = rates[0] / rates[-1]
            report.add(SECTION, done, rate)
    report.remark("Growth of an export is that of its time for each line.")


def test_memory(filled: list[World], report: Report) -> None:
    """After all of the above, which is why it stands last."""
    for world in filled:
        heaviest = max(world.console.worker_resident())
        unique = ", ".join(f"{one:.0f}" for one in world.console.worker_unique())
        made = Figure("heaviest worker (RSS) after the run", heaviest, "MB", stored=world.label)
        made.aims["memory"] = heaviest
        report.add(SECTION, made)
        report.remark(f"Of that to itself (USS), each worker: {unique} MB.")
    page = filled[0].console.browser(filled[0].cookies).get(LIST, Accept_Encoding="gzip")
    report.remark(f"The page of 200 rows weighs {len(page.body):,} bytes gzipped.")
