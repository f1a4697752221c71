"""Databases as Supabase makes them, with schemas side by side, and roles that go again."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql

from governance.access.row_security.audit import behaviour
from governance.access.row_security.behaviour.invent import Rows
from governance.access.row_security.behaviour.rebuild import Copy, schema_copy
from governance.access.row_security.findings import Report
from governance.access.row_security.schema import PUBLIC, Schema, schema_read
from governance.access.row_security.text import text_findings
from tests.conftest import Postgres

HERE = Path(__file__).parent
ROLES = ("anon NOLOGIN", "authenticated NOLOGIN", "service_role NOLOGIN BYPASSRLS")
_numbers = count(1)


class Shop:
    """One database that somebody else owns; each case has a schema of its own."""

    def __init__(self, pg: Postgres, name: str) -> None:
        self.pg, self.name = pg, name
        self.dsn = pg.dsn(name, "depot_reader")  # a role that holds no right there but to connect

    def add(self, cases: Iterable[tuple[str, str]]) -> None:
        with self.pg.superuser(self.name) as connection:
            for name, text in cases:
                connection.execute(
                    f"CREATE SCHEMA {name}; GRANT USAGE ON SCHEMA {name} TO anon, authenticated;"
                    f"SET search_path = {name}, public"
                )
                connection.execute(text)

    def touched(self) -> list[Any]:
        """What PostgreSQL counted of reads and writes, per table."""
        with self.pg.superuser(self.name) as connection:
            connection.execute("SELECT pg_stat_force_next_flush()")
            return connection.execute(
                "SELECT relid, seq_scan, idx_scan, n_tup_ins, n_tup_upd, n_tup_del, n_dead_tup"
                " FROM pg_stat_user_tables ORDER BY relid"
            ).fetchall()


@dataclass
class ConsoleCopy:
    """A copy of the console with rows of two sources in every table, and what its audit said."""

    schema: Schema
    copy: Copy
    rows: dict[str, Rows]
    report: Report


@pytest.fixture(scope="package")
def console_copy(django_db_setup: None, pg: Postgres) -> Iterator[ConsoleCopy]:
    with psycopg.connect(pg.dsn("console_template", "console_app")) as connection:
        schema = schema_read(connection, roles=["console_app"])
    report = Report(findings=text_findings(schema), roles=["console_app", PUBLIC])
    with schema_copy(schema) as copy:
        yield ConsoleCopy(schema, copy, behaviour(copy, schema, report), report)


@pytest.fixture
def shop(pg: Postgres) -> Iterator[Shop]:
    with pg.superuser() as connection:
        before = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in ROLES:
            if role.split()[0] not in before:  # another test's, of the same server
                connection.execute(f"CREATE ROLE {role}")
        name = f"shop_{next(_numbers)}"
        connection.execute(f"CREATE DATABASE {name}")
    made = Shop(pg, name)
    with pg.superuser(name) as connection:
        connection.execute((HERE / "supabase.sql").read_text(encoding="utf-8"))
    yield made
    pg.drop(name)
    with pg.superuser() as connection:
        after = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
        for role in after - before:
            for words in ("DROP OWNED BY {}", "DROP ROLE {}"):
                connection.execute(sql.SQL(words).format(sql.Identifier(role)))


def owned(more: str = "") -> str:
    """A sound table of owned rows, with something more."""
    return (
        "CREATE TABLE notes (id uuid PRIMARY KEY, owner_id uuid NOT NULL, body text);"
        "ALTER TABLE notes ENABLE ROW LEVEL SECURITY;"
        "GRANT SELECT, INSERT, UPDATE, DELETE ON notes TO authenticated;"
        "CREATE POLICY own ON notes TO authenticated USING (owner_id = auth.uid());" + more
    )
