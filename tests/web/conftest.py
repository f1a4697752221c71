"""The console as gunicorn serves it, over a database of its own; shared by the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.bench.serving import CONSOLE, Served, serving
from tests.conftest import Postgres


@pytest.fixture(scope="package")
def served(django_db_setup: None, pg: Postgres) -> Iterator[Served]:
    """A console without people or sources."""
    name = pg.create("console", template="console_template")
    with serving(CONSOLE, environment=addresses(pg, name)) as running:
        yield running
    pg.drop(name)


def addresses(pg: Postgres, name: str, **more: Any) -> dict[str, str]:
    """Environment of a console that is served over the database `name`."""
    return {
        "DATABASE_URL": pg.dsn(name, "console_app"),
        "DATABASE_OWNER_URL": pg.dsn(name, "console_owner"),
        "EMBEDDED_POSTGRES": "",
        "SCAN_INTERVAL_S": "86400",
        **more,
    }
