"""A delegate acts by a right that somebody lent, while it lasts, and never signs beside that person."""

import threading
import time
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from itertools import pairwise

import psycopg
import pytest
from django.db import ProgrammingError
from django.utils import timezone

from alerts.bulk import Seen, alerts_resolve
from alerts.models import Alert, Cause, Decision
from alerts.services import (
    NotAllowed,
    Resolution,
    SameRight,
    alert_acknowledge,
    alert_reopen,
    alert_resolve,
)
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.models import Delegation
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from tests.alerts.make import alert, finding, take_in
from tests.conftest import make_user

UNTIL = date.today() + timedelta(days=30)
ACCEPTED = Resolution(
    note="connu du conseil", cause=Cause.AUTRE, decision=Decision.ACCEPTE, accepted_until=UNTIL
)


@pytest.fixture
def people(db):
    return {
        "lender": make_user("lender", {"depot": Role.DIRECTEUR}),
        "other": make_user("other", {"depot": Role.ADMIN}),
        "gerant": make_user("gerant", {"depot": Role.GERANT}),
        "gerant2": make_user("gerant2", {"depot": Role.GERANT}),
    }


def lend(lender, holder, *, lasts=timedelta(days=1)):
    # A fraction that ends in zeros, as one in ten does.
    ends_at = (timezone.now() + lasts).replace(microsecond=120_000)
    with acting_as_user(lender.pk):
        return Delegation.objects.create(
            reason="congé", holder=holder, source="depot", ends_at=ends_at, granted_by=lender.pk
        )


def accept(user, said=ACCEPTED):
    one = alert()
    with acting_as_user(user.pk):
        return alert_resolve(alert_id=one.pk, version=one.version, resolution=said)


def last_entry():
    with acting_as_system("test"):
        return LedgerEntry.objects.filter(subject_type="alert").order_by("-seq").first()


@pytest.mark.parametrize(
    ("first", "second"),
    [("lender", "gerant"), ("gerant", "lender"), ("gerant", "gerant2")],
)
def test_one_right_gives_one_signature(people, first, second):
    lend(people["lender"], people["gerant"])
    lend(people["lender"], people["gerant2"])
    take_in([finding()])
    assert accept(people[first]).status == "ACK"
    with pytest.raises(SameRight):
        accept(people[second])
    assert alert().status == "ACK"
    assert accept(people["other"]).resolved_by == people["other"].pk


def test_a_delegate_signs_second_for_everybody_else(people):
    lend(people["lender"], people["gerant"])
    take_in([finding()])
    accept(people["other"])
    assert accept(people["gerant"]).status == "RESOLVED"


def test_another_day_is_no_way_around(people):
    lend(people["lender"], people["gerant"])
    take_in([finding()])
    accept(people["lender"])
    later = Resolution("n", Cause.AUTRE, Decision.ACCEPTE, UNTIL + timedelta(days=1))
    assert accept(people["gerant"], later).acceptance_proposed_for == people["lender"].pk
    with pytest.raises(SameRight):
        accept(people["lender"], later)


def test_many_at_once_leave_that_one_out(people):
    lend(people["lender"], people["gerant"])
    take_in([finding("a"), finding("b", severity="WARN")])
    one = alert(entity_id="a")
    with acting_as_user(people["lender"].pk):
        alert_resolve(alert_id=one.pk, version=1, resolution=ACCEPTED)
    seen = [Seen(one.pk, 2), Seen(alert(entity_id="b").pk, 1)]
    with acting_as_user(people["gerant"].pk):
        outcome = alerts_resolve(seen=seen, resolution=ACCEPTED)
    assert [one.entity_id for one in outcome.done] == ["b"]
    assert [one.entity_id for one in outcome.refused] == ["a"]


def test_each_entry_of_a_delegate_names_the_lender_and_the_end(people):
    loan = lend(people["lender"], people["gerant"])
    take_in([finding(severity="WARN")])

    def named():
        said = last_entry().after
        until = said.get("delegated_until")
        # The instant and not its text: PostgreSQL writes no zeros at the end of a fraction, Python does.
        return said.get("delegated_by"), until and datetime.fromisoformat(until)

    ends = loan.ends_at
    with acting_as_user(people["gerant"].pk):
        one = alert_acknowledge(alert_id=alert().pk, version=1)
        assert named() == (str(people["lender"].pk), ends)
        one = alert_reopen(alert_id=one.pk, version=2, note="trop vite")
        assert named() == (str(people["lender"].pk), ends)
        one = alert_acknowledge(alert_id=one.pk, version=3)
        assert named() == (str(people["lender"].pk), ends)
        Alert.objects.filter(pk=one.pk).update(assignee=people["gerant"].pk)
        assert named() == (None, None)  # a gerant assigns by a right of their own
    with acting_as_user(people["lender"].pk):
        alert_resolve(alert_id=one.pk, version=5, resolution=ACCEPTED)
    assert named() == (None, None)


# --- the clock after the lock -----------------------------------------------------------------------


