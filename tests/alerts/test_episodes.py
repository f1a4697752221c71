"""Episodes from the ledger: numbers, durations, people; equal to what the table says of the last one."""

from datetime import date, timedelta

import pytest
from django.db import connection

from alerts.models import Cause, Decision
from alerts.related import alert_episodes
from alerts.services import Resolution, alert_acknowledge, alert_resolve
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import NOW, alert, finding, take_in
from tests.conftest import make_user

pytestmark = pytest.mark.django_db
FIXED = Resolution(note="corrigé", cause=Cause.ERREUR_SAISIE, decision=Decision.CORRIGE)


@pytest.fixture
def directeur(db):
    return make_user("directeur", {"depot": Role.DIRECTEUR})


def episodes(user=None):
    identity = acting_as_user(user.pk) if user else acting_as_system("scan")
    with identity:
        return alert_episodes(alert().pk)


def ack(user):
    with acting_as_user(user.pk):
        return alert_acknowledge(alert_id=alert().pk, version=alert().version)


def resolve(user, resolution=FIXED):
    with acting_as_user(user.pk):
        return alert_resolve(alert_id=alert().pk, version=alert().version, resolution=resolution)


def test_an_open_alert_is_in_its_first_episode(directeur):
    take_in([finding(detected_at=NOW - timedelta(days=2))])
    (one,) = episodes()
    assert (one.episode, one.opened_by, one.lapses) == (1, "system:scan", 0)
    assert (one.detected_at, one.opened_at) == (NOW - timedelta(days=2), alert().created_at)
    assert one.time_to_acknowledge is one.time_to_resolve is one.resolved_by is None


def test_who_and_how_long(directeur):
    take_in([finding()])
    ack(directeur)
    done = resolve(directeur)
    (one,) = episodes()
    assert (one.first_acknowledged_by, one.resolved_by) == (str(directeur.pk),) * 2
    assert one.time_to_acknowledge == done.acknowledged_at - done.created_at
    assert one.time_to_resolve == done.resolved_at - done.created_at
    assert (one.resolution_decision, one.resolution_cause) == ("CORRIGE", "ERREUR_SAISIE")


def test_each_reopening_starts_the_next_and_the_scan_closes_under_its_own_name(directeur):
    take_in([finding()])
    take_in([])
    take_in([finding()])
    ack(directeur)
    take_in([])
    take_in([finding()])
    newest, second, first = episodes()
    assert [one.episode for one in (first, second, newest)] == [1, 2, 3]
    assert (first.resolved_by, first.resolution_cause) == ("system:scan", "DATA_FIXED")
    assert first.first_acknowledged_at is None
    assert second.first_acknowledged_by == str(directeur.pk)
    assert newest.resolved_at is newest.acknowledged_at is newest.resolution_cause is None
    assert first.resolved_at <= second.opened_at <= second.resolved_at <= newest.opened_at


def test_a_lapsed_acknowledgement_counts_as_the_first_and_is_no_longer_in_force(directeur):
    take_in([finding(severity="WARN")])
    first = ack(directeur)
    take_in([finding()])
    (one,) = episodes()
    assert (one.lapses, one.acknowledged_at, one.acknowledged_by) == (1, None, None)
    assert one.first_acknowledged_at == first.acknowledged_at
    again = ack(directeur)
    (one,) = episodes()
    assert one.first_acknowledged_at == first.acknowledged_at < again.acknowledged_at
    assert one.acknowledged_at == again.acknowledged_at


def test_a_proposal_from_open_acknowledges_and_does_not_resolve(directeur):
    take_in([finding()])
    until = date.today() + timedelta(days=3)
    accepted = Resolution(
        note="connu", cause=Cause.AUTRE, decision=Decision.ACCEPTE, accepted_until=until
    )
    resolve(directeur, accepted)
    (one,) = episodes()
    assert one.first_acknowledged_by == str(directeur.pk)
    assert (one.resolved_at, one.time_to_resolve) == (None, None)


def test_who_may_not_read_the_history_sees_no_episode(directeur):
    take_in([finding()])
    assert len(episodes(directeur)) == 1
    assert episodes(make_user("gerant", {"depot": Role.GERANT})) == []
    assert episodes(make_user("ailleurs", {"autre": Role.DIRECTEUR})) == []


def test_one_alert_is_one_look_up_in_the_index(directeur):
    take_in([finding(f"e{n}") for n in range(300)])
    with acting_as_user(directeur.pk), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")  # a small table is read whole otherwise
        cursor.execute("EXPLAIN SELECT * FROM alert_episode(%s)", [alert(entity_id="e1").pk])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "ledger_entry_subject" in plan
    assert "Function Scan" not in plan  # inlined, so the caller's condition reaches the index


def test_all_alerts_at_once_are_the_same_rows(directeur):
    take_in([finding("a"), finding("b")])
    take_in([finding("a")])
    take_in([finding("a"), finding("b")])
    with acting_as_user(directeur.pk), connection.cursor() as cursor:
        cursor.execute("SELECT alert_id, episode, resolved_by FROM alert_episode()")
        rows = cursor.fetchall()
    assert [row[1:] for row in rows if row[0] == alert(entity_id="b").pk] == [
        (1, "system:scan"),
        (2, None),
    ]
    assert len(rows) == 3
