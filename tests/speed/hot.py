"""The addresses that people and browsers ask for all day, and what PostgreSQL reads to answer them."""

import base64
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import NamedTuple
from urllib.parse import quote

from django.urls import reverse
from django.utils import timezone

from governance.core.identity.models import User
from tests.history.conftest import scalar
from tests.history.plans import Plan, addresses

STORED = 100_000  # alerts, of which ACTIVE stand
QUIET = 5_000  # minutes since the newest, with nothing but routine in the ledger
ACTIVE = STORED // 100
OTHERS = 500  # accounts beside the reader's

# Everything that a page reads, row security and sign-in included.
ANY_TABLE = re.compile(r"\A(?:\s|\(|--[^\n]*\n)*(?:SELECT|WITH)\b.*\bFROM\b", re.DOTALL)
# Tables that grow with time. Accounts, roles, the tally and jobs stay as small as an organisation.
GROWING = (
    "system_alerts",
    "ledger_entry",
    "alert_comment",
    "integrity_scan",
    "django_session",
    "saved_filter",
    "live_look",
)
# What a page may read of one table in one query: what stands, whatever is stored; what twelve weeks brought.
ROWS, ROWS_OF_WEEKS = ACTIVE + 300, 15_000
WEEKS = ("home", "rules")


class Scan(NamedTuple):
    """One place where a plan reads a table. `rows`: read, also those that a filter then threw away."""

    table: str
    how: str
    rows: int


def scans(plan: Plan) -> Iterator[Scan]:
    """Each scan of a table in the plan that really ran."""
    for node in re.split(r"\n(?=\s*->)", plan.text):
        found = re.search(r"(\w[\w ]*? Scan(?: Backward)?)(?: using \w+)? on (\w+)", node)
        ran = re.search(r"actual time=\S+ rows=([\d.]+) loops=(\d+)", node)
        if found and ran and found[1] != "Bitmap Index Scan":
            thrown = re.findall(r"Rows Removed by (?:Filter|Index Recheck): (\d+)", node)
            rows = (float(ran[1]) + sum(map(int, thrown))) * int(ran[2])
            yield Scan(found[2], found[1], round(rows))


def offences(plan: Plan) -> list[str]:
    """What the plan does that a page of any size must not do; empty when all is well."""
    bound = ROWS_OF_WEEKS if plan.page in WEEKS else ROWS
    return [
        f"{plan.page}: {scan.how} on {scan.table}, {scan.rows} rows"
        for scan in scans(plan)
        if scan.table in GROWING and (scan.how.endswith("Seq Scan") or scan.rows > bound)
    ]


def indexes(plan: Plan) -> set[str]:
    """Names of the indexes that the plan read."""
    ran = [line for line in plan.text.split("\n") if "never executed" not in line]
    return set(re.findall(r"Index (?:Only )?Scan(?: Backward)? (?:using|on) (\w+)", "\n".join(ran)))


def pages(reader: User) -> dict[str, str]:
    """A name for each hot question, and the address that asks it."""
    home, screen, pulse = reverse("home"), reverse("integrity"), reverse("integrity_pulse")
    standing = "status IN ('OPEN', 'ACK')"
    deep = place(standing, ACTIVE - 300)
    old = place("status = 'RESOLVED'", STORED // 2)
    one = scalar("SELECT id FROM system_alerts WHERE status = 'OPEN' LIMIT 1")
    since = (timezone.now() - timedelta(minutes=30)).isoformat()
    rare = scalar(
        "SELECT actor FROM ledger_entry WHERE action = 'alert.resolve' ORDER BY seq LIMIT 1"
    )
    return {
        "home": home,
        "list": screen,
        "list, deep": f"{screen}?cursor={deep}",
        "list, critical": f"{screen}?severity=CRITICAL",
        "list, one rule": f"{screen}?check_code=STOCK_NEGATIF",
        "list, unknown rule": f"{screen}?check_code=RIEN",
        "list, one kind of entity": f"{screen}?entity_type=CDR",
        "list, one source": f"{screen}?source=autre",
        "list, one entity": f"{screen}?entity_id=bac-00000157",
        "list, acknowledged": f"{screen}?status=ACK",
        "list, mine": f"{screen}?assignee=me",
        "list, nobody's": f"{screen}?assignee=nobody",
        "list, late": f"{screen}?due=overdue",
        "list, text": f"{screen}?q=tank157",
        "list, by rule": f"{screen}?group=rule",
        "list, by entity": f"{screen}?group=entity",
        "list, resolved": f"{screen}?status=RESOLVED",
        "list, resolved, deep": f"{screen}?status=RESOLVED&cursor={old}",
        "list, resolved and critical": f"{screen}?status=RESOLVED&severity=CRITICAL",
        "list, resolved, one rule": f"{screen}?status=RESOLVED&check_code=STOCK_NEGATIF",
        "pulse": f"{pulse}?state=00&since={quote(since)}",
        "alert": reverse("alert", args=[one]),
        "scans": reverse("scans"),
        "scans, failed": f"{reverse('scans')}?outcome=FAILED",
        "one scan": reverse("scan", args=[scalar("SELECT id FROM integrity_scan LIMIT 1")]),
        "schedule": reverse("schedule"),
        "saved filters": reverse("integrity_filters"),
        "live": reverse("live"),
        "rules": reverse("rules"),
        "history, a rare person": f"{reverse('history')}?actor={rare}",
    } | {f"history, {name}": address for name, address in addresses(reader).items()}


def place(chosen: str, skipped: int) -> str:
    """The list's cursor after so many of the chosen alerts."""
    text = scalar(
        "SELECT json_build_array(severity_rank, first_detected_at, id)::text FROM system_alerts"
        f" WHERE {chosen} ORDER BY severity_rank, first_detected_at, id OFFSET {skipped} LIMIT 1"
    )
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")
