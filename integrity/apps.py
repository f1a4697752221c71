"""Rules, the view they compile to, scans, and the screen."""

from django.apps import AppConfig


class IntegrityConfig(AppConfig):
    name = "integrity"

    def ready(self) -> None:
        from integrity import checks  # noqa: F401  # registers the system checks
