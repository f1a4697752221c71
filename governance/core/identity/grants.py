"""What the runtime role may touch and call, re-applied after every migrate; everything else is refused."""

from collections.abc import Iterable

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from governance.core.identity.roles import ALLOWED
from governance.deeds import DEEDS

READ = ("SELECT",)
ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")

# What an administrator changes of an account, and what else is written: by the person, or the machine.
ACCOUNT = ("username", "first_name", "last_name", "email", "is_active")
PERSONAL = (
    "password",
    "last_login",
    "language",
    "tour_dismissed_at",
    "is_staff",
    "is_superuser",
    "date_joined",
)


def columns(right: str, *names: str) -> str:
    """A right on some columns, as GRANT writes it."""
    return f"{right} ({', '.join(names)})"


# table -> rights. A table that is missing here cannot be read at run time, which a test notices.
TABLES: dict[str, tuple[str, ...]] = {
    "django_migrations": READ,
    "django_content_type": READ,
    # Every column but the id. Whose row it is, and which columns of it: sql/accounts.sql.
    "governance_user": ("SELECT", "INSERT", "DELETE", columns("UPDATE", *ACCOUNT, *PERSONAL)),
    "account": ("SELECT", columns("UPDATE", *ACCOUNT)),
    # Read and emptied by the libraries when the machine removes an account; nothing is ever added.
    "governance_user_groups": ("SELECT", "DELETE"),
    "governance_user_user_permissions": ("SELECT", "DELETE"),
    "account_emailaddress": ("SELECT", "DELETE"),
    "account_emailconfirmation": ("SELECT", "DELETE"),
    "source_role": ("SELECT", "INSERT", "DELETE", columns("UPDATE", "source", "role")),
    "delegation": ROWS,
    "role_permission": READ,
    "system_alerts": ("SELECT", "INSERT", "UPDATE"),
    "alert_tally": READ,
    "alert_flow": READ,
    "alert_as_of": READ,
    "alert_active_as_of": READ,
    "alert_comment": ("SELECT", "INSERT"),
    "integrity_scan": ("SELECT", "INSERT"),
    "integrity_rule_proof": ("SELECT", "INSERT"),
    "integrity_view_definition": ("SELECT", "INSERT"),
    "live_look": ("SELECT", "INSERT", "DELETE"),
    "saved_filter": ROWS,
    "job_run": ("SELECT", "INSERT", "UPDATE"),
    "watched_source": ROWS,
    "v_integrity_checks": READ,
    # The queue. Its functions run with the caller's rights; whatever an event or a job that ends by
    # itself leaves behind, foreign keys delete as the owner.
    "procrastinate_jobs": ROWS,
    "procrastinate_events": ("SELECT", "INSERT"),
    "procrastinate_periodic_defers": ROWS,
    "procrastinate_workers": ROWS,
    "ledger_entry": READ,
    "ledger_head": READ,
}

# Tables that only migrations and functions touch.
OWNERS_ALONE = {
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "django_session",  # sessions.py asks functions, and so does attempts.py
    "sign_in_count",
    "ledger_deed",
}

# Sequences that a column's default asks with the runtime role's rights: the queue's. An identity column
# asks its own as the owner, and the number of a scan is a trigger's.
SEQUENCES = (
    "procrastinate_jobs_id_seq",
    "procrastinate_periodic_defers_id_seq",
    "procrastinate_events_id_seq",
)

# Functions that the runtime role may call: those that the program names, and those that policies, views and
# triggers without SECURITY DEFINER call with its rights. Never a trigger function, which fires without any
# right: whoever may call one may make a trigger of it on a temporary table (docs/row-security.md).
FUNCTIONS: frozenset[str] = frozenset(
    {
        # who acts, and where
        "governance_user_id",
        "governance_system",
        "governance_sources",
        "governance_own_sources",
        "governance_loans",
        "saved_filter_near",
        # accounts, sessions, tries to sign in
        "governance_administers",
        "governance_people",
        "account_of",
        "session_read",
        "session_write",
        "session_delete",
        "session_tidy",
        "sign_in_try",
        "sign_in_good",
        "sign_in_tidy",
        # the ledger
        "ledger_lock",
        "ledger_note",
        "ledger_state",
        "ledger_instant",
        "ledger_check",
        "ledger_canonical",
        "ledger_hash",
        "ledger_line",
        # alerts: their intake, life and past
        "alert_severity_rank",
        "alert_jsonb_or_null",
        "alert_material",
        "alert_search_text",
        "alert_assignable",
        "system_alerts_changed_by_machine",
        "system_alerts_changed_by_person",
        "alert_concerns",
        "alert_lasted",
        "alert_merge",
        "alert_state_at",
        "alert_active_at",
        "alert_episode",
        "alert_episode_rule",
        # the queue
        "procrastinate_defer_jobs_v1",
        "procrastinate_defer_periodic_job_v2",
        "procrastinate_fetch_job_v2",
        "procrastinate_finish_job_v1",
        "procrastinate_retry_job_v2",
        "procrastinate_register_worker_v1",
        "procrastinate_unregister_worker_v1",
        "procrastinate_update_heartbeat_v1",
        "procrastinate_prune_stalled_workers_v1",
    }
)

