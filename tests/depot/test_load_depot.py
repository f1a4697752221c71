"""The command `load_depot`: what it loads, what it refuses, one line each time."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from integrity.depot import loaded_scenario
from tests.conftest import Postgres
from tests.depot.conftest import Connection


def load(*arguments: str) -> str:
    out = StringIO()
    call_command("load_depot", *arguments, stdout=out)
    return out.getvalue()


def refusal(*arguments: str) -> str:
    with pytest.raises(CommandError) as caught:
        load(*arguments)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_loads_an_empty_database_and_says_what(empty_url: str, empty: Connection) -> None:
    out = load("--scenario", "prod-2026-02-19", "--database-url", empty_url)
    assert out == (
        "prod-2026-02-19: 1 depots, 6 tanks, 33 trucks, 27 receptions, 27 withdrawals,"
        " 7 stocks, 2 adjustments\n"
    )
    assert loaded_scenario(empty) == "prod-2026-02-19"


def test_sizes_and_now_reach_the_scenario(empty_url: str, empty: Connection) -> None:
    load(
        "--scenario", "large", "--movements", "20", "--anomalies", "3",
        "--now", "2026-02-19T08:00:00+02:00", "--database-url", empty_url,
    )  # fmt: skip
    newest = empty.execute("SELECT max(created_at) FROM cours_de_route").fetchone()
    count = empty.execute("SELECT count(*) FROM sorties_produit").fetchone()
    assert newest is not None
    assert newest[0] == datetime(2026, 2, 16, 6, tzinfo=UTC)
    assert count == (11,)


def test_replaces_the_embedded_depot_without_a_url(
    empty_url: str, empty: Connection, settings: Any
) -> None:
    settings.EMBEDDED, settings.DEPOT_OWNER_URL = True, empty_url
    load("--scenario", "incident")
    assert loaded_scenario(empty) == "incident"


def test_wants_a_url_where_nothing_is_embedded(
    empty_url: str, empty: Connection, settings: Any
) -> None:
    settings.EMBEDDED, settings.DEPOT_OWNER_URL = False, empty_url
    assert "--database-url" in refusal("--scenario", "incident")
    assert loaded_scenario(empty) is None


def test_refuses_a_foreign_database(empty_url: str, empty: Connection) -> None:
    empty.execute("CREATE TABLE factures AS SELECT 1 AS n")
    message = refusal("--scenario", "incident", "--database-url", empty_url)
    assert message.startswith("Refused: ")
    assert "factures" in message
    assert empty.execute("SELECT count(*) FROM factures").fetchone() == (1,)


def test_refuses_the_console_itself(pg: Postgres, fresh_console: str) -> None:
    url = pg.dsn(fresh_console, "console_owner")
    assert refusal("--scenario", "incident", "--database-url", url).startswith("Refused: ")
    with psycopg.connect(url) as connection:
        assert connection.execute("SELECT to_regclass('depots')").fetchone() == (None,)


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--scenario", "accident"], "accident"),
        (["--scenario", "incident", "--movements", "5"], "large"),
        (["--scenario", "incident", "--anomalies", "0"], "large"),
        (["--scenario", "large", "--movements", "-1"], "whole number"),
        (["--scenario", "incident", "--now", "yesterday"], "yesterday"),
        (["--scenario", "incident", "--now", "2026-02-19T08:00:00"], "offset"),
        (["--scenario", "incident", "--database-url", "host=/nowhere"], "/nowhere"),
        (["--scenario", "incident", "--database-url", "sqlite:secret"], "not a PostgreSQL URL"),
    ],
)
def test_bad_input_gets_one_line(arguments: list[str], word: str) -> None:
    message = refusal(*arguments)
    assert word in message
    assert "secret" not in message


def test_reader_cannot_load(pg: Postgres, empty_url: str, empty: Connection) -> None:
    load("--scenario", "incident", "--database-url", empty_url)
    url = pg.dsn(empty.info.dbname, "depot_reader")
    assert "permission denied" in refusal("--scenario", "incident", "--database-url", url)
