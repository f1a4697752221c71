"""What may happen to a source during a scan: never a false resolution, one clear alert, the exit code.

The real command, on real servers; where harm is done while it reads, in a process of its own.
"""

import subprocess
import sys
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command

from governance.env import BASE_DIR
from tests.foundation.process import eventually
from tests.schedule.process import environment, rows
from tests.schedule.test_worker import READING

ALERTS = "SELECT entity_id, status, version FROM system_alerts WHERE source = 'magasin' ORDER BY entity_id"
OWN = "SELECT check_code, entity_id, status FROM system_alerts WHERE source = 'console'"
RESOLVED = "SELECT count(*) FROM system_alerts WHERE source = 'magasin' AND status = 'RESOLVED'"


def scan() -> tuple[int, str]:
    """`manage.py sync_alerts`: its exit code and what it says on stderr."""
    err = StringIO()
    try:
        call_command("sync_alerts", stdout=StringIO(), stderr=err)
    except SystemExit as ended:
        return int(ended.code or 0), err.getvalue().strip()
    return 0, err.getvalue().strip()


@pytest.fixture
def console(pg, fresh_console, shop, settings):
    """Forty alerts of the shop, and the environment of a scan of it in another process."""
    settings.SOURCE_STATEMENT_TIMEOUT_MS = 2000
    shop.execute(
        "TRUNCATE debts; INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 40) n"
    )
    values = environment(
        pg,
        fresh_console,
        SOURCE_MAGASIN_DATABASE_URL=pg.dsn(shop.info.dbname, "depot_reader"),
        SOURCE_STATEMENT_TIMEOUT_MS="3000",
    )
    assert scan() == (0, "")
    assert len(rows(pg, fresh_console, ALERTS)) == 40
    return values


@contextmanager
def during_a_scan(pg, console, shop):
    """A scan that reads for a moment, in the middle of it; afterwards its end: code and lines."""
    shop.execute("UPDATE pause SET seconds = 2.6")  # seconds; its timeout is 3
    ended: dict[str, Any] = {}
    reading = subprocess.Popen(
        [sys.executable, "manage.py", "sync_alerts"],
        cwd=BASE_DIR,
        env=console,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert eventually(lambda: rows(pg, shop.info.dbname, READING)[0][0] == 1, within=20)
        yield ended
        out, err = reading.communicate(timeout=30)
    finally:
        reading.kill()
        reading.wait()
    ended |= {"code": reading.returncode, "out": out.strip(), "err": err.strip()}
    shop.execute("UPDATE pause SET seconds = 0")


def nothing_closed(pg, name, before):
    """No alert of the source is resolved, none changed."""
    return rows(pg, name, ALERTS) == before


def one_line(said, *words):
    """One line on stderr that names the source and the cause."""
    (line,) = said.splitlines()
    assert line.startswith("magasin : échoué : ")
    assert all(word in line for word in words), line


def test_a_connection_that_is_cut_in_the_middle(pg, fresh_console, shop, console):
    before = rows(pg, fresh_console, ALERTS)
    with during_a_scan(pg, console, shop) as ended, pg.superuser(shop.info.dbname) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND application_name = 'governance-console'"
        )
    assert ended["code"] == 1
    one_line(ended["err"], "terminat")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
    assert scan() == (0, "")
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "RESOLVED")]
    assert nothing_closed(pg, fresh_console, before)


def test_a_view_that_is_dropped_in_the_middle(pg, fresh_console, shop, console):
    """The drop waits until the rows are read; the scan then finds the view changed meanwhile, and fails."""
    before = rows(pg, fresh_console, ALERTS)
    (view,) = rows(pg, shop.info.dbname, "SELECT pg_get_viewdef('v_integrity_checks')")
    with during_a_scan(pg, console, shop) as ended:
        shop.execute("DROP VIEW v_integrity_checks")
    assert ended["code"] == 1
    one_line(ended["err"], "pendant la lecture")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
    code, said = scan()
    assert code == 1
    one_line(said, "v_integrity_checks")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
    shop.execute(
        f"CREATE VIEW v_integrity_checks AS {view[0]};"
        " GRANT SELECT ON v_integrity_checks TO depot_reader"
    )
    assert scan() == (0, "")
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "RESOLVED")]
    assert nothing_closed(pg, fresh_console, before)


@pytest.mark.parametrize(
    "emptied", ["DELETE FROM debts", "TRUNCATE debts", "UPDATE shown SET yes = false"]
)
def test_a_view_of_forty_rows_that_returns_none(pg, fresh_console, shop, console, emptied):
    before = rows(pg, fresh_console, ALERTS)
    shop.execute("CREATE TABLE kept AS TABLE debts")
    shop.execute(emptied)
    assert scan()[0] == 2
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_SUSPECT", "magasin", "OPEN")]
    shop.execute(
        "UPDATE shown SET yes = true; INSERT INTO debts SELECT * FROM kept ON CONFLICT DO NOTHING"
    )
    assert scan() == (0, "")
    assert rows(pg, fresh_console, OWN) == [("SCAN_SUSPECT", "magasin", "RESOLVED")]
    assert nothing_closed(pg, fresh_console, before)


def test_rows_that_vanish_in_the_middle_are_still_in_the_scans_snapshot(
    pg, fresh_console, shop, console
):
    before = rows(pg, fresh_console, ALERTS)
    with during_a_scan(pg, console, shop) as ended:
        shop.execute("DELETE FROM debts")
    assert ended["code"] == 0
    assert nothing_closed(pg, fresh_console, before)
    assert scan()[0] == 2
    assert nothing_closed(pg, fresh_console, before)


def test_a_column_that_errs_on_one_row(pg, fresh_console, shop, console):
    before = rows(pg, fresh_console, ALERTS)
    shop.execute("UPDATE debts SET divisor = 0 WHERE id = 'c33'")
    code, said = scan()
    assert code == 1
    one_line(said, "division")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
    shop.execute("UPDATE debts SET divisor = 1")
    assert scan() == (0, "")
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "RESOLVED")]
    assert nothing_closed(pg, fresh_console, before)


@pytest.mark.parametrize("table", ["debts", "v_integrity_checks"])
def test_a_lock_that_outlasts_the_timeout(pg, fresh_console, shop, console, table):
    before = rows(pg, fresh_console, ALERTS)
    with shop.transaction():
        shop.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        code, said = scan()
    assert code == 1
    one_line(said, "verrou")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
    assert scan() == (0, "")
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "RESOLVED")]
    assert rows(pg, fresh_console, RESOLVED) == [(0,)]


def test_a_view_slower_than_the_timeout(pg, fresh_console, shop, console):
    before = rows(pg, fresh_console, ALERTS)
    shop.execute("UPDATE pause SET seconds = 60")
    code, said = scan()
    assert code == 1
    one_line(said, "2 s")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
