"""Lines that say what their alert has already are not read again; all else is, however alike it looks."""

from datetime import timedelta

import pytest
from django.db import connection

from alerts.intake import Snapshot
from governance.core.identity.acting import acting_as_system
from tests.alerts.make import NOW, alert, finding, take_in

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)
# As jsonb itself writes it, as a source's view does.
PAYLOAD = '{"stock": -5.5, "citerne": "TANK1"}'


def line(
    entity="bac-1", payload=PAYLOAD, at="2026-03-01 12:00:00+00", message="Le bac est sous zéro."
):
    return f"STOCK_NEGATIF\tCRITICAL\tCITERNE_STOCK\t{entity}\t{message}\t{payload}\t{at}\n"


def scanned(*lines, at=LATER, versions=None, material=None):
    """The outcome, and how many lines were known."""
    with acting_as_system("scan"), connection.cursor() as cursor:
        snapshot = Snapshot(source="depot", taken_at=at, material=material)
        with snapshot.copy(cursor) as copy:
            copy.write("".join(lines).encode())
        snapshot.compare(versions=versions)
        outcome = snapshot.apply(closes=True)
        cursor.execute("SELECT count(*) FROM known")
        return outcome, cursor.fetchone()[0]


def test_a_line_that_says_the_same_is_only_seen():
    take_in([finding()])
    outcome, known = scanned(line())
    assert known == 1
    assert (outcome.same, outcome.rows, outcome.per_code) == (1, 1, {"STOCK_NEGATIF": 1})
    assert (alert().last_detected_at, alert().version) == (LATER, 1)


@pytest.mark.parametrize(
    "other",
    [
        line(message="Le bac est très bas."),
        line(payload='{"stock": -6, "citerne": "TANK1"}'),
        line().replace("CRITICAL", "WARN"),
    ],
)
def test_any_other_word_is_read(other):
    take_in([finding()])
    outcome, known = scanned(other)
    assert (known, outcome.changed, alert().version) == (0, 1, 2)


def test_the_same_payload_written_otherwise_is_the_same_in_the_end():
    take_in([finding()])
    outcome, known = scanned(line(payload='{"citerne": "TANK1", "stock": -5.5}'))
    assert (known, outcome.same, alert().version) == (0, 1, 1)


@pytest.mark.parametrize("twin", [line(), line(message="Le bac est très bas.")])
def test_a_twin_makes_two_occurrences_though_one_line_is_known(twin):
    take_in([finding()])
    outcome, known = scanned(line(), twin)
    assert (known, outcome.changed, alert().occurrences) == (0, 1, 2)


def test_an_instant_that_no_alert_may_have_is_set_aside():
    take_in([finding()])
    outcome, known = scanned(line(at="infinity"))
    assert (known, outcome.quarantined, alert().status) == (0, 1, "OPEN")


def test_a_resolved_alert_is_not_known():
    take_in([finding()])
    take_in([], taken_at=LATER)
    outcome, known = scanned(line(), at=LATER + timedelta(minutes=1))
    assert (known, outcome.reopened, alert().episode) == (0, 1, 2)


def test_another_version_of_the_rule_is_read():
    take_in([finding()])
    outcome, known = scanned(line(), versions={"STOCK_NEGATIF": "1.0.1"})
    assert (known, outcome.changed, alert().rule_version) == (0, 1, "1.0.1")
    _outcome, known = scanned(
        line(), versions={"STOCK_NEGATIF": "1.0.1"}, at=LATER + timedelta(minutes=1)
    )
    assert known == 1
