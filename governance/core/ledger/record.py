"""The record (alerts, evidence, ledger): no migration drops it by chance."""

from collections.abc import Iterable

from django.apps import apps
from django.conf import settings
from django.core.management import CommandError
from django.db import connections, transaction
from django.db.backends.utils import CursorWrapper
from django.db.migrations import Migration
from django.db.migrations.exceptions import AmbiguityError
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations import AddField, CreateModel
from django.db.migrations.operations.base import Operation
from psycopg import sql

from governance.core.capability import registry
from governance.core.identity.acting import SYSTEM_SETTING

IDENTITY = "migrate"


def undone(alias: str, app_label: str, migration_name: str) -> list[Migration]:
    """The migrations that going to the named one takes back; none on the way forward."""
    executor = MigrationExecutor(connections[alias])
    target = None
    if migration_name != "zero":
        try:
            target = executor.loader.get_migration_by_prefix(app_label, migration_name).name
        except (AmbiguityError, KeyError):
            return []  # Django says what is wrong with the name
    plan = executor.migration_plan([(app_label, target)])
    return [migration for migration, backwards in plan if backwards]


def refuse_to_drop(alias: str, migrations: Iterable[Migration]) -> None:
    """Raise CommandError when taking these migrations back would drop rows of the record.

    The whole plan is looked at before its first step. GOVERNANCE_DROP_THE_RECORD lets it happen.
    """
    if settings.DROP_THE_RECORD:
        return
    lost = [table for table in _tables_of(migrations) if _has_rows(alias, table)]
    if lost:
        raise CommandError(
            f"migrating back would drop what is recorded in {', '.join(lost)}; nothing was done."
            " GOVERNANCE_DROP_THE_RECORD=yes-drop-the-record does it."
        )


def _tables_of(migrations: Iterable[Migration]) -> list[str]:
    """Tables of the record that lose themselves or a column when these migrations are taken back."""
    models = {
        (migration.app_label, _model(operation))
        for migration in migrations
        for operation in migration.operations
    }
    kept = {
        (model._meta.app_label, model._meta.model_name): model._meta.db_table
        for model in apps.get_models()
        if model._meta.db_table in registry().record
    }
    return sorted(kept[key] for key in models & kept.keys())


def _model(operation: Operation) -> str:
    """The model that undoing this operation takes away, whole or in part; empty for none."""
    if isinstance(operation, CreateModel):
        return operation.name_lower
    return operation.model_name_lower if isinstance(operation, AddField) else ""


def _has_rows(alias: str, table: str) -> bool:
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        migration_acts(cursor)
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(sql.Identifier(table)))
        (found,) = cursor.fetchone()
    return bool(found)


def migration_acts(cursor: CursorWrapper) -> None:
    """Row security binds the owner too."""
    cursor.execute("SELECT set_config(%s, %s, true)", [SYSTEM_SETTING, IDENTITY])
