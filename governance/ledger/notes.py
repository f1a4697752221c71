"""Notes what happens without a row changing (an export, a verification); knows no other table."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection


def ledger_note(
    *,
    subject_type: str,
    subject_id: str,
    action: str,
    details: Mapping[str, Any],
    source: str | None = None,
    check_code: str | None = None,
) -> int:
    """Append one entry under the transaction's actor; gives its seq.

    Raises django.db.ProgrammingError when nobody is acting, when the subject is one that a trigger
    records, or when the acting person holds no role on `source`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_note(%s, %s, %s, %s, %s, %s::jsonb)",
            [source, subject_type, subject_id, check_code, action, json.dumps(details)],
        )
        (seq,) = cursor.fetchone()
    return int(seq)
