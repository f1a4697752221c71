"""Dates in a rule's message are those of the zone that the pages show."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from alerts.kinds import wording
from integrity.rules import wording_sql


@pytest.mark.parametrize("place", ["America/New_York", "Asia/Kathmandu", "Africa/Lubumbashi"])
def test_a_date_is_the_same_in_sql_and_in_python_in_the_consoles_zone(pg, settings, place):
    settings.TIME_ZONE = place
    with psycopg.connect(pg.dsn("postgres")) as connection:
        for hours in range(0, 24, 3):
            at = datetime(2026, 2, 10, tzinfo=UTC) + timedelta(hours=hours)
            row = connection.execute(f"SELECT {wording_sql.date_sql('%s')}", [at]).fetchone()
            assert row == (wording.date_text(at, "fr"),)
            assert f"'{place}'" in wording_sql.date_sql("x")
