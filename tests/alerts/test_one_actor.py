"""A transaction writes for one actor, so two signatures take two; in plain SQL as the runtime role."""

from datetime import date, timedelta

import psycopg
import pytest

from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, ledger, take_in
from tests.conftest import make_user

UNTIL = date.today() + timedelta(days=30)
ACCEPT = (
    "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'connu', resolution_cause = 'AUTRE',"
    f" resolution_decision = 'ACCEPTE', accepted_until = '{UNTIL}'"
)
ACK = "UPDATE system_alerts SET status = 'ACK'"


@pytest.fixture
def two(fresh_console):
    take_in([finding("bac-1"), finding("bac-2")])
    return [make_user(name, {"depot": Role.DIRECTEUR}).pk for name in ("first", "second")]


@pytest.fixture
def app(fresh_console, pg):
    with psycopg.connect(pg.dsn(fresh_console, "console_app"), autocommit=True) as session:
        yield session


def act(app, user="", system=""):
    app.execute(
        "SELECT set_config('governance.user_id', %s, true), set_config('governance.system', %s, true)",
        [str(user), system],
    )


def refused(app, statement, words="nobody else writes"):
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match=words), app.transaction():
        app.execute(statement)


def statuses():
    return {alert(entity_id=name).status for name in ("bac-1", "bac-2")}


def test_four_eyes_take_two_transactions(app, two):
    with app.transaction():
        act(app, two[0])
        app.execute(ACCEPT)
        act(app, two[1])
        refused(app, ACCEPT)
    assert statuses() == {"ACK"}
    with app.transaction():
        act(app, two[1])
        app.execute(ACCEPT)
    assert statuses() == {"RESOLVED"}


def test_a_savepoint_makes_no_second_person(app, two):
    with app.transaction():
        app.execute("SAVEPOINT one")
        act(app, two[0])
        app.execute(ACCEPT)
        app.execute("RELEASE one")
        app.execute("SAVEPOINT two")
        act(app, two[1])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(ACCEPT)
        app.execute("ROLLBACK TO two")  # which gives the first identity back as well
        act(app, two[1])
        refused(app, ACCEPT)
    assert statuses() == {"ACK"}


def test_what_was_rolled_back_was_not_written(app, two):
    with app.transaction():
        app.execute("SAVEPOINT one")
        act(app, two[0])
        app.execute(ACK)
        app.execute("ROLLBACK TO one")
        act(app, two[1])
        app.execute(ACK)
    assert [actor for action, actor in ledger() if action == "alert.ack"] == [str(two[1])] * 2


@pytest.mark.parametrize("system", ["scan", "verify"])
def test_neither_does_the_machine_write_with_a_person(app, two, system):
    with app.transaction():
        act(app, two[0])
        app.execute(ACK)
        act(app, system=system)
        refused(app, "UPDATE system_alerts SET last_detected_at = now()")
    with app.transaction():
        act(app, system=system)
        app.execute("UPDATE system_alerts SET last_detected_at = now()")
        act(app, two[0])
        refused(app, ACK)


SWAP = "set_config('governance.user_id', '{}', true)"


def test_no_statement_signs_for_another_between_its_rows(app, two):
    """The identity of a single statement: changed for the row, and back before the entry is written."""
    first, second = two
    swapped = ACCEPT.replace("'connu'", SWAP.format(second)) + f" RETURNING {SWAP.format(first)}"
    with app.transaction():
        act(app, first)
        app.execute(ACCEPT)
        refused(app, swapped)
        refused(app, ACCEPT.replace("'connu'", SWAP.format(second)))
    assert statuses() == {"ACK"}
    comment = (
        "INSERT INTO alert_comment (id, alert_id, body) SELECT gen_random_uuid(), id, "
        f"{SWAP.format(second)} FROM system_alerts RETURNING {SWAP.format(first)}"
    )
    with app.transaction():
        act(app, first)
        refused(app, comment)


def test_nobody_takes_no_lock(app, two):
    refused(app, "SELECT ledger_lock()", "nobody is acting")
