"""What may happen to a source during a scan: never a false resolution, one clear alert, the exit code.

The real command, on real servers; where harm is done while it reads, in a process of its own.
"""

from contextlib import contextmanager
from typing import Any

import pytest

from tests.foundation.process import eventually
from tests.schedule.process import forked, here, rows
from tests.schedule.test_worker import READING

ALERTS = "SELECT entity_id, status, version FROM system_alerts WHERE source = 'magasin' ORDER BY entity_id"
OWN = "SELECT check_code, entity_id, status FROM system_alerts WHERE source = 'console'"
RESOLVED = "SELECT count(*) FROM system_alerts WHERE source = 'magasin' AND status = 'RESOLVED'"


def scan() -> tuple[int, str]:
    """`manage.py sync_alerts`: its exit code and what it says on stderr."""
    code, _said, wrong = here("sync_alerts")
    return code, wrong


@pytest.fixture
def console(pg, fresh_console, shop):
    """Forty alerts of the shop."""
    shop.execute(
        "TRUNCATE debts; INSERT INTO debts SELECT 'c' || n, n FROM generate_series(1, 40) n"
    )
    assert scan() == (0, "")
    assert len(rows(pg, fresh_console, ALERTS)) == 40


@contextmanager
def during_a_scan(pg, shop, folder):
    """A scan that reads for a moment, in the middle of it; afterwards its end: code and lines."""
    shop.execute("UPDATE pause SET seconds = 2.6")
    ended: dict[str, Any] = {}
    reading = forked("sync_alerts", said=folder / "wrong")
    try:
        assert eventually(lambda: rows(pg, shop.info.dbname, READING)[0][0] == 1, within=20)
        yield ended
        reading.join(30)
    finally:
        reading.kill()
        reading.join()
    ended |= {"code": reading.exitcode, "err": (folder / "wrong").read_text()}
    shop.execute("UPDATE pause SET seconds = 0")


def nothing_closed(pg, name, before):
    """No alert of the source is resolved, none changed."""
    return rows(pg, name, ALERTS) == before


def one_line(said, *words):
    """One line on stderr that names the source and the cause."""
    (line,) = said.splitlines()
    assert line.startswith("magasin : échoué : ")
    assert all(word in line for word in words), line


def test_a_connection_that_is_cut_in_the_middle(pg, fresh_console, shop, console, tmp_path):
    before = rows(pg, fresh_console, ALERTS)
    with during_a_scan(pg, shop, tmp_path) as ended, pg.superuser(shop.info.dbname) as connection:
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


def test_a_view_that_is_dropped_in_the_middle(pg, fresh_console, shop, console, tmp_path):
    """The drop waits until the rows are read; the scan then finds the view changed meanwhile, and fails."""
    before = rows(pg, fresh_console, ALERTS)
    (view,) = rows(pg, shop.info.dbname, "SELECT pg_get_viewdef('v_integrity_checks')")
    with during_a_scan(pg, shop, tmp_path) as ended:
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
    pg, fresh_console, shop, console, tmp_path
):
    before = rows(pg, fresh_console, ALERTS)
    with during_a_scan(pg, shop, tmp_path) as ended:
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
def test_a_lock_that_outlasts_the_timeout(pg, fresh_console, shop, console, table, settings):
    before = rows(pg, fresh_console, ALERTS)
    patience, settings.SOURCE_STATEMENT_TIMEOUT_MS = settings.SOURCE_STATEMENT_TIMEOUT_MS, 1000
    with shop.transaction():
        shop.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        code, said = scan()
    assert code == 1
    one_line(said, "verrou")
    settings.SOURCE_STATEMENT_TIMEOUT_MS = patience
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
    assert scan() == (0, "")
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "RESOLVED")]
    assert rows(pg, fresh_console, RESOLVED) == [(0,)]


def test_a_view_slower_than_the_timeout(pg, fresh_console, shop, console, settings):
    settings.SOURCE_STATEMENT_TIMEOUT_MS = 1000
    before = rows(pg, fresh_console, ALERTS)
    shop.execute("UPDATE pause SET seconds = 60")
    code, said = scan()
    assert code == 1
    one_line(said, "1 s")
    assert nothing_closed(pg, fresh_console, before)
    assert rows(pg, fresh_console, OWN) == [("SCAN_FAILED", "magasin", "OPEN")]
