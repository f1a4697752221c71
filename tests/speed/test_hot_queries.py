"""No page that is asked for all day reads a growing table from end to end.

`make plans` writes the plans to var/.
"""

import os
import re
from collections import defaultdict
from pathlib import Path

import psycopg
import pytest

from alerts.marks import marks_write
from tests.history.conftest import scalar
from tests.history.plans import Plan, explain, plans_of
from tests.speed.hot import ANY_TABLE, GROWING, indexes, offences, pages
from tests.speed.written import write

PERFORMANCE = Path(__file__).parents[2] / "docs" / "performance.md"
# Indexes that no page of this world would miss, and who does.
BESIDE_PAGES = {
    "ledger_entry_dated": "the report, which is not asked for all day: promises until a day of its period",
    "live_look_of_person": "a live look: how many that person had in the last minute",
    "integrity_scan_disputed": "a scan that might not read: was the evidence of its source wrong lately",
}
SINCE = 5000  # entries that begin or end an alert's standing, of which a mark is due (alert_mark_next.sql)
SCAN = re.compile(r"Scan using ledger_entry.*?rows=([\d.]+) loops=(\d+)")
REMOVED = re.compile(r"Rows Removed by (?:Filter|Index Recheck): (\d+)")
# Django makes and reads these.
DJANGO = "django_"


@pytest.fixture(scope="module")
def plans(big):
    """By page, the queries that it sends when nothing is remembered, each with its plan."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("governance.core.cache.per_state.ledger_state", lambda: None)
        # Every source is stale: then a page asks for more than what it keeps of a fresh one.
        patched.setattr("integrity.scans.freshness.MISSED_INTERVALS", 0)
        found = {
            name: plans_of(big.client, big.reader, name, address, reads=ANY_TABLE)
            for name, address in pages(big.reader).items()
        }
    if target := os.environ.get("HOT_QUERIES_FILE"):
        write(Path(target), found)
    return found


@pytest.fixture
def misses(big, pg):
    """`misses(index, plan)`: whether without it the query offends, or reads more than twice as much."""

    def ask(index, plan):
        with pg.superuser(big.database) as root, root.transaction(force_rollback=True):
            # as if it were dropped, for a key's index too
            hide = "UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass"
            assert root.execute(hide, [index]).rowcount == 1
            root.execute("SET LOCAL ROLE console_app")
            root.execute("SET LOCAL statement_timeout = '500ms'")
            person = str(big.reader.pk)
            root.execute("SELECT set_config('governance.user_id', %s, true)", [person])
            try:
                rows = root.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {plan.sql}").fetchall()
            except psycopg.errors.QueryCanceled:
                return True
        without = Plan(plan.page, plan.sql, "\n".join(line for (line,) in rows))
        return bool(offences(without)) or without.buffers > 2 * plan.buffers

    return ask


def test_no_page_reads_a_growing_table_from_end_to_end(plans):
    assert not [found for page in plans.values() for plan in page for found in offences(plan)]


@pytest.mark.parametrize(
    ("first", "deep"),
    [
        ("list", "list, deep"),
        ("list, resolved", "list, resolved, deep"),
        ("history, first page", "history, page 1 000"),
    ],
)
def test_a_deep_page_costs_what_the_first_costs(plans, first, deep):
    here, there = (sum(plan.buffers for plan in plans[name]) for name in (first, deep))
    assert there <= 2 * here + 50


@pytest.mark.parametrize(
    ("function", "value", "index"),
    [
        ("session_read", "x", "django_session_"),
        ("account_of", "00000000-0000-0000-0000-000000000000", "governance_user_pkey"),
    ],
)
def test_every_request_finds_its_session_and_person_by_index(big, pg, function, value, index):
    """Both are functions, whose plans an EXPLAIN of the page does not show."""
    with pg.superuser(big.database) as root:
        ((body,),) = root.execute(
            "SELECT prosrc FROM pg_proc WHERE proname = %s", [function]
        ).fetchall()
        root.execute("SELECT set_config('governance.user_id', %s, false)", [value])
        lines = root.execute(f"EXPLAIN (ANALYZE, COSTS OFF) {re.sub('wanted', repr(value), body)}")
        text = "\n".join(line for (line,) in lines)
    assert any(one.startswith(index) for one in indexes(Plan(function, body, text))), text


def test_a_dropped_index_is_noticed(big, pg, plans):
    plan = next(one for one in plans["list"] if "system_alerts_screen" in indexes(one))
    with pg.superuser(big.database) as root, root.transaction(force_rollback=True):
        root.execute("DROP INDEX system_alerts_screen")
        rows = root.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {plan.sql}")
        text = "\n".join(line for (line,) in rows)
    assert "Seq Scan on system_alerts" in text
    assert not offences(plan)
    assert offences(Plan(plan.page, plan.sql, text))


def test_each_index_has_a_reader_who_would_miss_it(big, pg, plans, misses):
    readers: dict[str, dict[str, Plan]] = defaultdict(
        dict
    )  # by index, a query of each page that reads it
    for name, page in plans.items():
        for plan in page:
            for index in indexes(plan):
                readers[index].setdefault(name, plan)
    with pg.superuser(big.database) as root:
        rows = root.execute(
            "SELECT indexrelid::regclass::text FROM pg_index"
            " WHERE indrelid = ANY (%s::regclass[]) AND NOT indisprimary",
            [list(GROWING)],
        )
        standing = {name for (name,) in rows if not name.startswith(DJANGO)}
    missed = {
        index for index in standing if any(misses(index, one) for one in readers[index].values())
    }
    assert standing - missed == set(BESIDE_PAGES)
    said = PERFORMANCE.read_text(encoding="utf-8")
    assert not {index for index in standing if f"`{index}`" not in said}


def test_what_stood_reads_the_entries_since_a_mark(big):
    """However many opened and closed before. Last in this file: it writes the marks."""
    last = scalar("SELECT max(seq) FROM ledger_entry")
    body = scalar("SELECT prosrc FROM pg_proc WHERE proname = 'alert_stood_at'")

    def read(upto: int) -> float:
        plan = explain(big.reader, re.sub(r"\bupto\b", str(upto), body))
        assert "Seq Scan on ledger_entry" not in plan
        rows = sum(float(rows) * int(loops) for rows, loops in SCAN.findall(plan))
        return rows + sum(map(int, REMOVED.findall(plan)))

    places = [last, last // 2, last // 7]
    assert all(read(upto) > SINCE for upto in places)
    assert marks_write() > 10
    found = [read(upto) for upto in places]
    assert max(found) <= 2 * SINCE, found
