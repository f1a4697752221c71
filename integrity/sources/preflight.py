"""Says of each business database whether the console can read it, and whether the clocks agree."""

from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings

from governance.core.capability import Check
from integrity.sources.connections import SourceError, source_transaction
from integrity.sources.contract import view_contract

LIMIT_MS = 5_000
CLOCKS_APART_S = 5.0


def preflight() -> Iterator[Check]:
    """Connection, checks view and clock of every configured source."""
    if not settings.SOURCES:
        yield Check("sources", "warn", "no SOURCE_<SLUG>_DATABASE_URL is set: nothing is scanned")
    for slug in sorted(settings.SOURCES):
        yield _source(slug)


def _source(slug: str) -> Check:
    name = f"source {slug}"
    try:
        with source_transaction(slug, timeout_ms=LIMIT_MS) as connection:
            before = datetime.now(UTC)
            row = connection.execute("SELECT clock_timestamp()").fetchone()
            between = before + (datetime.now(UTC) - before) / 2
            faults = view_contract(connection)
    except SourceError as error:
        return Check(name, "fail", str(error))
    if faults:
        return Check(name, "fail", " ".join(faults))
    apart = (row[0] - between).total_seconds() if row else 0.0
    if abs(apart) > CLOCKS_APART_S:
        return Check(name, "fail", f"its clock is {apart:+.0f} s from this machine's")
    return Check(name, "ok", "answers, and its view is readable")
