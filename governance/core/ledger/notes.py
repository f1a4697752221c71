"""Notes what happens without a row changing (an export, a verification), by whom it may be noted."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection

from governance.core.capability import registry


def ledger_note(
    *,
    action: str,
    subject_id: str,
    details: Mapping[str, Any],
    source: str | None = None,
    check_code: str | None = None,
) -> int:
    """Append one entry under the transaction's actor; gives its seq.

    Who may stands with the action (`LedgerAction`); raises django.db.ProgrammingError for anybody else.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_note(%s, %s, %s, %s, %s, %s::jsonb)",
            [
                source,
                registry().actions[action].subject_type,
                subject_id,
                check_code,
                action,
                json.dumps(details),
            ],
        )
        (seq,) = cursor.fetchone()
    return int(seq)
