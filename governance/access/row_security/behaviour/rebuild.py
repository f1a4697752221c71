"""Builds a copy of a schema in an embedded PostgreSQL of its own, which is thrown away afterwards.

A schema is somebody else's text: nothing of it runs as a superuser there. The copy's roles have the names and
the weight of the source's, and no superuser among them but ours.
"""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil
import psycopg
from psycopg import sql

from governance.access.row_security.schema import Schema
from governance.core.database.postgres_wheel import ServerError
from governance.core.database.postmaster import PORT, Postmaster, socket_folder
from governance.core.logs import one_line

ROOT, BUILDER = "row_security_root", "row_security_builder"
INVENTOR, TRIER, STRANGER = (
    "row_security_inventor",
    "row_security_trier",
    "row_security_stranger",
)
DATABASE = "copy"
PREFIX = "governance-rls-"  # of the folder; the process's number follows
OWNERS_AND_RIGHTS = 80  # from this step on no text of the source runs
TIMEOUT_MS = 5000
# A partition has its parent's triggers and indexes by itself; a stand-in has given way or is as good.
THERE = (psycopg.errors.DuplicateObject, psycopg.errors.DuplicateTable)
CHUNK = 100  # statements at once
SEARCH_PATH = '"$user", public, extensions'


class CannotRebuild(RuntimeError):
    """There is no embedded PostgreSQL to build a copy in; the text is one line."""


@dataclass(frozen=True)
class Copy:
    """A server with a copy of the schema. `broken`: why a relation is not whole in it, by full name."""

    folder: Path
    broken: dict[str, str] = field(default_factory=dict)
    lost: list[str] = field(default_factory=list)  # statements that belong to no relation

    def connect(self, role: str) -> psycopg.Connection[Any]:
        sockets = quote(str(socket_folder(self.folder)), safe="")
        return psycopg.connect(
            f"postgresql://{role}@{sockets}:{PORT}/{DATABASE}",
            autocommit=True,
            prepare_threshold=None,
            options=f"-c statement_timeout={TIMEOUT_MS} -c jit=off",
        )


@contextmanager
def schema_copy(schema: Schema) -> Iterator[Copy]:
    """A copy for as long as the block lasts. Raises CannotRebuild, also for errors in the block."""
    _sweep()
    try:
        parent = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-"))
    except OSError as error:
        raise CannotRebuild(str(error)) from None
    server = Postmaster(parent / "pg", durable=False)
    try:
        server.start()
        yield _fill(Copy(parent / "pg"), schema)
    except (ServerError, OSError, psycopg.Error) as error:
        raise CannotRebuild(one_line(error)) from error
    finally:
        server.stop()
        shutil.rmtree(parent, ignore_errors=True)


def _sweep() -> None:
    """End the servers of audits whose process was killed, which nobody else would."""
    for parent in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        number = parent.name.removeprefix(PREFIX).partition("-")[0]
        is_ours = parent.stat().st_uid == os.geteuid()
        if is_ours and number.isdigit() and not psutil.pid_exists(int(number)):
            Postmaster(parent / "pg").stop()
            shutil.rmtree(parent, ignore_errors=True)


def _fill(copy: Copy, schema: Schema) -> Copy:
    _prepare(copy, schema)
    with copy.connect(BUILDER) as builder:
        builder.execute(Path(__file__).with_name("stand_ins.sql").read_text(encoding="utf-8"))
    failed = _make(copy, schema)
    for _step, relation, statement in schema.statements:
        if statement not in failed:
            continue
        if relation:
            copy.broken.setdefault(relation.replace('"', ""), failed[statement])
        elif statement.startswith("CREATE"):
            copy.lost.append(f"{statement[:80]}: {failed[statement]}")
    return copy


def _prepare(copy: Copy, schema: Schema) -> None:
    """Roles and an empty database. initdb's superuser gives its name to the source's role of that name."""
    sockets = quote(str(socket_folder(copy.folder)), safe="")
    address = f"postgresql://{{}}@{sockets}:{PORT}/postgres"
    with psycopg.connect(address.format("postgres"), autocommit=True) as first:
        first.execute(f"CREATE ROLE {ROOT} LOGIN SUPERUSER")
    with psycopg.connect(address.format(ROOT), autocommit=True) as root:
        root.execute("ALTER ROLE postgres RENAME TO row_security_first")
        statements = [
            f"CREATE ROLE {BUILDER} LOGIN",
            f"CREATE ROLE {INVENTOR} LOGIN BYPASSRLS",
            f"CREATE ROLE {TRIER} LOGIN NOINHERIT",
            f"CREATE ROLE {STRANGER}",
            f"GRANT pg_read_all_data, pg_write_all_data, {BUILDER} TO {INVENTOR}",
            f"GRANT SET ON PARAMETER session_replication_role TO {INVENTOR}",
            f"GRANT {INVENTOR}, {STRANGER} TO {TRIER}",
        ]
        for statement in statements:
            root.execute(statement)
        for role in schema.roles.values():
            option = sql.SQL(" BYPASSRLS" if role.bypasses else "")
            root.execute(sql.SQL("CREATE ROLE {}").format(sql.Identifier(role.name)) + option)
        for role in schema.roles.values():
            for other in role.member_of:
                root.execute(
                    sql.SQL("GRANT {} TO {}").format(
                        sql.Identifier(other), sql.Identifier(role.name)
                    )
                )
        for name in {one.owner for one in schema.relations.values()} | {
            one.owner for one in schema.functions
        }:
            root.execute(
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(name), sql.Identifier(INVENTOR))
            )
        for name in schema.exposed:
            root.execute(
                sql.SQL("GRANT {} TO {}").format(sql.Identifier(name), sql.Identifier(TRIER))
            )
        root.execute(f"CREATE DATABASE {DATABASE} OWNER {BUILDER}")
        root.execute(f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC")
        root.execute(f"GRANT CONNECT ON DATABASE {DATABASE} TO {TRIER}, {INVENTOR}")


def _make(copy: Copy, schema: Schema) -> dict[str, str]:
    """Run the statements; what failed with its reason."""
    texts = [one for one in schema.statements if one[0] < OWNERS_AND_RIGHTS]
    owners = [one for one in schema.statements if one[0] >= OWNERS_AND_RIGHTS]
    failed: dict[str, str] = {}
    for role, statements in ((BUILDER, texts), (ROOT, owners)):
        with copy.connect(role) as connection:
            connection.execute("SET check_function_bodies = off; SET client_min_messages = error")
            waiting = [statement for _step, _relation, statement in statements]
            while True:
                reasons = _run(connection, waiting)
                if not reasons or len(reasons) == len(waiting):
                    break
                waiting = list(reasons)  # until no more of them succeed
            failed |= reasons
    return failed


def _run(connection: psycopg.Connection[Any], statements: list[str]) -> dict[str, str]:
    """Run all that can be run, many at once where none of them fails."""
    try:
        connection.execute("; ".join(statements))
    except psycopg.Error as error:
        if len(statements) == 1 and isinstance(error, THERE):
            return {}
        if len(statements) == 1:
            return {statements[0]: error.diag.message_primary or str(error)}
        middle = len(statements) // 2 if len(statements) <= CHUNK else CHUNK
        return _run(connection, statements[:middle]) | _run(connection, statements[middle:])
    return {}
