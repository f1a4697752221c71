"""Pages about scans that need scans in transactions of their own, and a history worth an index."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role
from integrity.scans.heartbeat import _query
from integrity.scans.queries import NEWEST, _page_sql
from integrity.scans.scan import scan_run
from tests.conftest import make_user
from tests.pages.dom import elements
from tests.schedule.make import scanned

URL = "/governance/scans"


@pytest.fixture
def reader(fresh_console):
    client = Client()
    client.force_login(make_user("auditrice", {"magasin": Role.AUDITEUR}))
    return client


def effects(client, scan):
    page = client.get(f"{URL}/{scan.pk}")
    assert page.status_code == 200
    return [a["href"] for a in elements(page, "href") if "/governance/alerts/" in a["href"]]


def test_each_scan_shows_what_it_did_itself(reader, shop):
    first = scan_run(source="magasin")
    again = scan_run(source="magasin")
    shop.execute("DELETE FROM debts WHERE id = 'a'; UPDATE debts SET amount = 99 WHERE id = 'b'")
    third = scan_run(source="magasin")
    assert (first.opened, again.opened, third.closed, third.changed) == (3, 0, 1, 1)
    assert len(effects(reader, first)) == 3
    assert effects(reader, again) == []
    assert len(set(effects(reader, third))) == 2


def test_a_page_costs_a_page_however_long_the_history(fresh_console, pg):
    """A fortnight of failing minutes: the lists and the heartbeat read an index, not the history."""
    scanned(ago=timedelta(days=15))
    with pg.superuser(fresh_console) as superuser:
        superuser.execute(
            "ALTER TABLE integrity_scan DISABLE TRIGGER ALL;"
            " ALTER TABLE integrity_scan ENABLE ALWAYS TRIGGER b_numbered;"
            " INSERT INTO integrity_scan (id, source, started_at, finished_at, outcome, error, view_hash,"
            ' rules, "rows", per_code, quarantined, faults, opened, reopened, lapsed, changed, closed)'
            " SELECT gen_random_uuid(), 'depot', at, at, 'FAILED', '', '', '{}', 0, '{}', 0, '[]',"
            " 0, 0, 0, 0, 0 FROM generate_series(now() - interval '14 days', now(), '1 min') at;"
            " ANALYZE integrity_scan"
        )
    page: dict[str, Any] = {
        "sources": ["depot"],
        "outcome": "",
        "before": NEWEST,
        "count": 51,
    }
    middle = scanned(ago=timedelta(seconds=1), outcome="FAILED").number // 2
    heartbeat: dict[str, Any] = {"sources": ["depot"], "latest": timezone.now()}
    with acting_as_system("test"), connection.cursor() as cursor:
        queries: tuple[tuple[str, dict[str, Any]], ...] = (
            (_page_sql(), page),
            (_page_sql(), page | {"before": middle}),
            (_page_sql(), page | {"outcome": "COMPLETE"}),
            (_query(), heartbeat),
        )
        for sql, values in queries:
            cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}", values)
            ((plan,),) = cursor.fetchone()
            assert read_from("integrity_scan", plan["Plan"]) <= 60, plan


def read_from(table, node):
    """Rows of the table that a plan looked at, returned or not."""
    own = 0
    if node.get("Relation Name") == table:
        removed = sum(node.get(key, 0) for key in node if key.startswith("Rows Removed"))
        own = (node["Actual Rows"] + removed) * node["Actual Loops"]
    return own + sum(read_from(table, child) for child in node.get("Plans", []))
