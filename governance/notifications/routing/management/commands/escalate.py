"""`manage.py escalate`: carries critical alerts that nobody acknowledged in time on, each step once."""

from typing import Any

from django.core.management.base import BaseCommand

from governance.notifications.routing.escalation import escalate


class Command(BaseCommand):
    help = "Porte au directeur, puis au président, ce que personne n’a acquitté à temps."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(str(escalate()))
