"""Owns a person's live look at a source: read only, bounded per person and process; changes no alert.

Compares with the same statements as a scan, so the two cannot disagree.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from psycopg import sql

from alerts.intake import Outcome, Scope, Snapshot
from alerts.intake.comparison import Compared, snapshot_compared
from alerts.models import Alert
from governance.core.web.templatetags.ui import number
from integrity.rules.catalog import material_keys
from integrity.scans.eyes.drift import Seen, drift_stands, is_ours, scan_last_complete
from integrity.scans.models import LiveLook
from integrity.sources.connections import SourceError, source_transaction
from integrity.sources.contract import VIEW, view_contract
from integrity.sources.evidence import evidence_read
from integrity.sources.installed_view import view_installed
from integrity.sources.reading import column_text, rows_pipe

TIMEOUT_MS = 5_000  # for a statement on the source
ROWS_LIMIT = 20_000  # a view with more rows is left to the scan
SHOWN = 200
LOOKS, WINDOW = 6, timedelta(minutes=1)
_FORGOTTEN_AFTER = timedelta(hours=1)


# At the same time in this process, whoever looks: the other threads answer everybody else.
AT_ONCE = 2
_places = threading.BoundedSemaphore(AT_ONCE)


class LookRefused(Exception):
    """This person looked often enough, or is looking; may look again after `wait_s` seconds.

    `crowded`: it is others who look, too many of them at once.
    """

    def __init__(self, wait_s: int, *, crowded: bool = False) -> None:
        self.wait_s, self.crowded = wait_s, crowded
        super().__init__(f"wait {wait_s} s")


@dataclass(frozen=True)
class Look:
    """What the view says at `at` beside what is stored. `shown`: the first SHOWN identities."""

    at: datetime
    outcome: Outcome
    shown: list[Compared]
    is_ours: bool  # the view that was read had been compiled by the console
    is_edited: bool = False  # installed by the console, then changed by hand
    other_eyes: bool = False  # not read as the last complete scan did: absence says nothing


@contextmanager
def look_place() -> Iterator[None]:
    """One of this process's few places for those who look. Raises LookRefused where all are taken."""
    if not _places.acquire(blocking=False):
        raise LookRefused(TIMEOUT_MS // 1000, crowded=True)
    try:
        yield
    finally:
        _places.release()


def look_count() -> None:
    """Count a look of the acting person. Raises LookRefused, and then counts nothing.

    One look at a time: the lock ends with the transaction, so whatever is counted has committed and
    nobody exceeds the limit by asking several workers at once; and nobody waits.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_try_advisory_xact_lock("
            "hashtextextended('governance live look ' || governance_user_id(), 0))"
        )
        if cursor.fetchone() != (True,):
            raise LookRefused(TIMEOUT_MS // 1000)
    now = timezone.now()
    LiveLook.objects.filter(at__lt=now - _FORGOTTEN_AFTER).delete()
    recent = LiveLook.objects.filter(at__gt=now - WINDOW).order_by("-at")
    looks = list(recent.values_list("at", flat=True)[:LOOKS])
    if len(looks) == LOOKS:
        raise LookRefused(int((looks[-1] + WINDOW - now).total_seconds()) + 1)
    LiveLook.objects.create()


def alert_look(alert: Alert) -> Look:
    """What the view says now of the alert's identity. Raises SourceError."""
    where = sql.SQL(
        " WHERE {} OPERATOR(pg_catalog.=) {}::pg_catalog.text"
        " AND {} OPERATOR(pg_catalog.=) {}::pg_catalog.text"
        " AND {} OPERATOR(pg_catalog.=) {}::pg_catalog.text"
    ).format(
        *(column_text("check_code"), sql.Literal(alert.check_code)),
        *(column_text("entity_type"), sql.Literal(alert.entity_type)),
        *(column_text("entity_id"), sql.Literal(alert.entity_id)),
    )
    return _look(alert.source, where, Scope(codes=[alert.check_code], entities=[alert.entity_id]))


def source_look(source: str) -> Look:
    """What the whole view says now. Raises SourceError, also for a view with more than ROWS_LIMIT rows."""
    return _look(source, sql.SQL(""), None)


def _look(source: str, where: sql.Composable, scope: Scope | None) -> Look:
    at = timezone.now()
    snapshot = Snapshot(source=source, taken_at=at, scope=scope, material=material_keys(source))
    # A savepoint: a source that fails halfway breaks our COPY as well.
    with transaction.atomic(), source_transaction(source, timeout_ms=TIMEOUT_MS) as reader:
        problems = view_contract(reader)
        if problems:
            raise SourceError("; ".join(problems))
        view, evidence = view_installed(reader), evidence_read(reader)
        limit = sql.SQL("{} LIMIT {}").format(where, sql.Literal(ROWS_LIMIT + 1))
        if view is None:
            raise SourceError(_("la vue %s a disparu pendant la lecture") % VIEW)
        rows_pipe(reader, snapshot, view.schema, limit)
    previous = scan_last_complete(source)
    outcome = snapshot.compare(versions=view.rule_versions)
    if outcome.rows > ROWS_LIMIT:
        raise SourceError(
            _("sa vue a plus de %(rows)s lignes, trop pour « Vérifier maintenant »")
            % {"rows": number(ROWS_LIMIT)}
        )
    seen = Seen(source, view, evidence, previous)
    ours = is_ours(view, previous, source)
    return Look(
        at,
        outcome,
        snapshot_compared(limit=SHOWN),
        is_ours=ours,
        is_edited=bool(view.rule_versions) and not ours,
        other_eyes=seen.moved or drift_stands(source),
    )
