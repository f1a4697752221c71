"""Rules whose query was rewritten for millions of rows give what the plain query in plain/ gives."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest

from integrity.rules.catalog import catalog
from integrity.rules.rule_sql import query_sql

HERE = Path(__file__).parent
PLAIN = {
    one.stem.upper(): one.read_text(encoding="utf-8")
    for one in sorted((HERE / "plain").glob("*.sql"))
}
SEED = "SELECT setseed({})"
MOVEMENTS = (HERE / "random_movements.sql").read_text(encoding="utf-8")


@pytest.mark.parametrize("seed", [0.1, 0.2])
def test_it_finds_what_the_plain_query_finds(depot: psycopg.Connection[Any], seed: float) -> None:
    depot.execute(SEED.format(seed))
    depot.execute(MOVEMENTS)
    assert len(PLAIN) == 4
    for code, query in PLAIN.items():
        rule = catalog()[code]
        found = _rows(depot, query_sql(rule))
        assert found == _rows(depot, query_sql(_plain(rule, query))), code
        assert found, code


def _plain(rule: Any, query: str) -> Any:
    kept = {name: one for name, one in rule.embeds.items() if f":{name}" in query}
    return replace(rule, query=query, embeds=kept)


def _rows(connection: psycopg.Connection[Any], query: str) -> list[str]:
    """Sums of floating point depend on their order: nine digits of each number."""
    text = f"SELECT to_jsonb(q) FROM (\n{query}\n) AS q"
    return sorted(repr(_short(row)) for (row,) in connection.execute(text).fetchall())


def _short(row: dict[str, Any]) -> dict[str, Any]:
    return {
        key: f"{value:.9g}" if isinstance(value, int | float) else value
        for key, value in row.items()
    }
