"""A snapshot becomes alerts: opened, refreshed, lapsed, closed, reopened; and bad rows are set aside."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection

from alerts.intake import Scope, Snapshot
from alerts.models import Alert, Cause, Decision, Status
from alerts.services import Resolution, alert_acknowledge, alert_resolve
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, alert_rows, finding, ledger, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def directeur(db):
    return make_user("directeur", {"depot": Role.DIRECTEUR})


def acknowledge(user, one):
    with acting_as_user(user.pk):
        return alert_acknowledge(alert_id=one.pk, version=one.version)


def resolve(user, one, **values):
    resolution = Resolution(
        **({"note": "fait", "cause": Cause.AUTRE, "decision": Decision.CORRIGE} | values)
    )
    with acting_as_user(user.pk):
        return alert_resolve(alert_id=one.pk, version=one.version, resolution=resolution)


def test_a_new_identity_opens_episode_one():
    done = take_in([finding()])
    one = alert()
    assert (done.opened, done.rows) == (1, 1)
    assert (one.status, one.episode, one.version, one.occurrences) == ("OPEN", 1, 1, 1)
    assert (one.first_detected_at, one.last_detected_at) == (NOW, NOW)
    assert ledger(one.pk) == [("alert.open", "system:scan")]


def test_seeing_it_again_changes_last_detected_at_and_nothing_else():
    take_in([finding()])
    before = alert_rows()[0]
    done = take_in([finding()], taken_at=LATER)
    after = alert_rows()[0]
    assert done.same == 1
    assert {key for key in after if after[key] != before[key]} == {"last_detected_at"}
    assert ledger(before["id"]) == [("alert.open", "system:scan")]


def test_two_findings_of_one_identity_are_one_alert_with_the_worst_severity():
    take_in(
        [
            finding(severity="WARN", message="b", payload={"proprietaire": "PARTENAIRE"}),
            finding(severity="CRITICAL", message="a", payload={"proprietaire": "MONALUXE"}),
        ]
    )
    one = alert()
    assert (one.occurrences, one.severity, one.message) == (2, "CRITICAL", "a")
    assert one.payload == [{"proprietaire": "MONALUXE"}, {"proprietaire": "PARTENAIRE"}]


def test_a_finding_that_is_gone_closes_with_the_reason():
    take_in([finding()])
    done = take_in([], taken_at=LATER)
    assert done.closed == 1
    one = alert(entity_id="bac-1")
    assert (one.status, one.resolution_cause, one.resolved_by) == ("RESOLVED", "DATA_FIXED", None)
    assert ledger(one.pk)[-1] == ("alert.close", "system:scan")


def test_a_snapshot_that_is_not_believed_closes_nothing_and_still_opens():
    take_in([finding()])
    done = take_in([finding("bac-2")], taken_at=LATER, closes=False)
    assert (done.closed, done.absent, done.opened) == (0, 1, 1)
    assert alert(entity_id="bac-1").status == Status.OPEN


def test_back_after_resolved_is_the_next_episode_and_its_past_stays_in_the_ledger(directeur):
    take_in([finding()])
    resolve(directeur, acknowledge(directeur, alert()))
    take_in([], taken_at=LATER)
    take_in([finding()], taken_at=LATER + timedelta(minutes=1))
    one = alert()
    assert (one.status, one.episode) == ("OPEN", 2)
    assert (one.acknowledged_by, one.resolved_by, one.resolution_note) == (None, None, None)
    assert [action for action, _ in ledger(one.pk)] == [
        "alert.open",
        "alert.ack",
        "alert.resolve",
        "alert.confirm",
        "alert.reopen",
    ]


def test_worse_than_what_was_acknowledged_lapses_the_acknowledgement(directeur):
    take_in([finding(severity="WARN")])
    acknowledge(directeur, alert())
    take_in([finding(severity="CRITICAL")], taken_at=LATER)
    one = alert()
    assert (one.status, one.severity, one.acknowledged_by) == ("OPEN", "CRITICAL", None)
    assert ledger(one.pk)[-1] == ("alert.lapse.severity", "system:scan")


def test_a_material_change_lapses_and_an_immaterial_one_does_not(directeur):
    material = {"STOCK_NEGATIF": ["stock"]}
    take_in([finding()], material=material)
    acknowledge(directeur, alert())
    take_in(
        [finding(payload={"citerne": "BAC 1", "stock": -5.5})], taken_at=LATER, material=material
    )
    assert alert().status == Status.ACK
    take_in(
        [finding(payload={"citerne": "BAC 1", "stock": -900})], taken_at=LATER, material=material
    )
    assert alert().status == Status.OPEN
    assert ledger(alert().pk)[-1][0] == "alert.lapse.payload"


def test_less_severe_keeps_the_acknowledgement(directeur):
    take_in([finding(severity="CRITICAL")])
    acknowledge(directeur, alert())
    take_in([finding(severity="WARN")], taken_at=LATER)
    assert (alert().status, alert().severity) == ("ACK", "WARN")


def test_an_accepted_anomaly_stays_resolved_until_it_worsens_or_its_date_passes(directeur):
    today = datetime.now(UTC)
    take_in([finding(severity="WARN")], taken_at=today)
    until = date.today() + timedelta(days=10)
    resolve(directeur, alert(), decision=Decision.ACCEPTE, accepted_until=until)
    done = take_in([finding(severity="WARN")], taken_at=today + timedelta(days=1))
    assert (done.accepted, alert().status) == (1, "RESOLVED")
    take_in([finding(severity="WARN")], taken_at=today + timedelta(days=12))
    assert (alert().status, alert().episode) == ("OPEN", 1)

    resolve(directeur, alert(), decision=Decision.ACCEPTE, accepted_until=until)
    take_in([finding(severity="CRITICAL")], taken_at=today + timedelta(days=1))
    assert (alert().status, alert().episode) == ("OPEN", 1)


def test_detected_at_of_the_source_says_since_when_but_never_the_future():
    past, future = NOW - timedelta(days=9), NOW + timedelta(days=9)
    take_in([finding("a", detected_at=past), finding("b", detected_at=future)])
    assert alert(entity_id="a").first_detected_at == past
    assert alert(entity_id="b").first_detected_at == NOW


BAD_ROWS = {
    "check_code is missing": {"check_code": None},
    "severity is missing": {"severity": None},
    "severity is unknown": {"severity": "FATAL"},
    "entity_type is missing": {"entity_type": " "},
    "entity_id is missing": {"entity_id": None},
    "entity_type or entity_id is longer than 200 characters": {"entity_id": "x" * 201},
    "message is missing": {"message": ""},
    "payload is missing": {"payload": None},
    "payload is not valid jsonb": {"payload": '{"a": "\\u0000"}'},
    "payload is not an object": {"payload": "[1]"},
    "detected_at is missing": {"detected_at": None},
    "detected_at is not an instant": {"detected_at": "infinity"},
}


@pytest.mark.parametrize(("fault", "change"), BAD_ROWS.items(), ids=list(BAD_ROWS))
def test_a_row_that_breaks_the_contract_is_set_aside_and_the_others_go_on(fault, change):
    good = {
        "check_code": "C",
        "severity": "WARN",
        "entity_type": "T",
        "entity_id": "good",
        "message": "m",
        "payload": "{}",
        "detected_at": "2026-01-01 00:00:00+00",
    }
    with acting_as_system("scan"), connection.cursor() as cursor:
        snapshot = Snapshot(source="depot", taken_at=NOW)
        with snapshot.copy(cursor) as copy:
            copy.write_row(tuple(good.values()))
            copy.write_row(tuple((good | {"entity_id": "bad"} | change).values()))
        done = snapshot.compare()
        snapshot.apply(closes=True)
    assert (done.rows, done.quarantined) == (2, 1)
    assert done.faults[0]["fault"] == fault
    assert alert().entity_id == "good"


def test_a_row_set_aside_keeps_alerts_of_its_code_from_closing():
    take_in([finding(), finding("x", check_code="OTHER")])
    done = take_in([finding(severity="FATAL")], taken_at=LATER)
    assert (done.quarantined, done.closed) == (1, 1)
    assert alert(check_code="STOCK_NEGATIF").status == Status.OPEN
    assert alert(check_code="OTHER").status == Status.RESOLVED


def test_outside_the_scope_nothing_closes():
    take_in([finding("a"), finding("b")])
    take_in([], taken_at=LATER, scope=Scope(entities=["a"]))
    assert alert(entity_id="a").status == Status.RESOLVED
    assert alert(entity_id="b").status == Status.OPEN


def test_another_source_is_left_alone():
    take_in([finding()])
    take_in([], source="autre", taken_at=LATER)
    assert alert().status == Status.OPEN


def test_half_of_twenty_is_believed_and_more_is_suspect():
    take_in([finding(f"e{n}") for n in range(20)])
    with acting_as_system("scan"):
        for kept, suspect in ((10, False), (9, True)):
            snapshot = Snapshot(source="depot", taken_at=LATER)
            snapshot.add(finding(f"e{n}") for n in range(kept))
            assert snapshot.compare().is_suspect is suspect
    assert Alert.objects.count() == 0  # without an identity nothing is visible
