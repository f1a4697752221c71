"""Every query of the history reads the ledger through an index; `make plans` writes the plans to var/.

HISTORY_PLANS_ENTRIES says at how many entries, 60 000 without it.
"""

import os
import re
from pathlib import Path

import pytest
from django.test import Client

from governance.core.identity.roles import Role
from tests.conftest import make_user
from tests.history.plans import Plan, addresses, explain, plans_of, replay_sql

ENTRIES = int(os.environ.get("HISTORY_PLANS_ENTRIES", "60000"))
QUIET, REPLAY = "first page of a reader of the quiet source", "replay (as of)"
# Those whose plans the file shows in full; of the others it has the figures.
SHOWN = ("first page", "page 1 000", "one person", "up to an instant", QUIET, REPLAY)
PREFACE = """\
# Plans of the history at {entries} entries

`tests/history/test_plans.py` opens each page, takes the queries that it really sent, and explains them
as the person who asked (row security included); its head says how to write this file anew. Eight entries
of ten are routine, one in a thousand concerns a second source. The test fails on any sequential scan of
`ledger_entry`, at 60 000 entries in every run.

What to look for: every list is one ordered, backward index scan per source, merged and cut at 51 rows, so
page 1 000 touches as many blocks as page 1; the page as it opens reads the partial index without routine;
a period is first turned into a range of `seq`, because `at` never falls.

| page | queries on the ledger | blocks of 8 kB | ms |
|---|---|---|---|
"""


@pytest.fixture
def plans(big_console):
    big_console(ENTRIES)
    person = make_user("directrice", {"depot": Role.DIRECTEUR})
    quiet = make_user("ailleurs", {"autre": Role.DIRECTEUR})
    found = {}
    for reader, pages in (
        (person, addresses(person)),
        (quiet, {QUIET: "/governance/history"}),
    ):
        client = Client()
        client.force_login(reader)
        for name, address in pages.items():
            client.get(address)  # warm: the second reading counts
            found[name] = plans_of(client, reader, name, address)
    found[REPLAY] = [Plan(REPLAY, replay_sql(), explain(person, replay_sql()))]
    return found


def test_no_page_reads_the_ledger_from_end_to_end(plans):
    for name, page in plans.items():
        for plan in page:
            assert "Seq Scan on ledger_entry" not in plan.text, f"{name}\n{plan.sql}\n{plan.text}"
            # an ordered scan stops after a page: nothing sorts a whole selection first
            if name == REPLAY:
                continue
            scans = re.findall(r"actual .*rows=([\d.]+) loops=(\d+)", plan.text)
            assert max(float(rows) for rows, _ in scans) <= 100, f"{name}\n{plan.text}"
    for kind in ("", "with routine, "):
        first, deep = plans[f"{kind}first page"], plans[f"{kind}page 1 000"]
        assert len(first) == len(deep)
        assert sum(one.buffers for one in deep) <= 2 * sum(one.buffers for one in first) + 50
    if target := os.environ.get("HISTORY_PLANS_FILE"):
        write(Path(target), plans)


def write(path, plans):
    lines = [PREFACE.format(entries=f"{ENTRIES:,}".replace(",", " "))]
    for name, page in plans.items():
        buffers = sum(plan.buffers for plan in page)
        spent = sum(plan.milliseconds for plan in page)
        lines.append(f"| {name} | {len(page)} | {buffers} | {spent:.1f} |\n")
    for name, page in plans.items():
        if name not in SHOWN:
            continue
        lines.append(f"\n## {name[0].upper()}{name[1:]}\n")
        for plan in page:
            short = re.sub(r'"ledger_entry"\."(\w+)"', r"\1", plan.sql)
            columns = re.compile(r"(SELECT )(?:\(?seq\)? AS \S+, |seq, at, actor)[^()]*?( FROM)")
            short = columns.sub(r"\1…\2", short)
            lines.append(f"\n```sql\n{short[:3000]}\n```\n\n```\n{plan.text}\n```\n")
    path.write_text("".join(lines), encoding="utf-8")
