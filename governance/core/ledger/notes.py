"""Notes what happens without a row changing (an export, a verification), by whom it may be noted."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import connection

from governance.core.identity.roles import Permission


@dataclass(frozen=True)
class Deed:
    """An action that the program notes, and who alone may: one identity of the machine, or whoever holds
    `permission` on the entry's source. Declared where it is written, listed in governance/deeds.py, and
    enforced by PostgreSQL (sql/ledger_action_check.sql).
    """

    action: str
    subject_type: str
    system: str = ""
    permission: Permission | None = None


def ledger_note(
    *,
    deed: Deed,
    subject_id: str,
    details: Mapping[str, Any],
    source: str | None = None,
    check_code: str | None = None,
) -> int:
    """Append one entry under the transaction's actor; gives its seq.

    Raises django.db.ProgrammingError when nobody is acting, or somebody who may not note this deed.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT ledger_note(%s, %s, %s, %s, %s, %s::jsonb)",
            [
                source,
                deed.subject_type,
                subject_id,
                check_code,
                deed.action,
                json.dumps(details),
            ],
        )
        (seq,) = cursor.fetchone()
    return int(seq)
