"""A scan that writes much: people act meanwhile, and what it entered is chained after it, in order."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from uuid import UUID

import psycopg
import pytest
from django.db import connection, transaction

from alerts.bulk import Seen, alerts_acknowledge
from alerts.intake import Snapshot, snapshot, statements
from alerts.intake.progress import NAME
from alerts.models import Alert, Cause, Decision
from alerts.queries import AlertFilter, changes_since
from alerts.services import (
    Busy,
    Resolution,
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
    comment_add,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import User
from governance.core.ledger.verification.verify import ledger_verify
from governance.core.ledger.waiting import entries_chain, entries_waiting
from tests.alerts.make import NOW, assert_flow, assert_tally, finding, take_in
from tests.conftest import make_user, signed_in

LIMIT_S = 0.3  # DESIGN, section 5


@pytest.fixture
def person(fresh_console) -> User:
    return make_user("claire", {"depot": "directeur", "autre": "directeur"})


@contextmanager
def another_scan(pg, console) -> Iterator[psycopg.Connection]:
    """A connection of its own that acts as a scan; rolled back at the end unless the test committed."""
    with psycopg.connect(pg.dsn(console, "console_app")) as session:
        session.execute("SELECT set_config('governance.system', 'scan', false)")
        yield session
        session.rollback()


OPENS = """
INSERT INTO system_alerts (id, source, check_code, severity, entity_type, entity_id, message, payload,
  occurrences, status, episode, version, first_detected_at, last_detected_at, material,
  created_at, updated_at)
SELECT gen_random_uuid(), 'depot', 'STOCK_NEGATIF', 'WARN', 'BAC', 'grand-' || n, 'sous zéro', '{}', 1,
  'OPEN', 1, 1, now(), now(), '{}', now(), now()
