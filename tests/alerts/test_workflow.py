"""Acknowledge and resolve, through the service and past it: PostgreSQL decides who and what."""

import threading
from datetime import date, timedelta

import psycopg
import pytest
from django.db import DatabaseError, connection, transaction

from alerts.models import Cause, Decision, Severity
from alerts.services import (
    AlertGone,
    Conflict,
    NotAllowed,
    Resolution,
    alert_acknowledge,
    alert_resolve,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, ledger, take_in
from tests.conftest import make_user

FIXED = Resolution(note="compteur corrigé", cause=Cause.ERREUR_SAISIE, decision=Decision.CORRIGE)


@pytest.fixture
def people(db):
    return {
        "directeur": make_user("directeur", {"depot": Role.DIRECTEUR}),
        "second": make_user("second", {"depot": Role.ADMIN}),
        "pca": make_user("pca", {"depot": Role.PCA}),
        "gerant": make_user("gerant", {"depot": Role.GERANT}),
        "ailleurs": make_user("ailleurs", {"autre": Role.DIRECTEUR}),
    }


def test_acknowledge_then_resolve_takes_actor_and_time_from_the_session(people):
    take_in([finding()])
    user = people["directeur"]
    with acting_as_user(user.pk):
        acked = alert_acknowledge(alert_id=alert().pk, version=1)
    assert (acked.status, acked.acknowledged_by, acked.version) == ("ACK", user.pk, 2)
    with acting_as_user(user.pk):
        done = alert_resolve(alert_id=acked.pk, version=2, resolution=FIXED)
    assert (done.status, done.resolved_by, done.resolution_note) == (
        "RESOLVED",
        user.pk,
        "compteur corrigé",
    )
    assert None not in (done.resolved_at, acked.acknowledged_at)
    assert str(done.resolved_at) >= str(acked.acknowledged_at)
    assert ledger(done.pk) == [
        ("alert.open", "system:scan"),
        ("alert.ack", str(user.pk)),
        ("alert.resolve", str(user.pk)),
    ]


def test_the_second_of_two_submissions_is_told_the_current_state(people):
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        alert_acknowledge(alert_id=alert().pk, version=1)
    with acting_as_user(people["second"].pk), pytest.raises(Conflict) as told:
        alert_acknowledge(alert_id=alert().pk, version=1)
    assert told.value.current.acknowledged_by == people["directeur"].pk
    assert len(ledger(alert().pk)) == 2


@pytest.mark.parametrize(
    ("who", "error"), [("pca", NotAllowed), ("gerant", NotAllowed), ("ailleurs", AlertGone)]
)
def test_who_may_not_is_refused_by_the_database(people, who, error):
    take_in([finding()])
    with acting_as_user(people[who].pk), pytest.raises(error):
        alert_acknowledge(alert_id=alert().pk, version=1)
    assert alert().status == "OPEN"


def test_a_delegation_lets_a_gerant_act_until_it_ends(people):
    take_in([finding()])
    lent = Delegation.objects.create
    with acting_as_user(people["directeur"].pk):
        given = lent(
            reason="congé",
            holder=people["gerant"],
            source="depot",
            ends_at=alert_time(days=1),
            granted_by=people["directeur"].pk,
        )
    with acting_as_user(people["gerant"].pk):
        assert alert_acknowledge(alert_id=alert().pk, version=1).status == "ACK"
    with acting_as_user(people["directeur"].pk):
        Delegation.objects.filter(pk=given.pk).update(ends_at=alert_time(days=-1))
    with acting_as_user(people["gerant"].pk), pytest.raises(NotAllowed):
        alert_resolve(alert_id=alert().pk, version=2, resolution=FIXED)


def alert_time(*, days):
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() + make_interval(days => %s)", [days])
        return cursor.fetchone()[0]


def test_information_asks_nobody_to_act(people):
    take_in([finding(severity="INFO")])
    with acting_as_user(people["directeur"].pk), pytest.raises(NotAllowed):
        alert_acknowledge(alert_id=alert().pk, version=1)


def test_accepting_a_critical_anomaly_needs_a_second_person(people):
    take_in([finding()])
    accepted = Resolution(
        note="connu du conseil",
        cause=Cause.AUTRE,
        decision=Decision.ACCEPTE,
        accepted_until=date.today() + timedelta(days=30),
    )
    first, second = people["directeur"], people["second"]
    with acting_as_user(first.pk):
        proposed = alert_resolve(alert_id=alert().pk, version=1, resolution=accepted)
        assert (proposed.status, proposed.acceptance_proposed_by) == ("ACK", first.pk)
        again = alert_resolve(alert_id=proposed.pk, version=2, resolution=accepted)
        assert again.status == "ACK"  # the same person twice is still one person
    with acting_as_user(second.pk):
        done = alert_resolve(alert_id=proposed.pk, version=3, resolution=accepted)
    assert (done.status, done.resolved_by, done.acceptance_proposed_by) == (
        "RESOLVED",
        second.pk,
        first.pk,
    )


# --- Past the service: statements as anybody with the runtime role could write them -----------------


def run(statement, *params):
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.rowcount


def refused(statement, *params):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        run(statement, *params)
    return type(caught.value.__cause__)


DENIED = psycopg.errors.InsufficientPrivilege
INVALID = psycopg.errors.CheckViolation


def test_without_an_identity_nothing_is_seen_and_nothing_is_written(db):
    take_in([finding()])
    assert run("SELECT * FROM system_alerts") == 0
    assert refused("UPDATE system_alerts SET status = 'ACK'") is DENIED


def test_a_pca_sees_and_is_refused_an_update(people):
    take_in([finding()])
    with acting_as_user(people["pca"].pk):
        assert run("SELECT * FROM system_alerts") == 1
        assert refused("UPDATE system_alerts SET status = 'ACK'") is DENIED


def test_a_director_of_another_source_sees_nothing_and_changes_nothing(people):
    take_in([finding()])
    with acting_as_user(people["ailleurs"].pk):
        assert run("SELECT * FROM system_alerts") == 0
        assert run("UPDATE system_alerts SET status = 'ACK'") == 0


def test_a_forged_actor_time_or_version_is_overwritten(people):
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        run(
            "UPDATE system_alerts SET status = 'ACK', acknowledged_by = %s,"
            " acknowledged_at = '2001-01-01', version = 77, episode = 9",
            people["pca"].pk,
        )
    one = alert()
    assert (one.acknowledged_by, one.version, one.episode) == (people["directeur"].pk, 2, 1)
    assert str(one.acknowledged_at) > "2002"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("UPDATE system_alerts SET status = 'RESOLVED'", INVALID),
        (
            "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = ' ',"
            " resolution_cause = 'AUTRE', resolution_decision = 'CORRIGE'",
            INVALID,
        ),
        (
            "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'x',"
            " resolution_cause = 'DATA_FIXED', resolution_decision = 'CORRIGE'",
            INVALID,
        ),
        (
            "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'x',"
            " resolution_cause = 'AUTRE', resolution_decision = 'ACCEPTE'",
            INVALID,
        ),
        ("UPDATE system_alerts SET severity = 'WARN'", DENIED),
        ("UPDATE system_alerts SET message = 'tout va bien'", DENIED),
        ("UPDATE system_alerts SET last_detected_at = now()", DENIED),
        ("DELETE FROM system_alerts", DENIED),
        ("TRUNCATE system_alerts", DENIED),
    ],
)
def test_a_statement_that_the_workflow_does_not_know_is_refused(people, statement, expected):
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        assert refused(statement) is expected
    assert alert().status == "OPEN"


