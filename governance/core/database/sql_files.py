"""Installs the functions, triggers, policies and views of the apps' `sql/` folders in PostgreSQL.

A file that creates such an object is its current definition, and the only one: `migrate` changes tables by
migrations, and puts these definitions in place of the former ones whenever a file is another. The other files
of the folders are statements that the program sends. Knows no table.
"""

import hashlib
import re
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations.operations import RunSQL
from django.db.migrations.recorder import MigrationRecorder
from django.db.utils import ProgrammingError
from psycopg import errors

LABEL = "sql"  # under which django_migrations remembers what is installed

_NAMED = re.compile(r"^CREATE (TYPE|FUNCTION|AGGREGATE|VIEW) (\w+)", re.MULTILINE)
_ON_TABLE = re.compile(
    r"^CREATE (?:CONSTRAINT )?(TRIGGER|POLICY) (\w+)[^;]*?\bON (\w+)", re.MULTILINE
)
_ROW_SECURITY = re.compile(r"^ALTER TABLE (\w+) ENABLE ROW LEVEL SECURITY", re.MULTILINE)

# Not CASCADE: what somebody else built upon ours stops the migration, and is not lost.
_FORMER = """
SELECT statement FROM (
  SELECT 1 AS place, format('DROP POLICY %%I ON %%I', p.polname, c.relname) AS statement
  FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(tables)s)
  UNION ALL
  SELECT 2, format('DROP TRIGGER %%I ON %%I', t.tgname, c.relname)
  FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(tables)s) AND NOT t.tgisinternal
  UNION ALL
  SELECT 3, format('ALTER TABLE %%I NO FORCE ROW LEVEL SECURITY', c.relname)
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(tables)s) AND c.relforcerowsecurity
  UNION ALL
  SELECT 4, format('DROP VIEW %%I', c.relname)
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(names)s) AND c.relkind = 'v'
  UNION ALL
  -- All at once, so that their order is PostgreSQL's to find.
  SELECT 5, 'DROP ROUTINE ' || string_agg(p.oid::regprocedure::text, ', ')
  FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.proname = ANY (%(names)s)
  UNION ALL
  SELECT 6, format('DROP TYPE %%I', c.relname)
  FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (%(names)s) AND c.relkind = 'c'
) AS former WHERE statement IS NOT NULL ORDER BY place
"""
# What PostgreSQL says of a definition that needs one which is not there yet.
_LATER = (errors.UndefinedFunction, errors.UndefinedTable, errors.UndefinedObject)


@cache
def definitions() -> dict[Path, str]:
    """Text of every file that defines something, in the order of the apps and of the files' names."""
    texts = {
        path: path.read_text(encoding="utf-8")
        for app in apps.get_app_configs()
        for path in sorted((Path(app.path) / "sql").rglob("*.sql"))
    }
    return {path: text for path, text in texts.items() if objects(text)}


def objects(text: str) -> list[str]:
    """Names of what a file defines, such as `function ledger_note` and `policy seen on ledger_head`."""
    return [
        *(f"{kind.lower()} {name}" for kind, name in _NAMED.findall(text)),
        *(f"{kind.lower()} {name} on {table}" for kind, name, table in _ON_TABLE.findall(text)),
        *(f"row security on {table}" for table in _ROW_SECURITY.findall(text)),
    ]


def mark() -> tuple[str, str]:
    """The row of django_migrations, app and name, that says that just these files are installed."""
    texts = "\0".join(definitions().values())
    return LABEL, hashlib.sha256(texts.encode()).hexdigest()


def is_installed(alias: str) -> bool:
    """Whether the database's definitions are those of the files."""
    return mark() in MigrationRecorder(connections[alias]).applied_migrations()


def install(alias: str) -> None:
    """Replace all definitions of the database by those of the files, in one transaction.

    The rights that `grants.apply` gives are gone afterwards; tables keep theirs.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        _remove(cursor, alias)
        waiting = definitions()
        while waiting:
            missing = {
                path: error
                for path, text in waiting.items()
                if (error := _run(cursor, alias, path, text))
            }
            if len(missing) == len(waiting):
                raise ExceptionGroup(
                    "Definitions that need what nothing defines", [*missing.values()]
                )
            waiting = {path: waiting[path] for path in missing}
        MigrationRecorder(connections[alias]).record_applied(*mark())


def remove(alias: str) -> None:
    """Drop all definitions, before migrations go back behind the tables that they need.

    Row security stays enabled, so the runtime role sees nothing until they are installed again.
    """
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        _remove(cursor, alias)


def run_beside(migration: str, name: str, reverse: str = RunSQL.noop) -> RunSQL:
    """The operation of a migration (its `__file__`) that runs the file of this name beside it."""
    return RunSQL(Path(migration).with_name(name).read_text(encoding="utf-8"), reverse)


def _remove(cursor: CursorWrapper, alias: str) -> None:
    defined = [one for text in definitions().values() for one in objects(text)]
    tables = {one.partition(" on ")[2] for one in defined} - {""}
    names = {one.partition(" ")[2] for one in defined if " on " not in one}
    cursor.execute(_FORMER, {"tables": sorted(tables), "names": sorted(names)})
    for (statement,) in cursor.fetchall():
        cursor.execute(statement)
    recorder = MigrationRecorder(connections[alias])
    if recorder.has_table():
        recorder.migration_qs.filter(app=LABEL).delete()


def _run(cursor: CursorWrapper, alias: str, path: Path, text: str) -> ProgrammingError | None:
    """Run one file; the error when it needs what is not there, or not yet."""
    try:
        with transaction.atomic(using=alias):
            cursor.execute(text)
    except ProgrammingError as error:
        error.add_note(str(path))
        if isinstance(error.__cause__, _LATER):
            return error
        raise
    return None
