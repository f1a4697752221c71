"""docs/adopter.md works as it is written, on a database with the roles that Supabase has."""

import re

import psycopg
import pytest
from django.core.management import get_commands

from governance.env import BASE_DIR
from integrity.scans.scan import scan_run
from tests.source_check.test_source_check import report, run

pytestmark = pytest.mark.django_db
TEXT = (BASE_DIR / "docs" / "adopter.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sql\n(.*?)```", TEXT, re.DOTALL)
ROLES = ("console_reader", "anon", "authenticated")


@pytest.fixture
def project(pg, fresh_source):
    """A database where somebody lends books, with the public roles of an API."""
    name = fresh_source(
        "CREATE TABLE loans (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), reader text,"
        " due_at timestamptz, returned_at timestamptz);"
        "INSERT INTO loans (reader, due_at) VALUES ('A', now() - interval '1 day')"
    )
    with pg.superuser(name) as dba:
        dba.execute("CREATE ROLE anon; CREATE ROLE authenticated")
        dba.execute(
            f"GRANT CONNECT ON DATABASE {name} TO PUBLIC"
        )  # as PostgreSQL has it by default
        try:
            yield name, dba
        finally:
            for role in ROLES:
                if dba.execute("SELECT FROM pg_roles WHERE rolname = %s", [role]).fetchone():
                    dba.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_a_dba_who_follows_the_page_gets_a_source(project, pg, settings):
    name, dba = project
    reader, tables, view, rights = BLOCKS
    dsn = pg.dsn(name, "console_reader")
    for block in (reader, tables):
        dba.execute(block)
    assert report("--database-url", dsn)["checks"]["view"]["state"] == "failure"
    dba.execute(view)
    dba.execute(rights)
    found = report("--database-url", dsn)
    assert (found["exit_code"], found["checks"]["time"]["facts"]["rows"]) == (0, 1)
    with (
        psycopg.connect(dsn, autocommit=True) as connection,
        pytest.raises(psycopg.errors.ReadOnlySqlTransaction),
    ):
        connection.execute("CREATE TEMPORARY TABLE t ()")
    settings.SOURCES = {"depot-nord": dsn}
    assert run("--source", "depot-nord")[0] == 0
    scan = scan_run(source="depot-nord")
    assert (scan.outcome, scan.opened) == ("COMPLETE", 1)
    (leaving,) = re.findall(r"`(DROP VIEW.*?)` in the business", TEXT, re.DOTALL)
    dba.execute(leaving)
    assert dba.execute("SELECT to_regclass('v_integrity_checks')").fetchone() == (None,)


def test_every_command_of_the_page_exists():
    named = set(re.findall(r"manage\.py (\w+)", TEXT))
    assert named >= {"source_check", "integrity_view", "sync_alerts", "rules"}
    assert named <= set(get_commands())
