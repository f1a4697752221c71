"""A finding says the same thing as long as the facts are the same, whoever asks and however."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.kinds import wording
from integrity.depot.loader import scenario_load
from integrity.rules import wording_sql
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from integrity.sources.contract import SEVERITIES, view_contract
from tests.conftest import Postgres
from tests.rules.facts import Facts

Connection = psycopg.Connection[Any]
ALL = """
    SELECT check_code, entity_id, message, payload::text, extract(epoch FROM detected_at)
    FROM v_integrity_checks
"""


@pytest.fixture
def incident(depot: Connection) -> Connection:
    scenario_load(depot, "incident", now=datetime.now(UTC))
    view_apply(depot, list(catalog().values()))
    return depot


V1 = {
    "CDR_ARRIVE_STALE",
    "RECEPTION_ECART_15C",
    "SORTIE_ECART_15C",
    "STOCK_NEGATIF",
    "STOCK_OVER_CAPACITY",
}


def counts(connection: Connection) -> dict[str, int]:
    rows = connection.execute("SELECT check_code, count(*) FROM v_integrity_checks GROUP BY 1")
    return {code: count for code, count in rows.fetchall() if code in V1}


def test_the_incident_fires_every_first_rule(incident: Connection) -> None:
    assert counts(incident) == {
        "CDR_ARRIVE_STALE": 6,
        "RECEPTION_ECART_15C": 1,
        "SORTIE_ECART_15C": 1,
        "STOCK_NEGATIF": 1,
        "STOCK_OVER_CAPACITY": 1,
    }


def test_production_showed_five_stale_trucks_and_nothing_else(depot: Connection) -> None:
    scenario_load(depot, "prod-2026-02-19", now=datetime.now(UTC))
    view_apply(depot, list(catalog().values()))
    rows = depot.execute(
        "SELECT check_code, severity, count(*) FROM v_integrity_checks GROUP BY 1, 2"
    )
    assert rows.fetchall() == [("CDR_ARRIVE_STALE", "WARN", 5)]


def test_no_session_setting_changes_a_finding(incident: Connection) -> None:
    plain = sorted(incident.execute(ALL).fetchall())
    for name, value in {
        "timezone": "Pacific/Auckland",
        "datestyle": "German",
        "intervalstyle": "iso_8601",
        "extra_float_digits": "-10",
        "bytea_output": "escape",
    }.items():
        incident.execute("SELECT set_config(%s, %s, false)", [name, value])
    assert len(plain) >= 10
    assert sorted(incident.execute(ALL).fetchall()) == plain


def test_time_alone_changes_nothing(facts: Facts) -> None:
    """Two transactions, two now(): a stale truck, a negative stock and its gap read the same."""
    facts.truck(created_at=datetime(2026, 1, 1, tzinfo=UTC))
    facts.stock(facts.tank(), -5.0)
    connection = facts.connection
    connection.commit()
    try:
        first = connection.execute(ALL).fetchall()
        connection.commit()
        assert connection.execute(ALL).fetchall() == first
        assert len(first) == 3
    finally:
        connection.execute("TRUNCATE depots, produits, partenaires, clients CASCADE")
        connection.commit()


def test_every_payload_key_is_declared_and_every_sentence_is_pythons_too(
    incident: Connection,
) -> None:
    rows = incident.execute("SELECT check_code, severity, message, payload FROM v_integrity_checks")
    for code, severity, message, payload in rows.fetchall():
        rule = catalog()[code]
        assert severity == rule.severity in SEVERITIES
        assert list(payload) == sorted(rule.payload, key=lambda key: (len(key), key))
        assert message == rule.sentence(payload)
        assert "—" not in message
        assert "—" not in rule.sentence(payload, "en")


def test_absurd_values_do_not_stop_the_others(facts: Facts) -> None:
    facts.truck(created_at="-infinity", volume="NaN", plaque_camion=None, produit_id=None)
    for value in ("NaN", "Infinity", "-Infinity", "1e300"):
        facts.reception(volume_ambiant=value, volume_corrige_15c=1.0, densite_a_15="NaN")
        facts.withdrawal(volume_ambiant=1.0, volume_corrige_15c=value)
    facts.reception(volume_ambiant=1e-300, volume_corrige_15c=1.0)
    facts.stock(facts.tank(), 1.0)
    for value in ("NaN", "-Infinity", "-1e300"):
        facts.adjust(facts.tank(), float(value), float(value))
    tank = facts.tank(nom="")
    facts.stock(tank, -5.0)
    findings = facts.findings()
    assert all(finding["message"] and finding["payload"] for finding in findings)
    assert tank in [finding["entity_id"] for finding in findings]
    (stale,) = (row for row in findings if row["check_code"] == "CDR_ARRIVE_STALE")
    assert stale["detected_at"] == facts.now()


def test_the_view_keeps_its_contract(facts: Facts) -> None:
    assert view_contract(facts.connection) == []


@settings(max_examples=200, deadline=None)
@given(
    value=st.decimals(-(10**14), 10**14, places=3)
    | st.sampled_from([Decimal(0), Decimal("-0.004")]),
    decimals=st.integers(0, 3),
)
def test_numbers_are_written_alike_in_sql_and_python(
    pg: Postgres, value: Decimal, decimals: int
) -> None:
    global _connection  # noqa: PLW0603 - one connection for two hundred examples
    if _connection is None:
        _connection = psycopg.connect(pg.dsn("postgres"), autocommit=True)
    expression = wording_sql.number_sql(f"({value})", decimals, "L")
    row = _connection.execute(
        f"SELECT {expression}, round(({value})::numeric, {decimals})"
    ).fetchone()
    assert row is not None
    text, rounded = row
    assert text == wording.number_text(rounded, decimals, "L", "fr")


_connection: Connection | None = None


def test_instants_are_written_alike_in_sql_and_python(facts: Facts) -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for hours in range(0, 48, 5):
        moment = start + timedelta(hours=hours)
        text = facts.now(wording_sql.date_sql(f"'{moment.isoformat()}'"))
        assert text == wording.date_text(moment, "fr")
