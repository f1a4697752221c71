"""One row must not kill pages, nor fill the disk: what is set aside, stops a scan, is shown anyway."""

import json

import psycopg
import pytest
from django.db import connection
from django.test import Client

from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from integrity.scans.scan import scan_run
from tests.alerts.make import finding, take_in
from tests.conftest import make_user
from tests.ledger.conftest import exported, verifier  # noqa: F401 - a fixture

pytestmark = pytest.mark.django_db

# Whatever the table holds is what the view says.
ANY = """
CREATE TABLE said (entity_id text, check_code text DEFAULT 'C', message text DEFAULT 'm',
                   payload jsonb DEFAULT '{}', severity text DEFAULT 'WARN');
CREATE VIEW v_integrity_checks AS
SELECT check_code, severity, 'T'::text AS entity_type, entity_id, message, payload,
       timestamptz '2026-01-01' AS detected_at FROM said;
"""


def nested(levels):
    return '{"v": ' + "[" * (levels - 1) + "]" * (levels - 1) + "}"


@pytest.fixture
def source(fresh_source, pg, settings):
    name = fresh_source(ANY)
    settings.SOURCES = {"depot": pg.dsn(name, "depot_reader")}
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        yield owner


def say(source, entity_id, **values):
    names = ", ".join(["entity_id", *values])
    marks = ", ".join(["%s"] * (len(values) + 1))
    source.execute(f"INSERT INTO said ({names}) VALUES ({marks})", [entity_id, *values.values()])


@pytest.mark.parametrize(
    ("values", "fault"),
    [
        ({"payload": '{"v": 1e4300}'}, "payload has a number of more than 300 digits"),
        ({"payload": '{"v": [1, {"w": -1e-400}]}'}, "payload has a number of more than 300 digits"),
        ({"payload": nested(1000)}, "payload is deeper than 32 levels"),
        ({"payload": nested(34)}, "payload is deeper than 32 levels"),
        ({"payload": json.dumps({"v": "x" * 64_000})}, "payload is longer than 64000 bytes"),
        ({"payload": json.dumps({"v": "é" * 32_000})}, "payload is longer than 64000 bytes"),
        ({"message": "x" * 2_001}, "message is longer than 2000 characters"),
        ({"check_code": "x" * 5_000}, "check_code is longer than 200 characters"),
    ],
)
def test_a_row_that_pages_cannot_take_is_set_aside(source, values, fault):
    say(source, "good")
    say(source, "bad", **values)
    scan = scan_run(source="depot")
    assert (scan.outcome, scan.rows, scan.quarantined) == ("COMPLETE", 2, 1), scan.error
    assert scan.faults[0]["fault"] == fault
    with acting_as_system("test"):
        assert set(Alert.objects.filter(source="depot").values_list("entity_id", flat=True)) == {
            "good"
        }


@pytest.mark.parametrize(
    "values",
    [
        {"payload": nested(33)},
        {"payload": json.dumps({"v": "1" * 400})},  # digits in a text are no number
        {"payload": json.dumps({"v": "[" * 400})},
        {"payload": json.dumps({"v": [[]] * 100})},  # many brackets, two levels
        {"payload": '{"v": 1e299}'},
        {"payload": json.dumps({"v": "x" * 63_000})},
        {"message": "é" * 2_000},
    ],
)
def test_a_row_at_the_limit_is_taken(source, values):
    say(source, "good", **values)
    scan = scan_run(source="depot")
    assert (scan.outcome, scan.quarantined) == ("COMPLETE", 0), scan.faults


def test_rows_of_a_megabyte_leave_kilobytes(source):
    for number in range(20):
        say(
            source,
            f"{number}" + "x" * 1_000_000,
            message="y" * 1_000_000,
            check_code="z" * 1_000_000,
        )
    assert scan_run(source="depot").quarantined == 20
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute("SELECT sum(length(after::text)) FROM ledger_entry")
        (kept,) = cursor.fetchone()
    assert kept < 100_000


@pytest.mark.parametrize(
    ("cap", "value", "said"),
    [("SCAN_ROWS_LIMIT", 3, "3 lignes"), ("SCAN_BYTES_LIMIT", 100, "100 octets")],
)
def test_a_view_beyond_a_cap_is_said_and_closes_nothing(source, settings, cap, value, said):
    for name in "abc":
        say(source, name)
    assert scan_run(source="depot").outcome == "COMPLETE"
    setattr(settings, cap, value)
    source.execute("DELETE FROM said WHERE entity_id = 'a'")
    for name in "defghijk":
        say(source, name)
    scan = scan_run(source="depot")
    assert (scan.outcome, scan.opened, scan.closed) == ("FAILED", 0, 0)
    assert said in scan.error.replace("\xa0", " ")
    with acting_as_system("test"):
        assert Alert.objects.filter(source="depot", status="OPEN").count() == 3
        assert Alert.objects.filter(check_code="SCAN_FAILED", status="OPEN").count() == 1


def test_a_view_of_more_codes_than_rules_can_be_is_refused(source):
    source.execute(
        "INSERT INTO said (entity_id, check_code) SELECT 'e', 'c' || n FROM generate_series(1, 1001) n"
    )
    scan = scan_run(source="depot")
    assert (scan.outcome, scan.opened) == ("FAILED", 0)
    assert "codes" in scan.error


def test_a_comment_of_any_depth_or_size_says_nothing(source):
    for comment in (
        '{"rules": ' + "[" * 5_000,
        '{"rules": [1]}',
        json.dumps({"rules": {"C": "x" * 60_000}}),
    ):
        source.execute(f"COMMENT ON VIEW v_integrity_checks IS $c${comment}$c$")
        scan = scan_run(source="depot")
        assert (scan.outcome, scan.rules) == ("COMPLETE", {})


@pytest.mark.parametrize("payload", ['{"v": 1e4300, "w": 1}', nested(1000), '{"v": 1e-4300}'])
def test_what_the_ledger_has_already_is_shown_and_verified(payload, settings, tmp_path, verifier):  # noqa: F811
    """As a console before these limits took it in: past the intake, by the machine."""
    settings.SOURCES = {}
    take_in([finding()])
    with acting_as_system("scan"), connection.cursor() as cursor:
        cursor.execute("UPDATE system_alerts SET payload = %s::jsonb", [payload])
        alert = Alert.objects.get(source="depot")
    client = Client()
    person = make_user("auditrice", {"depot": Role.ADMIN})
    client.force_login(person)
    for path in ("", "/integrity", f"/alerts/{alert.pk}", "/history", f"/history?alert={alert.pk}"):
        assert client.get(f"/governance{path}").status_code == 200, path
    with acting_as_user(person.pk):
        assert LedgerEntry.objects.filter(action="alert.change").get().after
        lines = exported(person)
    export = tmp_path / "export.jsonl"
    export.write_bytes(b"".join(lines))
    assert verifier.main([str(export)]) == 0