def test_resolved_does_not_go_back_to_acknowledged(people):
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        alert_resolve(alert_id=alert().pk, version=1, resolution=FIXED)
        assert refused("UPDATE system_alerts SET status = 'ACK'") is INVALID
        assert refused("UPDATE system_alerts SET status = 'OPEN'") is INVALID


def test_only_a_machine_opens_and_it_never_acknowledges(people):
    take_in([finding()])
    with acting_as_user(people["directeur"].pk):
        assert (
            refused(
                "INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id,"
                " message, payload, occurrences, material, status, episode, version,"
                " first_detected_at, last_detected_at, created_at, updated_at)"
                " SELECT gen_random_uuid(), source, 'X', severity, entity_type, entity_id, message,"
                " payload, 1, material, 'OPEN', 1, 1, now(), now(), now(), now() FROM system_alerts"
            )
            is DENIED
        )
    with acting_as_system("scan"):
        assert refused("UPDATE system_alerts SET status = 'ACK'") is INVALID


def test_a_bulk_statement_leaves_one_entry_per_alert(people):
    take_in([finding(f"e{n}") for n in range(200)])
    with acting_as_user(people["directeur"].pk):
        assert run("UPDATE system_alerts SET status = 'ACK'") == 200
    entries = [one for one in ledger() if one[0] == "alert.ack"]
    assert entries == [("alert.ack", str(people["directeur"].pk))] * 200


def test_two_people_at_the_same_instant_one_wins_and_one_is_told(fresh_console):
    users = [make_user(f"d{n}", {"depot": Role.DIRECTEUR}) for n in range(2)]
    take_in([finding()])
    start = threading.Barrier(2)
    results: list[tuple[str, object]] = []

    def press(user):
        try:
            start.wait()
            with acting_as_user(user.pk):
                alert_acknowledge(alert_id=one.pk, version=1)
            results.append(("won", user.pk))
        except Conflict as conflict:
            results.append(("told", conflict.current.acknowledged_by))
        finally:
            connection.close()

    one = alert()
    threads = [threading.Thread(target=press, args=(user,)) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(word for word, _ in results) == ["told", "won"]
    winner = dict(results)["won"]
    assert dict(results)["told"] == winner == alert().acknowledged_by
    assert [action for action, _ in ledger(one.pk)] == ["alert.open", "alert.ack"]


def test_severities_are_the_contract():
    assert Severity.values == ["CRITICAL", "WARN", "INFO"]
