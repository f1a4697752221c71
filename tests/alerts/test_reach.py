"""Which alerts a person's statement reaches without a condition to narrow it; in plain SQL as the runtime role."""

import psycopg
import pytest

from governance.roles import Role
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
