"""Gives the table of alerts back from the ledger, after a migration dropped it on purpose."""

from pathlib import Path

from django.db import connections, transaction

from governance.core.ledger.record import migration_acts

REPLAYED = "ledger.replay"  # noted by sql/restore.sql

RESTORE = Path(__file__).parent / "sql" / "restore.sql"


def alerts_restore(alias: str) -> None:
    """Fill an empty table of alerts from a ledger that knows some; `alias` is the owner's connection."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        migration_acts(cursor)
        cursor.execute(RESTORE.read_text(encoding="utf-8"))
