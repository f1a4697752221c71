"""Check codes that people may look for: our own findings', those of installed rules, those of the data."""

from collections.abc import Iterable

from alerts.kinds import view_read
from alerts.models import Status
from alerts.queries import alert_choices
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.jobs.runs import JOB_FAILED
from integrity.proofs.runs import RULE_NOT_PROVED
from integrity.scans.freshness import SCAN_STALE
from integrity.scans.ledger_alarm import LEDGER_BROKEN
from integrity.scans.scan import OWN_CODES


def own_codes() -> set[str]:
    """Of all that the console may find about itself, whether it ever did or not."""
    return {*OWN_CODES, SCAN_STALE, RULE_NOT_PROVED, JOB_FAILED, LEDGER_BROKEN}


def check_codes(sources: Iterable[str]) -> list[str]:
    """For a reader of `sources`, resolved alerts' codes included."""
    held = frozenset(sources)
    stored = alert_choices(held, tuple(Status.values))["check_code"]
    rules = {code for source in held - {CONSOLE_SOURCE} for code in view_read(source).rules}
    return sorted({*own_codes(), *stored, *rules})
