"""How much anybody may put into the ledger, which keeps it for ever; in plain SQL as the runtime role."""

import psycopg
import pytest

from governance.core.identity.roles import Role
from tests.alerts.make import finding, ledger, take_in
from tests.conftest import make_user

NOTE = "SELECT ledger_note('depot', 'export', %s, NULL, 'export.csv', {})"
DEEP = "jsonb_build_object('selection', repeat('[', 200) || repeat(']', 200))"


@pytest.fixture
def app(fresh_console, pg):
    user = make_user("directeur", {"depot": Role.DIRECTEUR}).pk
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
        session.execute("SET SESSION statement_timeout = '5s'")
        session.execute("SELECT set_config('governance.user_id', %s, false)", [str(user)])
        session.commit()
        yield session


@pytest.mark.parametrize(
    "value",
    [
        "(SELECT array_agg(1e131071::numeric) FROM generate_series(1, 1500))",  # 197 MB of zeros
        "(SELECT array_agg(round(1::numeric, 16383)) FROM generate_series(1, 3000))",
        "repeat('x', 70000)",
        "repeat(chr(1), 20000)",  # each is written as six characters
        "1e301::numeric",
    ],
    ids=["huge", "precise", "long", "escaped", "one"],
)
def test_a_note_that_expands_is_refused(app, value):
    before = ledger()
    with pytest.raises(psycopg.errors.CheckViolation), app.transaction():
        app.execute(NOTE.format(f"jsonb_build_object('selection', {value})"), ["csv"])
    with pytest.raises(psycopg.errors.CheckViolation), app.transaction():
        app.execute(NOTE.format("'{}'"), ["x" * 2000])
    assert ledger() == before


def test_an_export_tells_what_the_program_tells(app):
    for other in ("'{\"whole\": true}'", "'[]'", "'null'", "'1'"):
        with pytest.raises(psycopg.Error), app.transaction():
            app.execute(NOTE.format(other), ["csv"])
    app.execute(NOTE.format(DEEP), ["csv"])


@pytest.mark.parametrize(
    "change",
    [
        "status = 'ACK', acknowledgement_note = repeat('x', 4001)",
        "status = 'RESOLVED', resolution_decision = 'CORRIGE', resolution_cause = 'AUTRE',"
        " resolution_note = repeat('x', 4001)",
    ],
)
def test_a_person_s_note_has_an_end(app, change):
    take_in([finding()])
    with pytest.raises(psycopg.errors.CheckViolation, match="4000"), app.transaction():
        app.execute(f"UPDATE system_alerts SET {change}")
    assert app.execute(f"UPDATE system_alerts SET {change.replace('4001', '4000')}").rowcount == 1