@pytest.fixture
def plain(fresh_console, pg):
    """Open a plain session of the runtime role in which that person (or the machine) acts."""

    @contextmanager
    def opened(user=None):
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
            who = ("governance.user_id", str(user.pk)) if user else ("governance.system", "scan")
            session.execute("SELECT set_config(%s, %s, true)", who)
            yield session

    return opened


HOLD = "UPDATE system_alerts SET last_detected_at = last_detected_at WHERE false"
ACK = "UPDATE system_alerts SET status = 'ACK'"
END = "UPDATE delegation SET ends_at = statement_timestamp()"


def waiters(session):
    return session.execute("SELECT count(*) FROM pg_locks WHERE NOT granted").fetchone()[0]


def start(plain, user, statement, watcher):
    """Run it in a thread of its own, and come back when it waits for the lock."""
    fate = []
    before = waiters(watcher)

    def run():
        try:
            with plain(user) as session:
                fate.append(session.execute(statement).rowcount)
        except psycopg.Error as error:
            fate.append(type(error))

    thread = threading.Thread(target=run)
    thread.start()
    for _ in range(500):
        if waiters(watcher) > before:
            break
        time.sleep(0.005)
    return thread, fate


def test_an_act_that_waited_past_the_end_of_its_loan_is_refused(people_in_fresh, plain):
    people = people_in_fresh
    take_in([finding(severity="WARN")])
    loan = lend(people["lender"], people["gerant"], lasts=timedelta(seconds=1.5))
    with plain() as holder, plain() as watcher:
        holder.execute(HOLD)
        thread, fate = start(plain, people["gerant"], ACK, watcher)
        assert timezone.now() < loan.ends_at
        time.sleep(max(0.0, (loan.ends_at - timezone.now()).total_seconds()) + 0.02)
        holder.commit()
        thread.join()
    assert fate == [psycopg.errors.InsufficientPrivilege]
    assert alert().status == "OPEN"


def test_a_loan_that_is_ended_while_somebody_waits_ends_after_what_was_done(people_in_fresh, plain):
    people = people_in_fresh
    take_in([finding(severity="WARN")])
    lend(people["lender"], people["gerant"])
    with plain() as holder, plain() as watcher:
        holder.execute(HOLD)
        acts = start(plain, people["gerant"], ACK, watcher)
        ends = start(plain, people["lender"], END, watcher)
        holder.commit()
        for thread, _fate in (acts, ends):
            thread.join()
    assert ends[1] == [1]
    with acting_as_system("test"):
        loan = Delegation.objects.get()
        entries = list(LedgerEntry.objects.order_by("seq").values_list("action", "at"))
    done = dict(entries)
    assert "delegation.revoke" in done
    if acts[1] == [1]:
        assert done["alert.ack"] < loan.ends_at
    else:  # the end won the lock
        assert acts[1] == [psycopg.errors.InsufficientPrivilege]
    assert all(one <= other for one, other in pairwise(at for _action, at in entries))


@pytest.fixture
def people_in_fresh(fresh_console):
    return {
        "lender": make_user("lender", {"depot": Role.DIRECTEUR}),
        "gerant": make_user("gerant", {"depot": Role.GERANT}),
    }


def test_the_runtime_role_is_refused_by_postgresql(people_in_fresh, plain):
    people = people_in_fresh
    lend(people["lender"], people["gerant"])
    take_in([finding()])
    accept_it = (
        "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'n', resolution_cause = 'AUTRE',"
        f" resolution_decision = 'ACCEPTE', accepted_until = '{UNTIL}'"
    )
    with plain(people["lender"]) as session:
        session.execute(accept_it)
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="one person"),
        plain(people["gerant"]) as session,
    ):
        session.execute(accept_it)
    with pytest.raises(psycopg.errors.InsufficientPrivilege), plain(people["gerant"]) as session:
        session.execute(
            "UPDATE system_alerts SET acceptance_proposed_for = NULL, last_detected_at = now()"
        )
    assert alert().status == "ACK"


def test_without_a_loan_a_gerant_is_refused_as_before(people):
    take_in([finding()])
    with pytest.raises(NotAllowed):
        accept(people["gerant"])


def test_a_loan_ends_with_the_account_of_who_lent(people):
    take_in([finding()])
    lend(people["lender"], people["gerant"])
    with acting_as_system("accounts"):
        type(people["lender"]).objects.filter(pk=people["lender"].pk).update(is_active=False)
    with acting_as_user(people["gerant"].pk), pytest.raises(NotAllowed):
        alert_acknowledge(alert_id=alert().pk, version=1)


@pytest.mark.parametrize("name", ["gerant", "stranger"])
def test_nobody_lends_who_may_not_act_there_not_even_by_the_machine(people, name):
    lender = people.get(name) or make_user(name)
    lent = {
        "holder": people["gerant2"],
        "source": "depot",
        "ends_at": timezone.now() + timedelta(days=1),
    }
    with pytest.raises(ProgrammingError), acting_as_system("test"):
        Delegation.objects.create(reason="congé", granted_by=lender.pk, **lent)
    with acting_as_system("demo"):
        Delegation.objects.create(reason="congé", granted_by=people["other"].pk, **lent)
