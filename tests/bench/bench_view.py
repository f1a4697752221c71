"""What the checks view costs over many movements beside single queries made by hand; run by `make bench`."""

import re
import statistics
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from governance.env import BASE_DIR
from integrity.depot import schema_create
from integrity.depot.loader import scenario_load
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from integrity.sources.contract import VIEW
from tests.bench.report import Figure, Report
from tests.bench.sizes import SIZE
from tests.conftest import Postgres

BY_HAND = Path(__file__).parent / "sql" / "by_hand.sql"
PLANS = BASE_DIR / "var" / "rule-plans.md"
SECTION = "The checks view over movements"
ANOMALIES = 1_000


def by_hand() -> dict[str, str]:
    """Check code -> the query that somebody would write for this rule alone."""
    _, *parts = re.split(r"^-- @ (\w+)$", BY_HAND.read_text(encoding="utf-8"), flags=re.M)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def fetched(source: "psycopg.Connection[Any]", query: str) -> tuple[float, list[Any]]:
    """Milliseconds to all rows, and the rows."""
    start = time.perf_counter()
    rows = source.execute(query).fetchall()
    return (time.perf_counter() - start) * 1000, rows


def rule_measured(source: "psycopg.Connection[Any]", code: str) -> tuple[float, str]:
    """Milliseconds of one shipped rule read on its own, and its plan with what each step took."""
    query = f"SELECT * FROM {VIEW} WHERE check_code = '{code}'"
    took = min(fetched(source, query)[0] for _ in range(min(2, SIZE.turns)))
    _, plan = fetched(source, f"EXPLAIN (ANALYZE, BUFFERS) {query}")
    return took, "\n".join(line for (line,) in plan)


def test_view(django_db_setup: None, pg: Postgres, report: Report) -> None:
    name = pg.create("depot")
    queries = by_hand()
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as source:
        schema_create(source)
        start = time.perf_counter()
        scenario_load(
            source,
            "large",
            now=datetime.now(UTC),
            movements=SIZE.movements,
            anomalies=ANOMALIES,
        )
        loaded = time.perf_counter() - start
        view_apply(source, [catalog()[code] for code in queries])
        with pg.superuser(name) as owner:
            owner.execute("VACUUM ANALYZE")
        label = f"{SIZE.movements:,}".replace(",", " ")
        view, whole = f"SELECT * FROM {VIEW}", "5 V1 rules through the view"
        single = {code: f"SELECT * FROM {VIEW} WHERE check_code = '{code}'" for code in queries}
        spent: dict[str, list[float]] = {}
        for turn in range(SIZE.turns + 1):
            asks = (
                {whole: view} | queries | {f"{code} in the view": q for code, q in single.items()}
            )
            for what, query in asks.items():
                took, rows = fetched(source, query)
                if what in queries:
                    _, through = fetched(source, single[what])
                    assert sorted(str(row[0]) for row in rows) == sorted(
                        str(row[3]) for row in through
                    )
                    assert rows, what
                if turn:
                    spent.setdefault(what, []).append(took)
        view_apply(source, list(catalog().values()))
        everything = [fetched(source, view)[0] for _ in range(min(2, SIZE.turns))]
        rules = {code: rule_measured(source, code) for code in sorted(catalog())}
    pg.drop(name)
    hand = [sum(turn) for turn in zip(*(spent[code] for code in queries), strict=True)]
    ratio = statistics.median(one / base for one, base in zip(spent[whole], hand, strict=True))
    together = Figure(whole, statistics.median(spent[whole]), "ms", stored=label)
    together.aims["view"] = ratio
    report.add(SECTION, together)
    report.add(
        SECTION,
        Figure("sum of 5 single queries by hand", statistics.median(hand), "ms", stored=label),
    )
    for code in queries:
        through_view = f"{code} in the view"
        for what in (through_view, code):
            name = what if what == through_view else f"{code} by hand"
            report.add(SECTION, Figure(name, statistics.median(spent[what]), "ms", stored=label))
    whole_ms = min(everything)
    report.add(
        SECTION,
        Figure(
            "all rules through the view",
            whole_ms,
            "ms",
            stored=label,
            aims={"rules": whole_ms / 1000},
        ),
    )
    for code, (took, _plan) in rules.items():
        report.add(SECTION, Figure(f"{code} on its own", took, "ms", stored=label))
    PLANS.parent.mkdir(exist_ok=True)
    PLANS.write_text(
        "\n".join(
            f"## {code}, {label} movements: {took:.0f} ms\n\n```\n{plan}\n```\n"
            for code, (took, plan) in rules.items()
        ),
        encoding="utf-8",
    )
    report.remark(f"The plan of each rule is in {PLANS.relative_to(BASE_DIR)}.")
    report.remark(f"{ANOMALIES} anomalies among them; the depot was made in {loaded:.0f} s.")
