"""Findings and alerts for tests, made through the same door as a scan's."""

import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

import alerts
from alerts.intake import Eyes, Finding, Outcome, Scope, Snapshot
from alerts.models import Alert
from governance.core.identity.acting import acting_as_system, acting_as_user

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def finding(entity_id: str = "bac-1", **values: Any) -> Finding:
    base: dict[str, Any] = {
        "check_code": "STOCK_NEGATIF",
        "severity": "CRITICAL",
        "entity_type": "CITERNE_STOCK",
        "message": "Le bac est sous zéro.",
        "payload": {"citerne": "TANK1", "stock": -5.5},
        "detected_at": NOW,
    }
    return Finding(entity_id=entity_id, **(base | values))


def take_in(
    findings: Iterable[Finding],
    *,
    source: str = "depot",
    taken_at: datetime = NOW,
    closes: bool = True,
    scope: Scope | None = None,
    material: dict[str, list[str]] | None = None,
    eyes: Eyes | None = None,
) -> Outcome:
    """One complete snapshot of `source`."""
    with acting_as_system("scan"):
        snapshot = Snapshot(source=source, taken_at=taken_at, scope=scope, material=material)
        snapshot.add(findings)
        snapshot.compare()
        if eyes is not None:
            snapshot.hold(eyes)
        return snapshot.apply(closes=closes)


def alert(**where: Any) -> Alert:
    with acting_as_system("scan"):
        return Alert.objects.get(**where)


def alert_rows() -> list[dict[str, Any]]:
    """The whole table, as PostgreSQL prints it; for "nothing changed" comparisons."""
    with acting_as_system("scan"), connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(a)::text FROM system_alerts a ORDER BY id")
        return [json.loads(row) for (row,) in cursor.fetchall()]


def ledger(subject_id: Any = None) -> list[tuple[str, str]]:
    """(action, actor) of the entries about one alert, oldest first."""
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT action, actor FROM ledger_entry WHERE %s::text IS NULL OR subject_id = %s"
            " ORDER BY seq",
            [subject_id and str(subject_id), str(subject_id)],
        )
        return list(cursor.fetchall())


GROUPS = "concerns, source, check_code, entity_type, severity, status"


def assert_tally(user_id: UUID | None = None) -> None:
    """What alert_tally shows is what counting shows, to the machine or to one person."""
    who = acting_as_user(user_id) if user_id else acting_as_system("test")
    with who, connection.cursor() as cursor:
        cursor.execute(f"SELECT {GROUPS}, n FROM alert_tally ORDER BY {GROUPS}")
        kept = cursor.fetchall()
        cursor.execute(
            f"SELECT {GROUPS}, count(*) FROM system_alerts GROUP BY {GROUPS} ORDER BY {GROUPS}"
        )
        assert kept == cursor.fetchall()


# The same from the ledger alone, entry by entry, as the migration of a console that has a past does.
_TOLD = Path(alerts.__file__).parent / "migrations" / "0002_flow_of_the_past.sql"


def assert_flow() -> None:
    """alert_flow holds what the ledger's entries add up to."""
    told = _TOLD.read_text(encoding="utf-8")
    with acting_as_system("test"), connection.cursor() as cursor:
        cursor.execute(
            "SELECT concerns, at, measure, what, n FROM alert_flow WHERE n <> 0 ORDER BY 1, 2, 3, 4"
        )
        kept = cursor.fetchall()
        cursor.execute(f"SELECT * FROM ({told}) AS told ORDER BY 1, 2, 3, 4")
        assert kept == cursor.fetchall()
