"""Liveness and readiness; reads, never writes."""

from django.apps import AppConfig


class HealthConfig(AppConfig):
    name = "governance.operations"

    def ready(self) -> None:
        from governance.operations import sentry

        sentry.start()
