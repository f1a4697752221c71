"""What the runtime role may touch: one table, re-applied after every migrate; everything else is refused."""

from collections.abc import Iterable

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from governance.roles import ALLOWED

READ = ("SELECT",)
ROWS = ("SELECT", "INSERT", "UPDATE", "DELETE")

# table -> rights. A table that is missing here cannot be read at run time, which a test notices.
TABLES: dict[str, tuple[str, ...]] = {
    "django_migrations": READ,
    "django_content_type": READ,
    "django_session": ROWS,
    "auth_permission": READ,
    "auth_group": READ,
    "auth_group_permissions": READ,
    "governance_user": ROWS,
    "governance_user_groups": ROWS,
    "governance_user_user_permissions": ROWS,
    "account_emailaddress": ROWS,
    "account_emailconfirmation": ROWS,
    "source_role": ROWS,
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
    # The queue. Its functions run with the caller's rights; whatever an event or a job that ends by
    # itself leaves behind, foreign keys delete as the owner.
    "procrastinate_jobs": ROWS,
    "procrastinate_events": ("SELECT", "INSERT"),
    "procrastinate_periodic_defers": ROWS,
    "procrastinate_workers": ROWS,
    "ledger_entry": READ,
    "ledger_head": READ,
}

# Tables that only migrations touch.
OWNERS_ALONE: set[str] = set()


def apply(alias: str, runtime_role: str) -> None:
    """Give `runtime_role` the rights of TABLES and nothing else, and rewrite the permission rows.

    Idempotent; one transaction on `alias`, which must be the owner's connection.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        _write_permissions(cursor)
        if owner == runtime_role:
            return  # one role for everything: allowed on a developer's machine only (governance.E003)
        role = sql.Identifier(runtime_role)
        statements: list[sql.Composable] = [
            sql.SQL("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {}").format(role),
            sql.SQL("REVOKE CREATE ON SCHEMA public FROM {}, PUBLIC").format(role),
            sql.SQL("GRANT USAGE ON SCHEMA public TO {}").format(role),
            sql.SQL("GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO {}").format(role),
        ]
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace"
            " AND relkind IN ('r', 'p', 'v')"
        )
        existing = {name for (name,) in cursor.fetchall()}
        for table, rights in TABLES.items():
            if table in existing:
                statements.append(
                    sql.SQL("GRANT {} ON {} TO {}").format(
                        sql.SQL(", ").join(map(sql.SQL, rights)), sql.Identifier(table), role
                    )
                )
        for statement in statements:
            cursor.execute(statement)


def _write_permissions(cursor: CursorWrapper) -> None:
    cursor.execute("DELETE FROM role_permission")
    rows: Iterable[tuple[str, str]] = (
        (role.value, permission.value)
        for role, permissions in ALLOWED.items()
        for permission in sorted(permissions)
    )
    cursor.executemany("INSERT INTO role_permission (role, permission) VALUES (%s, %s)", list(rows))
