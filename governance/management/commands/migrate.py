"""`migrate` runs as the database's owner, then gives the runtime role what it needs and no more."""

from typing import Any

from django.core.management.commands.migrate import Command as DjangoMigrate
from django.db import connections, transaction
from django.db.migrations.executor import MigrationExecutor

from governance import grants


class Command(DjangoMigrate):
    help = DjangoMigrate.help + " Uses DATABASE_OWNER_URL where it is set."

    def handle(self, *args: Any, **options: Any) -> None:
        if options["database"] == "default" and "owner" in connections:
            options["database"] = "owner"
        super().handle(*args, **options)
        alias = options["database"]
        if not (options["check_unapplied"] or options["plan"]) and _is_current(alias):
            with transaction.atomic(using=alias):
                grants.apply(alias, connections["default"].settings_dict["USER"])


def _is_current(alias: str) -> bool:
    """False while somebody migrates backwards: the tables that grants name may be gone."""
    executor = MigrationExecutor(connections[alias])
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())
