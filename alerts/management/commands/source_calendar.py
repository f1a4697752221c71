"""`manage.py source_calendar`: when a source works; says it, or sets it from a file."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from alerts.calendars.models import Moved
from alerts.calendars.queries import calendar_row
from alerts.calendars.reading import (
    CalendarError,
    holidays_text,
    shipped,
    shipped_names,
    values_read,
)
from alerts.calendars.services import IDENTITY, calendar_set
from governance.core.identity.acting import acting_as_system
from governance.core.identity.sources import source_slugs


class Command(BaseCommand):
    help = "Dit quand une source travaille, ou le fixe : ses échéances ouvrées suivent aussitôt."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("source", metavar="SLUG")
        chosen = parser.add_mutually_exclusive_group()
        chosen.add_argument(
            "--file", type=Path, help="un fichier TOML : zone, hours, holidays, moved"
        )
        chosen.add_argument(
            "--shipped", choices=shipped_names(), help="un calendrier livré avec la console"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        source = options["source"]
        if source not in source_slugs():
            raise CommandError(_("Source inconnue : %(source)s.") % {"source": source})
        with acting_as_system(IDENTITY):
            if options["file"] or options["shipped"]:
                try:
                    said = (
                        values_read(options["file"])
                        if options["file"]
                        else shipped(options["shipped"])
                    )
                    calendar_set(source=source, **said)
                except CalendarError as error:
                    raise CommandError(str(error)) from None
            self._say(source)

    def _say(self, source: str) -> None:
        row = calendar_row(source)
        if row is None:
            self.stdout.write(_("Aucun calendrier : les échéances courent jour et nuit."))
            return
        self.stdout.write(row.zone)
        for hours in row.hours:
            self.stdout.write(f"  {hours or '-'}")
        self.stdout.write(holidays_text(row.holidays))
        self.stdout.write(str(Moved(row.moved).label))
