"""What the role may do in the database: it should read, and nothing else."""

from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from psycopg import sql

from integrity.source_check.report import Report, State
from integrity.sources.catalogue import catalogue_reading
from integrity.sources.contract import VIEW

SQL = Path(__file__).parent / "sql"
OLDEST = 14  # major version of PostgreSQL


@cache
def query(name: str) -> sql.SQL:
    """The text of `sql/<name>.sql`."""
    return sql.SQL((SQL / f"{name}.sql").read_text(encoding="utf-8"))


def server_check(connection: psycopg.Connection[Any], report: Report) -> None:
    """Reachable, and of a version that the console is tried on."""
    number = connection.info.server_version
    version = f"{number // 10000}.{number % 10000}"
    report.add("reachable", State.OK, _("La base répond."))
    if number // 10000 < OLDEST:
        said = _("PostgreSQL %(version)s : la console n’est essayée qu’à partir de %(oldest)d.")
        report.add(
            "version",
            State.REMARK,
            said % {"version": version, "oldest": OLDEST},
            version=version,
        )
    else:
        said = _("PostgreSQL %(version)s.") % {"version": version}
        report.add("version", State.OK, said, version=version)


def rights_check(connection: psycopg.Connection[Any], report: Report) -> None:
    """Whether the role could do more than read."""
    with catalogue_reading(connection, VIEW) as (cursor, _view, _path):
        row = cursor.execute(query("role")).fetchone()
    if row is None:
        raise LookupError("the current role is not in pg_roles")
    role = connection.info.user
    names = ("SUPERUSER", "BYPASSRLS", "CREATEROLE", "CREATEDB", "REPLICATION")
    attributes = [name for name, held in zip(names, row[:5], strict=True) if held]
    stronger = list(row[5])
    before = len(report.checks)
    if attributes:
        report.add(
            "role",
            State.REMARK,
            _("Le rôle %(role)s a trop de pouvoirs : %(powers)s.")
            % {"role": role, "powers": ", ".join(attributes)},
            f"CREATE ROLE console_reader LOGIN PASSWORD '…' -- {_('sans autre attribut')}",
            attributes=attributes,
        )
    if stronger:
        report.add(
            "memberships",
            State.REMARK,
            _("Le rôle %(role)s peut devenir %(stronger)s.")
            % {"role": role, "stronger": ", ".join(stronger)},
            *[
                sql.SQL("REVOKE {} FROM {};")
                .format(sql.Identifier(other), sql.Identifier(connection.info.user))
                .as_string(connection)
                for other in stronger
            ],
            stronger=stronger,
        )
    if "SUPERUSER" not in attributes:  # a superuser may do everything: no list would help
        _writable_check(connection, report, role)
        _creates_check(connection, report, role)
    if len(report.checks) == before:
        report.add(
            "rights", State.OK, _("Le rôle %(role)s lit et ne peut rien écrire.") % {"role": role}
        )


def _writable_check(connection: psycopg.Connection[Any], report: Report, role: str) -> None:
    with catalogue_reading(connection, VIEW) as (cursor, _view, _path):
        rows = cursor.execute(query("writable")).fetchall()
    if not rows:
        return
    total = rows[0][4]
    said = ngettext(
        "Le rôle %(role)s peut écrire dans %(count)d table ou vue, ou la possède : %(names)s.",
        "Le rôle %(role)s peut écrire dans %(count)d tables ou vues, ou les possède : %(names)s.",
        total,
    )
    names = ", ".join(row[0] for row in rows) + (" …" if total > len(rows) else "")
    revokes = [
        f"REVOKE {', '.join(held)} ON {name} FROM {sql_name(connection)};"
        for name, held, _table, owns, _total in rows
        if held and not owns
    ]
    owned = [name for name, _held, _table, owns, _total in rows if owns]
    if owned:
        # A right taken from an owner he can give himself back: no REVOKE helps.
        revokes.append(_("Un propriétaire garde tout droit : lire avec un rôle à soi, que voici."))
        revokes += _own_role(connection)
    report.add(
        "writable",
        State.REMARK,
        said % {"role": role, "count": total, "names": names},
        *revokes,
        count=total,
        relations=[{"name": row[0], "rights": list(row[1]), "owned": row[3]} for row in rows],
    )


def _own_role(connection: psycopg.Connection[Any]) -> list[str]:
    """The statements that make a role which reads and nothing else."""
    with catalogue_reading(connection, VIEW) as (cursor, view, _path):
        cursor.execute(
            "SELECT n.nspname::text FROM pg_class AS c JOIN pg_namespace AS n"
            " ON n.oid = c.relnamespace WHERE c.oid = %s",
            [view],
        )
        row = cursor.fetchone()
    schema = sql.Identifier(row[0] if row else "public").as_string(connection)
    there = '"public"'
    path = [f"ALTER ROLE console_reader SET search_path = {schema};"] if schema != there else []
    return [
        "CREATE ROLE console_reader LOGIN PASSWORD '…';",
        f"GRANT USAGE ON SCHEMA {schema} TO console_reader;",
        f"GRANT SELECT ON {schema}.{VIEW} TO console_reader;",
        "ALTER ROLE console_reader SET default_transaction_read_only = on;",
        "ALTER ROLE console_reader SET statement_timeout = '30s';",
        *path,
    ]


def _creates_check(connection: psycopg.Connection[Any], report: Report, role: str) -> None:
    with catalogue_reading(connection, VIEW) as (cursor, _view, _path):
        places = [name for (name,) in cursor.execute(query("creates"))]
    if places:
        report.add(
            "creates",
            State.REMARK,
            _("Le rôle %(role)s peut créer des objets dans : %(places)s.")
            % {"role": role, "places": ", ".join(places)},
            *[f"REVOKE CREATE ON {place} FROM {sql_name(connection)}, PUBLIC;" for place in places],
            places=places,
        )


def sql_name(connection: psycopg.Connection[Any]) -> str:
    """The role as SQL writes it."""
    return sql.Identifier(connection.info.user).as_string(connection)


def hidden_rows_check(connection: psycopg.Connection[Any], report: Report) -> None:
    """Whether row security below the view hides rows from whoever the view reads as."""
    with catalogue_reading(connection, VIEW) as (_cursor, view, _path):
        pass
    said, todo, tables = hidden_said(connection, view)
    if tables:
        report.add("row_security", State.REMARK, said, *todo, tables=tables)


def hidden_said(
    connection: psycopg.Connection[Any], view: int | None
) -> tuple[str, list[str], list[str]]:
    """That row security filters what a view reads, what would mend it, and the tables; or nothing."""
    with catalogue_reading(connection, VIEW) as (cursor, _view, _path):
        rows = cursor.execute(query("hidden_rows"), {"view": view}).fetchall()
    if not rows:
        return "", [], []
    names = ", ".join(name for name, _reader in rows[:10])
    readers = ", ".join(sorted({reader for _name, reader in rows}))
    said = _(
        "La sécurité par ligne filtre %(names)s pour %(readers)s : la vue peut se taire "
        "sans que les données soient saines."
    ) % {"names": names, "readers": readers}
    todo = [
        f"CREATE POLICY console_reads ON {name} FOR SELECT"
        f" TO {sql.Identifier(reader).as_string(connection)} USING (true);"
        for name, reader in rows[:10]
    ]
    return said, [*todo, _("ou une vue sans security_invoker")], [name for name, _reader in rows]