FROM generate_series(1, %s) AS n
"""


def measured(act) -> float:
    started = time.monotonic()
    act()
    return time.monotonic() - started


def test_nobody_waits_for_a_scan_that_opens_thousands(pg, person, fresh_console):
    take_in([finding("a"), finding("b"), finding("c")])
    alerts = {one.entity_id: one for one in everything()}
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute(OPENS, [3_000])

        def acknowledge(name: str) -> None:
            with acting_as_user(person.pk):
                alert_acknowledge(alert_id=alerts[name].pk, version=1)

        def comment() -> None:
            with acting_as_user(person.pk):
                comment_add(alert_id=alerts["b"].pk, body="vu")

        assert measured(lambda: acknowledge("a")) < LIMIT_S
        assert measured(comment) < LIMIT_S
        scan.execute("SELECT alert_settle()")
        scan.commit()
    with acting_as_system("test"):
        waiting = entries_waiting()
    assert waiting == 3_000
    # Whoever acts now comes behind them, with a number already, and waits for nobody.
    assert measured(lambda: acknowledge("c")) < LIMIT_S
    verified = ledger_verify()
    assert (verified.first_bad, verified.waiting) == (None, 3_001)
    pieces = entries_chain()
    assert pieces == 0
    whole()
    assert actions_of(alerts["c"].pk) == ["alert.open", "alert.ack"]


def test_who_meets_a_row_of_the_scan_is_told_and_holds_nobody_up(pg, person, fresh_console):
    take_in([finding("a"), finding("b")])
    alerts = {one.entity_id: one for one in everything()}
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute("UPDATE system_alerts SET message = 'encore' WHERE entity_id = 'a'")

        def refused() -> None:
            with acting_as_user(person.pk), pytest.raises(Busy):
                alert_acknowledge(alert_id=alerts["a"].pk, version=1)

        assert measured(refused) < LIMIT_S
        with acting_as_user(person.pk):
            found = alerts_acknowledge(seen=[Seen(one.pk, 1) for one in alerts.values()])
        assert [one.pk for one in found.done] == [alerts["b"].pk]
        assert [one.pk for one in found.busy] == [alerts["a"].pk]
        # psql asks nobody beforehand: it gives up with the ledger's head in its hands, and at once.
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as hand:
            hand.execute("SELECT set_config('governance.user_id', %s, true)", [str(person.pk)])
            started = time.monotonic()
            with pytest.raises(psycopg.errors.LockNotAvailable):
                hand.execute("UPDATE system_alerts SET status = 'ACK'")
            assert time.monotonic() - started < LIMIT_S
        scan.commit()  # settles itself
    whole()
    assert actions_of(alerts["a"].pk) == ["alert.open", "alert.change"]


def test_a_large_snapshot_does_all_that_a_small_one_does(monkeypatch, person, fresh_console):
    """Opens, changes, sights, lapses, closes, reopens, in pieces of two; between them people act."""
    monkeypatch.setattr(snapshot, "LATER_FROM", 0)
    monkeypatch.setattr(statements, "PIECE_ROWS", 2)
    names = [f"bac-{n}" for n in range(7)]
    material = {"STOCK_NEGATIF": ["stock"]}
    shown = [finding(name, payload={"stock": n}) for n, name in enumerate(names)]
    assert take_in(shown, material=material).opened == 7
    act(person, names[0])
    shown = [finding(name, payload={"stock": n, "x": n % 2}) for n, name in enumerate(names)]
    done = take_in(shown[:5], taken_at=NOW + timedelta(minutes=1), material=material)
    assert (done.changed, done.closed) == (5, 2)
    done = take_in(shown[:5], taken_at=NOW + timedelta(minutes=2), material=material)
    assert (done.same, done.changes) == (5, False)
    entries_chain()
    whole()
    act(person, names[1])
    lapses = [finding(names[1], payload={"stock": -9, "x": 1}), shown[0], *shown[2:5], shown[6]]
    done = take_in(lapses, taken_at=NOW + timedelta(minutes=3), material=material)
    assert (done.lapsed, done.reopened, done.same) == (1, 1, 4)
    whole()


def test_who_reopens_while_a_scan_looks_is_no_sighting_of_it(
    pg, monkeypatch, person, fresh_console
):
    """An entry says that all active alerts were seen, but for one that was reopened and not seen."""
    take_in([finding("a"), finding("b")])
    alerts = {one.entity_id: one for one in everything()}
    said = Resolution(note="réparé", cause=Cause.ERREUR_SAISIE, decision=Decision.CORRIGE)
    with acting_as_user(person.pk):
        alert_resolve(alert_id=alerts["b"].pk, version=1, resolution=said)
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute(
            "UPDATE system_alerts SET last_detected_at = %s WHERE entity_id = 'a'",
            [NOW + timedelta(minutes=1)],
        )
        with acting_as_user(person.pk):
            alert_reopen(alert_id=alerts["b"].pk, version=2, note="trop tôt")
        scan.commit()
    whole()


def test_what_was_committed_late_is_news_to_who_read_before(pg, person, fresh_console):
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute(OPENS, [300])
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (read_at,) = cursor.fetchone()
        before = state(person)
        scan.commit()
    after = state(person)
    assert before != after
    with acting_as_user(person.pk):
        assert changes_since(read_at, AlertFilter()).opened == 300
    entries_chain()
    assert state(person) != after  # the history shows more


def test_a_person_s_decision_that_waits_is_known_to_the_next_scan(pg, person, fresh_console):
    take_in([finding("a")])
    [alert] = everything()
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute(OPENS, [300])
        scan.commit()
    said = Resolution(note="réparé", cause=Cause.ERREUR_SAISIE, decision=Decision.CORRIGE)
    later = NOW + timedelta(minutes=1)
    with acting_as_system("scan"):
        snapshot = Snapshot(source="depot", taken_at=later)
        snapshot.add([finding("a")])
    with acting_as_system("scan"), transaction.atomic():
        snapshot = Snapshot(source="depot", taken_at=later)
        snapshot.add([finding("a")])
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as hand:
            hand.execute("SELECT set_config('governance.user_id', %s, true)", [str(person.pk)])
            hand.execute(
                "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = %s, resolution_cause = %s,"
                " resolution_decision = %s WHERE id = %s",
                [said.note, said.cause, said.decision, alert.pk],
            )
        done = snapshot.compare()
    assert done.accepted == 1


def test_the_scans_page_says_how_far_a_large_one_is(pg, person, fresh_console):
    page = signed_in(person)
    with another_scan(pg, fresh_console) as scan:
        for source in ("depot", "ailleurs"):
            scan.execute(
                "SELECT set_config('application_name', %s, true)", [f"{NAME} 250/1000 {source}"]
            )
            text = page.get("/governance/scans").content.decode()
            shown = "250 changements sur 1" in text and "(25" in text
            assert shown == (source == "depot")


FORBIDDEN = (
    "INSERT INTO ledger_pending (batch_id, number, role, subject_type, subject_id, action)"
    " VALUES (1, 1, 'x', 'x', 'x', 'x')",
    "UPDATE ledger_pending SET role = 'x'",
    "DELETE FROM ledger_pending",
    "TRUNCATE ledger_pending",
    "INSERT INTO ledger_batch (id, writer, actor, began, entries, chained) VALUES (9, 0, 'x', now(), 0, 0)",
    "UPDATE ledger_batch SET actor = 'x'",
    "DELETE FROM ledger_batch",
    "TRUNCATE ledger_batch",
)


@pytest.mark.parametrize("role", ["console_app", "console_owner", "postgres"])
def test_no_role_alters_what_waits(role, pg, person, fresh_console):
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute(OPENS, [300])
        scan.commit()
    with psycopg.connect(pg.dsn(fresh_console, role), autocommit=True) as hand:
        hand.execute("SELECT set_config('governance.system', 'scan', false)")
        for statement in FORBIDDEN:
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                hand.execute(statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege), hand.transaction():
            hand.execute("SELECT set_config('governance.system', '', true)")
            hand.execute("SELECT set_config('governance.user_id', %s, true)", [str(person.pk)])
            hand.execute("SELECT ledger_later()")
    whole()


def test_what_waits_and_is_gone_is_missed(pg, person, fresh_console):
    with another_scan(pg, fresh_console) as scan:
        scan.execute("SELECT ledger_later()")
        scan.execute(OPENS, [300])
        scan.commit()
    with pg.superuser(fresh_console) as hand:
        (seq,) = hand.execute("SELECT seq FROM ledger_head").fetchone()
        hand.execute("ALTER TABLE ledger_pending DISABLE TRIGGER USER")
        hand.execute("DELETE FROM ledger_pending WHERE number = 7")
        hand.execute("ALTER TABLE ledger_pending ENABLE ALWAYS TRIGGER ledger_pending_door")
        hand.execute("ALTER TABLE ledger_pending ENABLE ALWAYS TRIGGER ledger_pending_kept")
    verified = ledger_verify()
    assert (verified.first_bad, verified.fault) == (seq + 1, "MISSING")


def everything() -> list[Alert]:
    with acting_as_system("test"):
        return list(Alert.objects.all())


def act(person: User, entity: str) -> None:
    with acting_as_user(person.pk):
        alert = Alert.objects.get(entity_id=entity)
        alert_acknowledge(alert_id=alert.pk, version=alert.version)


def state(person: User) -> bytes:
    with acting_as_user(person.pk), connection.cursor() as cursor:
        cursor.execute("SELECT ledger_state()")
        return bytes(cursor.fetchone()[0])


def actions_of(alert: UUID) -> list[str]:
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT action FROM ledger_entry WHERE subject_id = %s ORDER BY seq", [str(alert)]
        )
        return [action for (action,) in cursor.fetchall()]


def whole() -> None:
    """All is chained, the chain is whole, its replay is the table, and the counts are right."""
    assert entries_chain() == 0
    verified = ledger_verify()
    assert (verified.first_bad, verified.waiting) == (None, 0), verified
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT jsonb_object_agg(id, to_jsonb(a)) FROM system_alerts a)"
            " = (SELECT jsonb_object_agg(id, to_jsonb(s))"
            "  FROM alert_state_at((SELECT max(seq) FROM ledger_entry)) s),"
            " NOT EXISTS (SELECT FROM ledger_entry e JOIN ledger_entry before ON before.seq = e.seq - 1"
            "  WHERE e.at < before.at)"
        )
        assert cursor.fetchone() == (True, True)
    assert_tally()
    assert_flow()
