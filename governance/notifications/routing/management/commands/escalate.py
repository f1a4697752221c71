"""`manage.py escalate`: carries critical alerts that nobody acknowledged in time on, each step once."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from governance.notifications.routing.escalation import escalate


class Command(BaseCommand):
    help = "Porte au directeur, puis au président, ce que personne n’a acquitté à temps."

    def handle(self, *args: Any, **options: Any) -> None:
        count = escalate()
        text = ngettext("%(n)s alerte portée plus haut", "%(n)s alertes portées plus haut", count)
        self.stdout.write(text % {"n": count})
