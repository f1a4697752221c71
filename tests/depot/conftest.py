"""Business databases for the reference depot's tests."""

from collections.abc import Callable, Iterator
from typing import Any

import psycopg
import pytest

from integrity.depot import schema_create
from tests.conftest import Postgres

Connection = psycopg.Connection[Any]


@pytest.fixture
def empty_url(fresh_source: Callable[..., str], pg: Postgres) -> str:
    """Owner's URL of a database without tables."""
    return pg.dsn(fresh_source(), "depot_owner")


@pytest.fixture
def empty(empty_url: str) -> Iterator[Connection]:
    with psycopg.connect(empty_url, autocommit=True) as connection:
        yield connection


@pytest.fixture
def depot(empty: Connection) -> Connection:
    """A connection, as the owner, to a reference depot without rows."""
    schema_create(empty)
    return empty
