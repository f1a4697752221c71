"""A depot with the view of every shipped rule; each test writes in a transaction that is undone."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from integrity.depot import schema_create
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from tests.conftest import Postgres
from tests.rules.facts import Facts

Connection = psycopg.Connection[Any]


@pytest.fixture(scope="session")
def rules_database(pg: Postgres) -> Iterator[str]:
    name = pg.create("depot")
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as connection:
        schema_create(connection)
        view_apply(connection, list(catalog().values()))
    yield name
    pg.drop(name)


@pytest.fixture
def facts(rules_database: str, pg: Postgres) -> Iterator[Facts]:
    with psycopg.connect(pg.dsn(rules_database, "depot_owner")) as connection:
        yield Facts(connection)
        connection.rollback()


@pytest.fixture
def depot(fresh_source: Callable[..., str], pg: Postgres) -> Iterator[Connection]:
    """The owner's connection to an empty depot of the test's own, without a view."""
    with psycopg.connect(pg.dsn(fresh_source(), "depot_owner"), autocommit=True) as connection:
        schema_create(connection)
        yield connection
