"""No function lends its owner's rights to somebody else; every function of the database is looked at."""

import psycopg
import pytest
from django.db import connection

from governance.core.capability import registry
from governance.core.identity.acting import acting_as_user
from tests.conftest import make_user

OURS = """
FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
"""
TRIGGERS = f"SELECT p.proname, p.oid {OURS} AND p.prosecdef AND p.prorettype = 'trigger'::regtype"


@pytest.fixture
def console(fresh_console, pg):
    """The superuser in a console of the test's own."""
    with pg.superuser(fresh_console) as connection:
        yield connection


def names(console, condition):
    return {name for (name,) in console.execute(f"SELECT p.proname {OURS} AND {condition}")}


def test_nobody_but_the_runtime_role_executes_and_that_by_the_list(console):
    public = (
        "EXISTS (SELECT FROM aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) AS held"
        " WHERE held.grantee = 0)"
    )
    assert names(console, public) == set()
    assert names(console, "has_function_privilege('console_app', p.oid, 'EXECUTE')") == set(
        registry().functions
    )


def test_a_function_that_comes_later_is_closed_too(fresh_console, pg):
    with psycopg.connect(pg.dsn(fresh_console, "console_owner"), autocommit=True) as owner:
        owner.execute("CREATE FUNCTION later() RETURNS int LANGUAGE sql RETURN 1")
        answer = owner.execute("SELECT has_function_privilege('console_app', 'later()', 'EXECUTE')")
        assert answer.fetchone() == (False,)


def test_whatever_runs_as_its_owner_pins_where_names_are_looked_up(console):
    pinned = "'search_path=pg_catalog, public, pg_temp' = ANY (coalesce(p.proconfig, '{}'))"
    assert names(console, f"p.prosecdef AND NOT {pinned}") == set()


def test_no_trigger_follows_the_search_path_of_a_session(console):
    pinned = "'search_path=pg_catalog, public, pg_temp' = ANY (coalesce(p.proconfig, '{}'))"
    queue = "starts_with(p.proname, 'procrastinate_')"
    trigger = "p.prorettype = 'trigger'::regtype"
    assert names(console, f"{trigger} AND NOT {queue} AND NOT {pinned}") == set()


def test_a_guard_asks_the_console_s_own_functions(console, fresh_console, pg):
    """Where the database sends every session elsewhere first; a transaction of the console does not go."""
    console.execute("CREATE SCHEMA evil; GRANT USAGE ON SCHEMA evil TO console_app")
    console.execute(
        "CREATE FUNCTION evil.governance_system() RETURNS text LANGUAGE sql AS $$SELECT 'scan'$$;"
        "GRANT EXECUTE ON FUNCTION evil.governance_system() TO console_app"
    )
    console.execute(f'ALTER DATABASE "{fresh_console}" SET search_path = evil, public')
    with acting_as_user(make_user("marie").pk), connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('search_path'), governance_system()")
        assert cursor.fetchone() == ("public, pg_temp", None)


def test_no_trigger_function_is_granted(console):
    granted = "p.prorettype = 'trigger'::regtype AND has_function_privilege('console_app', p.oid, 'EXECUTE')"
    assert names(console, granted) == set()


def test_a_trigger_with_its_owner_s_rights_serves_its_own_table_alone(console):
    """Fired from another table (as only a superuser can make it), each refuses before it reads a row."""
    triggers = console.execute(TRIGGERS).fetchall()
    assert len(triggers) >= 15
    served: dict[str, str | None] = {}
    for name, oid in triggers:
        console.execute("DROP TABLE IF EXISTS pg_temp.probe")
        console.execute("CREATE TEMPORARY TABLE probe (id int)")
        console.execute(
            f"CREATE TRIGGER t AFTER INSERT ON probe FOR EACH ROW EXECUTE FUNCTION {name}()"
        )
        try:
            console.execute("INSERT INTO probe VALUES (1)")
            served[name] = None
        except psycopg.Error as error:
            served[name] = error.diag.message_primary
        tables = console.execute(
            "SELECT DISTINCT tgrelid::regclass::text FROM pg_trigger WHERE tgfoid = %s"
            " AND tgrelid <> 'probe'::regclass",
            [oid],
        ).fetchall()
        assert served[name] in [
            f"this trigger serves {table} and no other table" for (table,) in tables
        ]


# Own code for the owner to run: a type of one's own, and its way to text.
CAST = """
CREATE TYPE pg_temp.lure AS ENUM ('depot');
CREATE FUNCTION pg_temp.sprung(pg_temp.lure) RETURNS text LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'ran as %', current_user;
END $$;
CREATE CAST (pg_temp.lure AS text) WITH FUNCTION pg_temp.sprung(pg_temp.lure) AS IMPLICIT;
CREATE TEMPORARY TABLE forged (id bigint, source pg_temp.lure, role text, user_id uuid);
"""
TRAP = """
CREATE TRIGGER t AFTER INSERT ON forged REFERENCING NEW TABLE AS newtab
  FOR EACH STATEMENT EXECUTE FUNCTION public.{function}();
"""


@pytest.fixture
def app(fresh_console, pg):
    """The runtime role, which may make temporary tables, and acts as the machine."""
    with psycopg.connect(pg.dsn(fresh_console, "console_app")) as session:
        session.execute("SELECT set_config('governance.system', 'scan', true)")
        yield session


def test_no_code_of_one_s_own_runs_as_the_owner(app):
    app.execute(CAST)
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="ledger_role_granted"):
        app.execute(
            TRAP.format(function="ledger_role_granted")
            + "INSERT INTO forged VALUES (1, 'depot', 'admin')"
        )


def test_no_trigger_on_a_temporary_table_forges_an_entry(app, pg, fresh_console):
    with pg.superuser(fresh_console) as superuser:
        functions = [name for name, _oid in superuser.execute(TRIGGERS)]
    before = app.execute("SELECT seq FROM ledger_head").fetchone()
    app.execute("CREATE TEMPORARY TABLE forged AS SELECT * FROM public.system_alerts")
    app.execute("CREATE TEMPORARY TABLE forged_row AS SELECT * FROM public.source_role")
    for function in functions:
        for when in (
            "AFTER INSERT ON forged REFERENCING NEW TABLE AS newtab FOR EACH STATEMENT",
            "AFTER UPDATE ON forged REFERENCING OLD TABLE AS oldtab NEW TABLE AS newtab FOR EACH STATEMENT",
            "AFTER INSERT ON forged FOR EACH ROW",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
                app.execute(f"CREATE TRIGGER t {when} EXECUTE FUNCTION public.{function}()")
    assert app.execute("SELECT seq FROM ledger_head").fetchone() == before


def test_temporary_tables_are_the_runtime_role_s_alone_and_nothing_else_is_made(
    pg, fresh_console, app
):
    with pg.superuser(fresh_console) as superuser:
        held = superuser.execute(
            "SELECT coalesce(r.rolname, 'PUBLIC'), a.privilege_type FROM pg_database d,"
            " aclexplode(d.datacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee"
            " WHERE d.datname = current_database() AND a.grantee <> d.datdba"
        ).fetchall()
    assert set(held) == {("console_app", "CONNECT"), ("console_app", "TEMPORARY")}
    for statement in (
        "CREATE SCHEMA own",
        "CREATE TABLE public.own (id int)",
        "CREATE FUNCTION public.own() RETURNS int LANGUAGE sql RETURN 1",
        "CREATE TYPE public.own AS ENUM ('a')",
        "CREATE OPERATOR public.= (LEFTARG = text, RIGHTARG = text, FUNCTION = texteq)",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege), app.transaction():
            app.execute(statement)
