"""Gives the table of alerts back from the ledger, after a migration dropped it on purpose."""

from django.db import connections, transaction

from governance.core.database.sql_files import sql_file
from governance.core.ledger.record import migration_acts

REPLAYED = "ledger.replay"  # noted by sql/restore.sql


def alerts_restore(alias: str) -> None:
    """Fill an empty table of alerts from a ledger that knows some; `alias` is the owner's connection."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        migration_acts(cursor)
        cursor.execute(sql_file("alerts", "restore.sql"))
