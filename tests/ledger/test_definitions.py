"""What the database runs is compared with what the program installs, and each difference is named."""

import json
import os

import psycopg
import pytest

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.verification.definitions import (
    MANIFEST,
    OLDER,
    definitions,
    drifts,
    expected,
    plain_session,
)
from governance.core.ledger.verification.verify import chain_check
from tests.ledger.conftest import run_verify, tampering


def test_the_manifest_is_what_migrations_make(fresh_console):
    """`make definitions` writes it anew."""
    with acting_as_system("test"), plain_session():
        found = definitions()
    if os.environ.get("WRITE_DEFINITIONS"):
        MANIFEST.write_text(json.dumps(found, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        expected.cache_clear()
    assert found.keys() == expected().keys()
    assert drifts(found) == ()  # the older texts are accepted on any server, and noted below


def owner(pg, database):
    return psycopg.connect(pg.dsn(database, "console_owner"), autocommit=True)


# What an owner replaces so that the database calls itself whole.
LIES = {
    "ledger_check": """
        CREATE OR REPLACE FUNCTION ledger_check(
          OUT entries bigint, OUT last_seq bigint, OUT last_hash bytea, OUT first_bad bigint, OUT fault text
        ) RETURNS SETOF record LANGUAGE sql
        AS 'SELECT 999999::bigint, 999999::bigint, sha256(''''), NULL::bigint, NULL::text'""",
    "ledger_hash": """
        CREATE OR REPLACE FUNCTION ledger_hash(prev_hash bytea, canonical text) RETURNS bytea
        LANGUAGE sql IMMUTABLE PARALLEL SAFE
        AS 'SELECT hash FROM ledger_entry e WHERE e.prev_hash = $1'""",
    "ledger_canonical": """
        CREATE OR REPLACE FUNCTION ledger_canonical(seq bigint, at timestamptz, actor text, role text,
          source text, subject_type text, subject_id text, check_code text, action text, before jsonb,
          after jsonb) RETURNS text LANGUAGE sql STABLE AS 'SELECT ''what was written'''""",
    # Nearer than PostgreSQL's own for a session whose search_path names public first.
    "sha256": """
        CREATE FUNCTION public.sha256(bytea) RETURNS bytea LANGUAGE sql
        AS 'SELECT hash FROM ledger_entry LIMIT 1';
        ALTER ROLE console_app IN DATABASE {database} SET search_path = public, pg_catalog""",
}


@pytest.mark.parametrize("lie", LIES)
def test_functions_that_lie_do_not_hide_an_edited_entry(lie, console, pg, chain):
    k = chain - 10
    with owner(pg, console) as hand:
        if lie == "sha256":
            with pg.superuser(console) as root:
                root.execute(LIES[lie].format(database=console))
        else:
            hand.execute(LIES[lie])
    with tampering(pg, console) as hand:
        hand.execute("UPDATE ledger_entry SET after = '{\"step\": 1000}' WHERE seq = %s", [k])
    code, text = run_verify()
    assert code == 1
    assert f"n° {k} (le contenu" in text
    if lie != "sha256":
        assert f"function {lie}(" in text


# What an owner changes, and how the difference is named.
CHANGES = {
    "a guard switched off": (
        "ALTER TABLE ledger_entry DISABLE TRIGGER ledger_entry_append_only",
        "trigger ledger_entry_append_only on ledger_entry (modifié)",
    ),
    "a guard that a replica's session passes": (
        "ALTER TABLE ledger_entry ENABLE TRIGGER ledger_entry_door",
        "trigger ledger_entry_door on ledger_entry (modifié)",
    ),
    "a recorder dropped": (
        "DROP TRIGGER z_ledger_granted ON source_role",
        "trigger z_ledger_granted on source_role (absent)",
    ),
    "a trigger that undoes": (
        "CREATE TRIGGER quiet BEFORE INSERT ON ledger_entry FOR EACH ROW"
        " EXECUTE FUNCTION suppress_redundant_updates_trigger()",
        "trigger quiet on ledger_entry (en trop)",
    ),
    "a rule": (
        "CREATE RULE quiet AS ON INSERT TO system_alerts DO INSTEAD NOTHING",
        "rule quiet on system_alerts (en trop)",
    ),
    "row security off": (
        "ALTER TABLE system_alerts DISABLE ROW LEVEL SECURITY",
        "table system_alerts (modifié)",
    ),
    "row security that the owner passes": (
        "ALTER TABLE ledger_entry NO FORCE ROW LEVEL SECURITY",
        "table ledger_entry (modifié)",
    ),
    "a policy more": (
        "CREATE POLICY open ON system_alerts USING (true)",
        "policy open on system_alerts (en trop)",
    ),
    "a policy that says otherwise": (
        "ALTER POLICY machine ON ledger_entry USING (true)",
        "policy machine on ledger_entry (modifié)",
    ),
    "a setting of a function": (
        "ALTER FUNCTION ledger_append(ledger_draft[]) SET search_path = public",
        "function ledger_append(drafts public.ledger_draft[]) (modifié)",
    ),
    "a function with the caller's rights": (
        "ALTER FUNCTION ledger_lock() SECURITY INVOKER",
        "function ledger_lock() (modifié)",
    ),
    "a function beside ours": (
        "CREATE FUNCTION ledger_append(draft text) RETURNS bigint LANGUAGE sql AS 'SELECT 1::bigint'",
        "function ledger_append(draft text) (en trop)",
    ),
    "a hash that may be missing": (
        "ALTER TABLE ledger_head ALTER hash DROP NOT NULL",
        "table ledger_head (modifié)",
    ),
    "another default": (
        "ALTER TABLE ledger_action ALTER system SET DEFAULT 'scan'",
        "table ledger_action (modifié)",
    ),
    "a constraint dropped": (
        "ALTER TABLE ledger_entry DROP CONSTRAINT ledger_entry_seq_positive",
        "constraint ledger_entry_seq_positive on ledger_entry (absent)",
    ),
    "a constraint more": (
        "ALTER TABLE ledger_entry ADD CONSTRAINT quiet CHECK (actor <> 'system:purge') NOT VALID",
        "constraint quiet on ledger_entry (en trop)",
    ),
    "a constraint that checks nothing": (
        "ALTER TABLE source_role DROP CONSTRAINT source_role_role_known,"
        " ADD CONSTRAINT source_role_role_known CHECK (true)",
        "constraint source_role_role_known on source_role (modifié)",
    ),
    "an index that refuses": (
        "CREATE UNIQUE INDEX once ON ledger_entry (seq, at)",
        "index once on ledger_entry (en trop)",
    ),
    "a view that hides": (
        "DO $$ BEGIN EXECUTE format('CREATE OR REPLACE VIEW alert_active_as_of AS %s LIMIT 0',"
        " rtrim(pg_get_viewdef('alert_active_as_of'), ';')); END $$",
        "view alert_active_as_of (modifié)",
    ),
    "a rule of a view": (
        "CREATE RULE quiet AS ON DELETE TO account DO INSTEAD NOTHING",
        "rule quiet on account (en trop)",
    ),
    "a function that fits better than PostgreSQL's": (
        "CREATE FUNCTION cardinality(d ledger_draft[]) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 0'",
        "shadow cardinality(d public.ledger_draft[]) (en trop)",
    ),
    "an operator likewise": (
        "CREATE FUNCTION mine(ledger_draft, text) RETURNS boolean LANGUAGE sql AS 'SELECT false';"
        "CREATE OPERATOR public.= (LEFTARG = ledger_draft, RIGHTARG = text, FUNCTION = mine)",
        "operator public.=(public.ledger_draft,text) (en trop)",
    ),
    "a cast": (
        "CREATE FUNCTION mine(ledger_draft) RETURNS text LANGUAGE sql AS 'SELECT NULL::text';"
        "CREATE CAST (ledger_draft AS text) WITH FUNCTION mine(ledger_draft) AS IMPLICIT",
        "cast public.ledger_draft AS text (en trop)",
    ),
    "a draft with one part more": (
        "ALTER TYPE ledger_draft ADD ATTRIBUTE more text",
        "type ledger_draft (modifié)",
    ),
    "where every session looks first": (
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET search_path = evil, public', current_database());"
        " END $$",
        "setting search_path of the database (en trop)",
    ),
    "what a role begins with": (
        "DO $$ BEGIN EXECUTE format('ALTER ROLE console_owner IN DATABASE %I SET row_security = %L',"
        " current_database(), 'off'); END $$",
        "setting row_security of role console_owner (en trop)",
    ),
}


def test_every_change_is_named(console, pg, chain):
    assert run_verify()[0] == 0
    with owner(pg, console) as hand:
        for statement, named in CHANGES.values():
            hand.execute(statement)
            with acting_as_system("verify"):
                found = chain_check()
            assert named in [str(drift) for drift in found.drifts]
            assert (found.first_bad, found.fault) == (chain + 1, "DEFINITION")
    assert len(found.drifts) == len(CHANGES)


def test_a_difference_is_a_fault_of_the_command(console, pg, chain):
    assert run_verify()[0] == 0
    with owner(pg, console) as hand:
        hand.execute("DROP TRIGGER z_ledger_granted ON source_role")
    code, text = run_verify()
    assert code == 1
    assert f"première entrée non garantie n° {chain + 1} (" in text
    assert "objets\u00a0: trigger z_ledger_granted on source_role (absent)" in text


def test_a_view_in_the_ledgers_place_is_not_read(console, pg, chain):
    with owner(pg, console) as hand:
        hand.execute("ALTER TABLE ledger_entry RENAME TO kept")
        hand.execute("CREATE VIEW ledger_entry AS SELECT * FROM kept")
        hand.execute("GRANT SELECT ON ledger_entry TO console_app")
    code, text = run_verify()
    assert code == 1
    assert "table ledger_entry (absent)" in text


def test_what_is_somebody_elses_is_no_fault(console, pg, chain):
    with owner(pg, console) as hand:
        hand.execute("CREATE TABLE notes (id int); CREATE FUNCTION mine() RETURNS int RETURN 1")
        hand.execute("CREATE VIEW few AS SELECT * FROM notes LIMIT 1")
        hand.execute(
            "CREATE INDEX quick ON ledger_entry (at, role); CREATE TYPE pair AS (a int, b int)"
        )
        hand.execute("CREATE OPERATOR public.<~~> (RIGHTARG = int, FUNCTION = int4abs)")
        hand.execute(f'ALTER DATABASE "{console}" SET lock_timeout = 0')
        hand.execute(
            "CREATE TRIGGER mine BEFORE INSERT ON notes FOR EACH ROW"
            " EXECUTE FUNCTION suppress_redundant_updates_trigger()"
        )
    assert run_verify()[0] == 0


def test_every_view_is_known_as_an_older_server_prints_it():
    """After a change of a view: `python -m governance.devtools.older_definitions` on a server before 16."""
    noted = json.loads(OLDER.read_text(encoding="utf-8"))
    views = {name: text for name, text in expected().items() if name.startswith("view ")}
    assert {name: hashes["beside"] for name, hashes in noted.items()} == views
    for name, hashes in noted.items():
        assert drifts(expected() | {name: hashes["older"]}) == ()
