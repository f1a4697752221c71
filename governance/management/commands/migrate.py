"""`migrate` runs as the database's owner: tables, then the definitions of the `sql/` folders, then rights.

Never drops the record by chance.
"""

import sys
from pathlib import Path
from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

import alerts
from governance.core.database import sql_files
from governance.core.identity import grants
from governance.core.ledger.record import migration_acts, refuse_to_drop, undone
from integrity.scans.console import view_drop, view_install


class Command(DjangoMigrate):
    help = DjangoMigrate.help + " Uses DATABASE_OWNER_URL where it is set."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "default" and "owner" in connections:
            options["database"] = "owner"
        alias = options["database"]
        only_looks = options["check_unapplied"] or options["plan"]
        if options["migration_name"] and not (only_looks or options["fake"]):
            backwards = undone(alias, options["app_label"], options["migration_name"])
            refuse_to_drop(alias, backwards)
            if backwards:
                view_drop(alias)
                sql_files.remove(alias)
        if not (only_looks or _is_current(alias, options["migration_name"])):
            view_drop(alias)  # no table can lose a column that a view reads
        super().handle(*args, **options)
        if options["check_unapplied"] and not sql_files.is_installed(alias):
            sys.exit(1)
        if not only_looks and _is_current(alias):
            with transaction.atomic(using=alias):
                if not sql_files.is_installed(alias):
                    view_drop(alias)  # its rules may ask functions
                    sql_files.install(alias)
                view_install(alias)
                grants.apply(alias, connections["default"].settings_dict["USER"])
            alerts_restore(alias)


def _is_current(alias: str, target: str | None = None) -> bool:
    """False before a change, and while somebody migrates backwards: tables that grants name may be gone."""
    if target:
        return False
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def alerts_restore(alias: str) -> None:
    """Fill an empty table of alerts from a ledger that knows some; `alias` is the owner's connection."""
    restore = Path(str(alerts.__file__)).parent / "sql" / "restore.sql"
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        migration_acts(cursor)
        cursor.execute(restore.read_text(encoding="utf-8"))
