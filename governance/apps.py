"""The project as a Django app, for its own commands (`migrate`, `run`)."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    name = "governance"
    label = "project"
    verbose_name = "Gouvernance"

    def ready(self) -> None:
        from governance.core.identity import checks  # noqa: F401  # registers the system checks
