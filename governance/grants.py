"""What the runtime role may touch: one table, re-applied after every migrate; everything else is refused."""

from collections.abc import Iterable

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from governance.roles import ALLOWED

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

# Tables that only migrations and functions touch.
OWNERS_ALONE = {
    "auth_permission",
    "auth_group",
    "auth_group_permissions",
    "django_session",  # sessions.py asks functions, and so does attempts.py
    "sign_in_count",
}


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
