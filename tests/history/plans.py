"""The queries that the history's pages really send, with PostgreSQL's plan for each."""

import re
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from tests.history.conftest import scalar

URL = "/governance/history"
READ = re.compile(r'FROM\s+\(?"?ledger_entry|FROM "alert_as_of"')


@dataclass(frozen=True)
class Plan:
    """One query of one page: what was asked, and `EXPLAIN (ANALYZE, BUFFERS)` as text."""

    page: str
    sql: str
    text: str

    @property
    def milliseconds(self) -> float:
        found = re.search(r"Execution Time: ([\d.]+) ms", self.text)
        assert found
        return float(found[1])

    @property
    def buffers(self) -> int:
        """Pages of 8 kB touched, from the first (outermost) line that counts them."""
        line = re.search(r"Buffers: (.*)", self.text)
        return sum(map(int, re.findall(r"(?:hit|read)=(\d+)", line[1]))) if line else 0


def addresses(person: User) -> dict[str, str]:
    """A name for each way to ask, and the address that asks it."""
    telling = "source = 'depot' AND action NOT IN ('alert.seen', 'scan.complete')"
    deep, all_deep = (
        scalar(
            f"SELECT seq FROM ledger_entry WHERE {chosen} ORDER BY seq DESC OFFSET"
            f" (SELECT least(50000, count(*) / 2) FROM ledger_entry WHERE {chosen}) LIMIT 1"
        )
        for chosen in (telling, "true")
    )
    one = scalar(
        "SELECT subject_id FROM ledger_entry WHERE subject_type = 'alert' AND source = 'depot'"
        " ORDER BY seq LIMIT 1"
    )
    middle = scalar(
        "SELECT to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.USZ') FROM ledger_entry"
        " WHERE seq = (SELECT max(seq) / 2 FROM ledger_entry)"
    )
    return {
        "first page": URL,
        "page 1 000": f"{URL}?cursor={deep}",
        "with routine, first page": f"{URL}?routine=1",
        "with routine, page 1 000": f"{URL}?routine=1&cursor={all_deep}",
        "one person": f"{URL}?actor={person.pk}",
        "the machine": f"{URL}?actor=system:scan",
        "one action": f"{URL}?action=alert.change",
        "a rare action": f"{URL}?action=user.create",
        "one source": f"{URL}?source=depot",
        "one rule": f"{URL}?check_code=RULE_3",
        "one alert": f"{URL}?alert={one}",
        "up to an instant": f"{URL}?to={middle}",
        "from an instant": f"{URL}?from={middle}",
        "a period and a person": f"{URL}?to={middle}&actor={person.pk}",
    }


def plans_of(
    client: Client, person: User, name: str, address: str, *, reads: re.Pattern[str] = READ
) -> list[Plan]:
    """Open the page, then explain each of its queries that `reads` finds, as the same person."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    asked = [one["sql"] for one in captured.captured_queries if reads.search(one["sql"])]
    assert asked, name
    return [Plan(name, sql, explain(person, sql)) for sql in asked]


def replay_sql() -> str:
    """The body of `alert_state_at`, so that its plan can be seen, for the last entry."""
    body = scalar("SELECT prosrc FROM pg_proc WHERE proname = 'alert_state_at'")
    last = scalar("SELECT max(seq) FROM ledger_entry")
    return re.sub(r"\bupto\b", str(last), body)


def explain(person: User, sql: str, *values: Any) -> str:
    with acting_as_user(person.pk), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) {sql}", list(values) or None)
        return "\n".join(line for (line,) in cursor.fetchall())
