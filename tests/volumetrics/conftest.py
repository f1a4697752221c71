"""The SQL twin, installed in a transaction of the run's server that is never committed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests.conftest import Postgres

INTEGRITY = Path(__file__).parents[2] / "integrity"
SQL = INTEGRITY / "volumetrics" / "sql"
PACK = INTEGRITY / "packs" / "depot"
EXPRESSION = (PACK / "volume_15c_expression.sql").read_text(encoding="utf-8")
PLACEHOLDERS = ("volume_observed", "observed_density", "temperature_c", "instrument")


def embed(**columns: str) -> str:
    """The embeddable expression with each placeholder replaced, as the author of a rule does."""
    text = EXPRESSION
    for placeholder in PLACEHOLDERS:
        text = text.replace(f"<{placeholder}>", columns[placeholder])
    return text


@pytest.fixture(scope="module")
def twin(pg: Postgres) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(pg.dsn("postgres")) as connection:
        connection.execute("CREATE SCHEMA volumetrics_twin")
        connection.execute("SET LOCAL search_path = volumetrics_twin")
        connection.execute((SQL / "volumetrics.sql").read_text(encoding="utf-8"))
        yield connection
        connection.rollback()
