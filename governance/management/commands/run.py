"""The command behind `make run`."""

from typing import Any

from django.core.management.base import BaseCommand

from governance.devtools import launcher


class Command(BaseCommand):
    help = "Set everything up and serve the console until Ctrl-C. PORT chooses the port."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        launcher.run()
