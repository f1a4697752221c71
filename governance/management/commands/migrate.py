"""`migrate` runs as the database's owner, keeps the record, and gives the runtime role what it needs."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from governance import record
from governance.core.identity import grants
from integrity.console import view_drop, view_install


class Command(DjangoMigrate):
    help = DjangoMigrate.help + " Uses DATABASE_OWNER_URL where it is set."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "default" and "owner" in connections:
            options["database"] = "owner"
        alias = options["database"]
        only_looks = options["check_unapplied"] or options["plan"]
        if options["migration_name"] and not (only_looks or options["fake"]):
            record.refuse_to_drop(alias, options["app_label"], options["migration_name"])
        if not only_looks and not _is_current(alias, options["migration_name"]):
            view_drop(alias)  # no table can lose a column that a view reads
        super().handle(*args, **options)
        if not only_looks and _is_current(alias):
            view_install(alias)
            with transaction.atomic(using=alias):
                grants.apply(alias, connections["default"].settings_dict["USER"])
            record.alerts_restore(alias)


def _is_current(alias: str, target: str | None = None) -> bool:
    """False before a change, and while somebody migrates backwards: tables that grants name may be gone."""
    if target:
        return False
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