# What the owner may give and take: nothing that an extension brought, no database that somebody else owns.
FUNCTIONS_HERE = """
SELECT p.oid::regprocedure::text, p.proname FROM pg_proc p
WHERE p.pronamespace = 'public'::regnamespace AND pg_has_role(p.proowner, 'USAGE')
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
ORDER BY 1
"""
TABLES_HERE = """
SELECT quote_ident(relname), relname FROM pg_class
WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v')
"""
DATABASE_HERE = """
SELECT quote_ident(datname), datname FROM pg_database
WHERE datname = current_database() AND pg_has_role(datdba, 'USAGE')
"""


def apply(alias: str, runtime_role: str) -> None:
    """Give `runtime_role` the rights of TABLES and FUNCTIONS and no other, and rewrite what may be done.

    PUBLIC, which PostgreSQL lets execute every new function, keeps nothing. Idempotent; one transaction on
    `alias`, which must be the owner's connection.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        _write_permissions(cursor)
        _write_deeds(cursor)
        functions, databases = _named(cursor, FUNCTIONS_HERE), _named(cursor, DATABASE_HERE)
        role = sql.Identifier(runtime_role)

        def each(statement: str, names: Iterable[str]) -> None:
            for name in names:
                text = sql.SQL(statement).format(name=sql.SQL(name), role=role)
                cursor.execute(text)

        cursor.execute("ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON ROUTINES FROM PUBLIC")
        each("REVOKE CREATE ON SCHEMA {name} FROM PUBLIC", ["public"])
        each("REVOKE TEMPORARY, CREATE ON DATABASE {name} FROM PUBLIC", databases)
        each("REVOKE ALL ON ROUTINE {name} FROM PUBLIC", functions)
        if owner == runtime_role:
            return  # one role for everything: allowed on a developer's machine only (governance.E003)
        each("REVOKE CREATE ON SCHEMA {name} FROM {role}", ["public"])
        each("REVOKE ALL ON ALL TABLES IN SCHEMA {name} FROM {role}", ["public"])
        each("REVOKE ALL ON ALL SEQUENCES IN SCHEMA {name} FROM {role}", ["public"])
        each("REVOKE ALL ON ROUTINE {name} FROM {role}", functions)
        each("REVOKE CREATE ON DATABASE {name} FROM {role}", databases)
        # TEMPORARY: a scan's rows land in temporary tables; docs/row-security.md says how that is held.
        each("GRANT CONNECT, TEMPORARY ON DATABASE {name} TO {role}", databases)
        each("GRANT USAGE ON SCHEMA {name} TO {role}", ["public"])
        each("GRANT USAGE ON SEQUENCE {name} TO {role}", SEQUENCES)
        each(
            "GRANT EXECUTE ON ROUTINE {name} TO {role}",
            [signature for signature, name in functions.items() if name in FUNCTIONS],
        )
        for quoted, table in _named(cursor, TABLES_HERE).items():
            if table in TABLES:
                each(f"GRANT {', '.join(TABLES[table])} ON {{name}} TO {{role}}", [quoted])


def _named(cursor: CursorWrapper, query: str) -> dict[str, str]:
    """As PostgreSQL quotes it, and its bare name."""
    cursor.execute(query)
    return dict(cursor.fetchall())


def _write_permissions(cursor: CursorWrapper) -> None:
    cursor.execute("DELETE FROM role_permission")
    rows: Iterable[tuple[str, str]] = (
        (role.value, permission.value)
        for role, permissions in ALLOWED.items()
        for permission in sorted(permissions)
    )
    cursor.executemany("INSERT INTO role_permission (role, permission) VALUES (%s, %s)", list(rows))


def _write_deeds(cursor: CursorWrapper) -> None:
    cursor.execute("DELETE FROM ledger_deed")
    cursor.executemany(
        "INSERT INTO ledger_deed (action, subject_type, system, permission) VALUES (%s, %s, %s, %s)",
        [(deed.action, deed.subject_type, deed.system, deed.permission or "") for deed in DEEDS],
    )
