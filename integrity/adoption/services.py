"""What is kept of an examination, and what an administrator does with a source that is no more."""

from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from alerts.models import ACTIVE, ClosedBecause, Status
from governance.core.identity.acting import acting_as_system
from governance.core.identity.sources import source_slugs
from integrity.adoption.models import SourceReport, SourceRetirement
from integrity.adoption.watching import IDENTITY
from integrity.proofs.runs import proofs_forget
from integrity.source_check.report import Report
from integrity.source_check.rules import IDENTITY as EXAMINER

CLOSE = """
UPDATE system_alerts SET status = %s, resolution_cause = %s
WHERE source = %s AND status = ANY (%s::text[])
"""


class StillConfigured(ValueError):
    """The source is in the configuration: it is scanned, and its alerts would come back."""


def report_keep(*, source: str, report: Report) -> None:
    """Keep the last report on a source; raises django.db.Error where the console cannot."""
    with acting_as_system(EXAMINER):
        SourceReport.objects.update_or_create(
            source=source,
            defaults={
                "checked_at": timezone.now(),
                "exit_code": report.exit_code,
                "report": report.as_json(),
            },
        )


def source_retire(*, source: str, note: str) -> None:
    """Say, as the acting administrator, that a source is no more; then the machine closes what it left.

    Raises StillConfigured, and django.db.ProgrammingError for somebody who may not.
    """
    if source in source_slugs():
        raise StillConfigured(source)
    SourceRetirement.objects.create(source=source, note=note)  # its trigger enters it in the ledger
    transaction.on_commit(lambda: _close(source))


def _close(source: str) -> None:
    """A transaction has one actor: what the person decided, the machine carries out."""
    with acting_as_system(IDENTITY), connection.cursor() as cursor:
        active = [str(one) for one in ACTIVE]
        cause = str(ClosedBecause.SOURCE_RETIRED)
        values: list[Any] = [str(Status.RESOLVED), cause, source, active]
        cursor.execute(CLOSE, values)
    proofs_forget(source=source)
