"""Keeps the owner's connection for migrations: no model is ever read or written through it."""

from typing import Any


class OwnerOnlyMigrates:
    """Both aliases are one database, so the schema is migrated through `owner` where it exists."""

    def db_for_read(self, model: Any, **hints: Any) -> str:
        return "default"

    def db_for_write(self, model: Any, **hints: Any) -> str:
        return "default"

    def allow_relation(self, a: Any, b: Any, **hints: Any) -> bool:
        return True
