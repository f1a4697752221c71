"""`manage.py brief`: writes the morning's brief of everybody for whom it is seven o'clock."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from governance.notifications.brief.services import briefs_write


class Command(BaseCommand):
    help = "Écrit le point du matin de qui le veut, s’il est sept heures chez lui."

    def handle(self, *args: Any, **options: Any) -> None:
        count = briefs_write()
        text = ngettext("%(n)s point écrit", "%(n)s points écrits", count)
        self.stdout.write(text % {"n": count})
