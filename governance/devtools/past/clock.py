"""Owns the clock of a demonstration's past: for a while the console's functions read it, not PostgreSQL's.

Only the owner of a database can do this, and only the first start of the embedded demonstration does.
Nothing but a clock differs meanwhile: triggers, signatures and hashes are the console's own. A start that was
cut short leaves functions that refuse to write; the next `migrate` puts the real ones back.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.db import connection, connections, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg import sql

from governance.core.database import sql_files

SETTING = "governance.past_instant"
CALLS = re.compile(r"\b(?:pg_catalog\.)?(?:clock|statement|transaction)_timestamp\(\)")
# Without the setting it has no answer: a function that is left behind writes nothing.
CLOCK = f"""
CREATE OR REPLACE FUNCTION past_instant() RETURNS timestamptz LANGUAGE sql STABLE
SET search_path = pg_catalog, pg_temp AS $$ SELECT current_setting('{SETTING}')::timestamptz $$
"""
ASKING = """
SELECT pg_get_functiondef(oid) FROM pg_proc
WHERE pronamespace = 'public'::regnamespace AND proname <> 'past_instant'
  AND prosrc ~ '(clock|statement|transaction)_timestamp\\(\\)'
"""


@contextmanager
def past_clock(alias: str) -> Iterator[None]:
    """The console's functions read `set_now` until the end; `alias` is the owner's connection."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        cursor.execute(ASKING)
        ours = [text for (text,) in cursor.fetchall()]
        # Whatever ends us: the next `migrate` finds other definitions than the files', and installs these.
        MigrationRecorder(connections[alias]).migration_qs.filter(app=sql_files.LABEL).delete()
        cursor.execute(CLOCK)
        cursor.execute(
            sql.SQL("GRANT EXECUTE ON FUNCTION past_instant() TO {}").format(
                sql.Identifier(connection.settings_dict["USER"])
            )
        )
        for text in ours:
            cursor.execute(CALLS.sub("public.past_instant()", text))
    yield
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for text in ours:
            cursor.execute(text)
        cursor.execute("DROP FUNCTION past_instant()")
        MigrationRecorder(connections[alias]).record_applied(*sql_files.mark())
    with connection.cursor() as cursor:
        cursor.execute(f"RESET {SETTING}")


def set_now(instant: datetime) -> None:
    """From here on this is the instant, in this process's connection to the console."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, false)", [SETTING, instant.isoformat()])
