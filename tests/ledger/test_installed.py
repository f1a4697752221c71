"""What the database runs is what the .sql files say, and runs as they mean it."""

import re
import time
from pathlib import Path

import psycopg
from django.apps import apps
from django.db.migrations.loader import MigrationLoader

from governance.core.database.sql_files import RunSQLFile

FOLDER = Path(apps.get_app_config("ledger").path) / "sql"
FILES = sorted(path.name for path in FOLDER.glob("*.sql") if not path.name.endswith(".drop.sql"))
FUNCTION = re.compile(
    r"CREATE (?:OR REPLACE )?(FUNCTION (\w+)\(.*?(?:\$\$;|\nRETURN .*?;\n))", re.DOTALL
)

DEFINITIONS = """
SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE n.nspname = 'public' AND p.prokind = 'f' AND p.proname = %s
"""


def files_run():
    """The files in the order in which migrations run them; a later one may define a function anew."""
    graph = MigrationLoader(None, ignore_no_migrations=True).graph
    [leaf] = graph.leaf_nodes("ledger")
    return [
        operation.name
        for key in graph.forwards_plan(leaf)
        if key[0] == "ledger"
        for operation in graph.nodes[key].operations
        if isinstance(operation, RunSQLFile)
    ]


def test_functions_are_as_the_files_say(pg, django_db_setup):
    """Replaced by the file's text, every function keeps the definition that the database had."""
    latest = {}
    for name in files_run():
        for match in FUNCTION.finditer((FOLDER / name).read_text(encoding="utf-8")):
            latest[match[2]] = match[1]
    with psycopg.connect(pg.dsn("console", "console_owner")) as owner:
        for function, text in latest.items():
            before = owner.execute(DEFINITIONS, [function]).fetchall()
            assert len(before) == 1
            owner.execute("CREATE OR REPLACE " + text)
            assert owner.execute(DEFINITIONS, [function]).fetchall() == before
        owner.rollback()


def test_every_function_and_trigger_stands_in_a_file(pg, django_db_setup):
    text = "\n".join((FOLDER / name).read_text(encoding="utf-8") for name in FILES)
    with psycopg.connect(pg.dsn("console", "console_owner")) as owner:
        functions = owner.execute(
            "SELECT proname FROM pg_proc WHERE proname LIKE 'ledger\\_%' AND prokind = 'f'"
        ).fetchall()
        triggers = owner.execute(
            """SELECT t.tgname || ' ' || t.tgrelid::regclass
               FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
               WHERE p.proname LIKE 'ledger\\_%'"""
        ).fetchall()
    in_files = {match[2] for match in FUNCTION.finditer(text)}
    assert {name for (name,) in functions} == in_files
    assert len(in_files) > 20
    pattern = re.compile(r"CREATE TRIGGER (\w+).*?\bON (\w+)\b", re.DOTALL)
    assert {pair for (pair,) in triggers} == {f"{m[1]} {m[2]}" for m in pattern.finditer(text)}


def test_every_file_is_run_by_a_migration_and_can_be_undone():
    assert sorted(files_run()) == FILES
    for name in FILES:
        assert (FOLDER / name.replace(".sql", ".drop.sql")).is_file()


def test_the_check_uses_parallel_workers(pg, console, chain):
    """PL/pgSQL's SELECT INTO never does, which halves the speed without anybody noticing."""
    with psycopg.connect(pg.dsn(console, "console_app"), autocommit=True) as session:
        for name in ("parallel_setup_cost", "parallel_tuple_cost", "min_parallel_table_scan_size"):
            session.execute(f"SET {name} = 0")
        session.execute("SELECT set_config('governance.system', 'verify', false)")
        assert session.execute("SELECT first_bad FROM ledger_check()").fetchone() == (None,)
    with pg.superuser() as watcher:
        deadline = time.monotonic() + 10  # a session reports its figures as it ends
        launched = 0
        while not launched and time.monotonic() < deadline:
            [launched] = watcher.execute(
                "SELECT parallel_workers_launched FROM pg_stat_database WHERE datname = %s",
                [console],
            ).fetchone()
    assert launched
