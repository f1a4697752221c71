"""Which alerts a statement reaches that has no condition to narrow it; in plain SQL as the runtime role."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from governance.core.identity.roles import Role
from tests.alerts.make import alert_rows, finding, take_in
from tests.conftest import make_user

RESOLVE = (
    "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'vu', resolution_cause = 'AUTRE',"
    " resolution_decision = 'CORRIGE'"
)
SWAP = "set_config('governance.user_id', '{}', true)"


@pytest.fixture
def admins(fresh_console):
    take_in([finding("depot/x", check_code="RULE_INERT")], source="console")
    return {
        source: make_user(f"of-{source}", {source: Role.ADMIN}).pk for source in ("depot", "autre")
    }


@pytest.fixture
def reached(fresh_console, pg):
    def run(statement, user):
        with psycopg.connect(pg.dsn(fresh_console, "console_app")) as app:
            app.execute("SELECT set_config('governance.user_id', %s, true)", [str(user)])
            return app.execute(statement).rowcount

    return run


def test_an_update_without_a_condition_reaches_what_is_seen(admins, reached):
    before = alert_rows()
    assert reached(RESOLVE, admins["autre"]) == 0
    assert alert_rows() == before
    assert reached(RESOLVE, admins["depot"]) == 1


def test_no_identity_borrowed_within_a_statement_widens_its_reach(admins, reached):
    """The other's for what the policy asks and the own one for the row, or the other way round."""
    before = alert_rows()
    borrow = f"WITH other AS MATERIALIZED (SELECT {SWAP.format(admins['depot'])} AS is) "
    back = RESOLVE.replace("'vu'", f"'vu' || left({SWAP.format(admins['autre'])}, 0)")
    attempts = (
        borrow + back + " FROM other WHERE other.is <> ''",
        RESOLVE.replace("'vu'", SWAP.format(admins["depot"]))
        + f" RETURNING {SWAP.format(admins['autre'])}",
    )
    for attempt in attempts:
        try:
            assert reached(attempt, admins["autre"]) == 0
        except psycopg.errors.InsufficientPrivilege:
            continue
    assert alert_rows() == before


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO source_role (user_id, source, role) SELECT id, 'depot', {borrowed} FROM governance_user"
        " RETURNING {back}",
        "UPDATE governance_user SET password = '!', language = {borrowed} RETURNING {back}",
    ],
    ids=["role", "password"],
)
def test_neither_roles_nor_accounts_are_changed_by_a_borrowed_identity(admins, reached, statement):
    names = {
        "borrowed": f"CASE WHEN {SWAP.format(admins['depot'])} <> '' THEN 'admin' END",
        "back": SWAP.format(admins["autre"]),
    }
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        reached(statement.format(**names), admins["autre"])


def test_nothing_is_dated_before_it_was_written(admins, reached, fresh_console, pg):
    """One message of several statements has a single statement_timestamp, however long it takes."""
    with psycopg.connect(pg.dsn(fresh_console, "console_app"), autocommit=True) as app:
        began = app.execute("SELECT clock_timestamp()").fetchone()
        app.execute(
            f"BEGIN; SELECT set_config('governance.user_id', '{admins['depot']}', true);"
            " SELECT pg_sleep(0.3); UPDATE system_alerts SET status = 'ACK';"
            " INSERT INTO alert_comment (id, alert_id, body) SELECT gen_random_uuid(), id, 'vu'"
            " FROM system_alerts; COMMIT"
        )
    with pg.superuser(fresh_console) as superuser:
        alert = superuser.execute(
            "SELECT a.acknowledged_at, a.updated_at, a.first_acknowledged_at, c.at, e.at"
            " FROM system_alerts a, alert_comment c, ledger_entry e WHERE e.action = 'alert.ack'"
        ).fetchone()
    assert began
    assert alert
    assert len(set(alert)) == 1
    assert (alert[0] - began[0]).total_seconds() >= 0.3


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Etc/GMT+12"])
def test_a_decision_ends_with_its_day_anywhere_whatever_the_session_says(
    admins, fresh_console, pg, zone
):
    accept = RESOLVE.replace("CORRIGE", "ACCEPTE") + ", accepted_until = %s"
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as app:
        app.execute("SELECT set_config('TimeZone', %s, false)", [zone])
        app.execute("SELECT set_config('governance.user_id', %s, true)", [str(admins["depot"])])
        today = (datetime.now(UTC) - timedelta(hours=12)).date()
        with pytest.raises(psycopg.errors.CheckViolation, match="to come"), app.transaction():
            app.execute(accept, [today - timedelta(days=1)])
        assert app.execute(accept, [today]).rowcount == 1
