"""Alerta beside the console on the same work in the same run; run by `make bench-peers`.

Both are served by gunicorn with as many workers and threads, over databases of the same server, and have
the same alerts, all of them open.
"""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest

from tests.bench.aims import AIMS
from tests.bench.alerta import LIST as THEIR_LIST
from tests.bench.alerta import Alerta
from tests.bench.client import Task
from tests.bench.crowd import Turns, crowd
from tests.bench.report import Figure, Report
from tests.bench.sizes import SIZE
from tests.bench.world import LIST, World, worlds
from tests.conftest import Postgres

SECTION = "The console beside Alerta"
OURS, THEIRS = "the console, HTML page of 200 rows", "Alerta, 200 alerts as JSON"
PACKED = ", compressed"  # as a browser asks for it
OUR_ACK, THEIR_ACK = "the console, acknowledge (htmx row)", "Alerta, acknowledge (action)"
EACH = 5  # acknowledgements in a turn
TURN_S = 6 * SIZE.turn_s  # an answer of Alerta's to eight clients takes more than a short turn
Pair = tuple[World, Alerta]


@pytest.fixture(scope="module")
def pairs(django_db_setup: None, django_db_blocker: Any, pg: Postgres) -> Iterator[list[Pair]]:
    ours = [World(pg, stored, active=stored) for stored in SIZE.peers]
    with django_db_blocker.unblock(), worlds(ours), ExitStack() as stack:
        theirs = [stack.enter_context(Alerta(pg, stored).running()) for stored in SIZE.peers]
        yield list(zip(ours, theirs, strict=True))


def acknowledges(world: World) -> list[Task]:
    return world.acts(
        [
            world.post(f"/governance/alerts/{pk}/ack", [("version", str(version))], htmx=True)
            for pk, version in world.open_alerts(EACH)
        ]
    )


def both(turns: Turns, ours: str, theirs: str, world: World, clients: int) -> list[Figure]:
    """The two figures of one size, without aims."""
    return [
        Figure(
            what,
            turns.p50_ms((what, world.stored)),
            "ms",
            clients,
            f"{world.stored:,}".replace(",", " "),
            turns.per_second((what, world.stored)),
        )
        for what in (ours, theirs)
    ]


def test_same_alerts(pairs: list[Pair], report: Report) -> None:
    """Both show 200 of as many."""
    for world, alerta in pairs:
        browser = world.console.browser(world.cookies)
        page = browser.get(LIST)
        browser.close()
        assert page.text.count("data-alert-id=") == 200
        their_browser = alerta.served.browser()
        answer = their_browser.get(THEIR_LIST)
        their_browser.close()
        listed = json.loads(answer.text)
        assert (len(listed["alerts"]), listed["total"]) == (200, world.stored)
        assert listed["statusCounts"] == {"open": world.stored}
        report.remark(
            f"{world.stored} alerts: our page has {len(page.body):,} bytes, their JSON {len(answer.body):,}"
            " (neither compressed)."
        )


@pytest.mark.parametrize("clients", [1, 8])
def test_list(pairs: list[Pair], report: Report, clients: int) -> None:
    turns = Turns()
    with crowd(clients) as people:
        asks: dict[Any, Any] = {}
        for world, alerta in pairs:
            for kind in ("", PACKED):
                asks[OURS + kind, world.stored] = partial(
                    world.reads, LIST, clients=clients, packed=bool(kind)
                )
                asks[THEIRS + kind, world.stored] = partial(
                    alerta.lists, clients=clients, packed=bool(kind), seconds=TURN_S
                )
        turns.alternate(people, asks, turns=SIZE.turns)
    for kind in ("", PACKED):
        for world, _ in pairs:
            ours, theirs = both(turns, OURS + kind, THEIRS + kind, world, clients)
            rate = turns.rate((OURS + kind, world.stored), (THEIRS + kind, world.stored))
            if clients == 8:
                ours.aims["peer list"] = rate
            report.add(SECTION, ours, theirs)
            report.remark(f"{rate:.1f} times as many requests a second, {clients} client(s).")


def test_acknowledge(pairs: list[Pair], report: Report) -> None:
    turns = Turns()
    with crowd(1) as people:
        asks: dict[Any, Any] = {}
        for world, alerta in pairs:
            asks[OUR_ACK, world.stored] = partial(acknowledges, world)
            asks[THEIR_ACK, world.stored] = partial(alerta.acknowledges, EACH)
        turns.alternate(people, asks, turns=SIZE.turns)
    for world, _ in pairs:
        ours, theirs = both(turns, OUR_ACK, THEIR_ACK, world, 1)
        ratio = turns.times((OUR_ACK, world.stored), (THEIR_ACK, world.stored))
        aim = f"peer ack {world.stored:,}".replace(",", " ")
        if aim in AIMS:
            ours.aims[aim] = ratio
        report.add(SECTION, ours, theirs)


def test_take_in(pairs: list[Pair], report: Report) -> None:
    """Last, because it adds alerts."""
    turns = Turns()
    with crowd(1) as people:
        asks = {alerta: partial(alerta.takes_in, 20) for _, alerta in pairs}
        turns.alternate(people, asks, turns=min(2, SIZE.turns))
    for world, alerta in pairs:
        made = Figure("Alerta, take in one through its API", turns.p50_ms(alerta), "ms", 1)
        made.stored, made.per_second = (
            f"{world.stored:,}".replace(",", " "),
            turns.per_second(alerta),
        )
        report.add(SECTION, made)
    for sentence in (
        "Compressed: each as a browser asks for it, which gives gzip here and what Alerta prefers there.",
        "Ours is a full HTML page (signed in, permissions, row security, filters, counters, 200 rows with"
        " their actions) against their JSON, which a browser has yet to make into a page.",
        "Alerta is asked without signing in, which is its default and costs it nothing.",
        "Alerta took in one alert through its API; the others are copies of its row, made by SQL, since the"
        " API would take in so few a second. Ours went through the intake and into the ledger.",
    ):
        report.remark(sentence)
