"""Reads what a compared snapshot says beside the stored alerts, for somebody who looks; writes nothing."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any
from uuid import UUID

from django.db import connection

from governance.core.database.stored_json import stored_json

SQL = Path(__file__).parents[1] / "sql" / "compared.sql"


@dataclass(frozen=True)
class Seen:
    """What was known of an anomaly at one instant."""

    severity: str
    message: str
    payload: Any
    occurrences: int
    rule_version: str | None


@dataclass(frozen=True)
class Compared:
    """One identity. `mark`: new, back, gone, changed, accepted or same.

    `was` is what is stored (None for new), `now` what the snapshot has (None for gone).
    """

    mark: str
    alert_id: UUID | None
    check_code: str
    entity_type: str
    entity_id: str
    was: Seen | None
    now: Seen | None


def snapshot_compared(*, limit: int) -> list[Compared]:
    """The first `limit` identities of the snapshot that this transaction compared last."""
    with connection.cursor() as cursor:
        cursor.execute(_query(), {"limit": limit})
        return [
            Compared(mark, alert_id, code, entity_type, entity_id, _seen(was), _seen(now))
            for mark, alert_id, code, entity_type, entity_id, was, now in cursor.fetchall()
        ]


def _seen(value: Any) -> Seen | None:
    if isinstance(value, str):
        value = stored_json(value)  # Django's cursors leave jsonb as text
    return Seen(**value) if value else None


@cache
def _query() -> str:
    return SQL.read_text(encoding="utf-8")
