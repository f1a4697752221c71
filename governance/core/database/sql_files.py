"""Runs named SQL files in migrations; knows no table."""

from pathlib import Path

from django.apps import apps
from django.db.migrations.operations import RunSQL


def sql_file(app_label: str, name: str) -> str:
    """Text of `<app>/sql/<name>`."""
    return (Path(apps.get_app_config(app_label).path) / "sql" / name).read_text(encoding="utf-8")


class RunSQLFile(RunSQL):
    """A migration step that runs `<app>/sql/<name>`, and `reverse` to undo it."""

    def __init__(self, app_label: str, name: str, *, reverse: str) -> None:
        self.app_label, self.name, self.reverse_name = app_label, name, reverse
        super().__init__(sql_file(app_label, name), sql_file(app_label, reverse))

    def deconstruct(self) -> tuple[str, list[str], dict[str, str]]:
        return (
            self.__class__.__qualname__,
            [self.app_label, self.name],
            {"reverse": self.reverse_name},
        )

    def describe(self) -> str:
        return f"{self.app_label}/sql/{self.name}"
