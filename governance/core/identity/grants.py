"""What the runtime role may touch and call, re-applied after every migrate; all else is refused.

The rooms say what of theirs (`capability.py`). Functions are those that the program names, and those that
policies, views and triggers without SECURITY DEFINER call with its rights; never a trigger function, which
fires without any right: whoever may call one may make a trigger of it on a temporary table
(docs/row-security.md). Sequences are those that a column's default asks with its rights; an identity column
asks its own as the owner.
"""

from collections.abc import Iterable

from django.db import connections
from django.db.backends.utils import CursorWrapper
from psycopg import sql

from governance.core.capability import registry
from governance.core.identity.roles import ALLOWED

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
    """Give `runtime_role` the rights that the rooms name and no other, and rewrite what may be done.

    PUBLIC, which PostgreSQL lets execute every new function, keeps nothing. Idempotent; one transaction on
    `alias`, which must be the owner's connection.
    """
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT current_user")
        (owner,) = cursor.fetchone()
        _write_permissions(cursor)
        _write_allowed_actions(cursor)
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
        each("GRANT USAGE ON SEQUENCE {name} TO {role}", registry().sequences)
        each(
            "GRANT EXECUTE ON ROUTINE {name} TO {role}",
            [signature for signature, name in functions.items() if name in registry().functions],
        )
        for quoted, table in _named(cursor, TABLES_HERE).items():
            if rights := registry().tables.get(table):
                each(f"GRANT {', '.join(rights)} ON {{name}} TO {{role}}", [quoted])


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


def _write_allowed_actions(cursor: CursorWrapper) -> None:
    cursor.execute("DELETE FROM ledger_action")
    cursor.executemany(
        "INSERT INTO ledger_action (action, subject_type, system, permission) VALUES (%s, %s, %s, %s)",
        [
            (name, one.subject_type, one.system, one.permission)
            for name, one in registry().actions.items()
            if one.subject_type
        ],
    )
