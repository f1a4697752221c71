"""The one report of a run, to which every bench adds its figures, and the consoles that several measure."""

from collections.abc import Iterator
from typing import Any

import pytest

from governance.env import BASE_DIR
from tests.bench.report import Report
from tests.bench.sizes import SIZE
from tests.bench.world import ACTIVE, World, worlds
from tests.conftest import Postgres


@pytest.fixture(scope="session")
def report(request: pytest.FixtureRequest) -> Iterator[Report]:
    """Printed as it grows; the aims and the JSON (var/bench.json or var/bench-peers.json) at the end."""
    peers = any(item.path.name == "bench_peers.py" for item in request.session.items)
    made = Report("bench-peers" if peers else "bench")
    yield made
    if made.sections:
        made.close(BASE_DIR / "var")


@pytest.fixture(scope="session")
def filled(django_db_setup: None, django_db_blocker: Any, pg: Postgres) -> Iterator[list[World]]:
    """Served consoles: one for each size, and one of the second size whose alerts are all active."""
    largest = SIZE.stored[-1]
    made = [
        World(pg, stored, active=ACTIVE, entries=SIZE.entries if stored == largest else 0)
        for stored in SIZE.stored
    ]
    made.append(World(pg, SIZE.stored[1], active=SIZE.stored[1]))
    with django_db_blocker.unblock(), worlds(made) as served:
        yield served
