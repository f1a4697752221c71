"""`manage.py access_tidy`: forget what the journal has kept for 90 days; the ledger says how much."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import ngettext

from governance.access.journal.note import IDENTITY
from governance.core.identity.acting import acting_as_system
from governance.core.ledger.notes import ledger_note


class Command(BaseCommand):
    help = "Delete lines of the journal of accesses older than 90 days, and note in the ledger how many."

    def handle(self, *args: Any, **options: Any) -> None:
        with acting_as_system(IDENTITY):
            with connection.cursor() as cursor:
                cursor.execute("SELECT access_tidy()")
                (count,) = cursor.fetchone()
            if count:
                ledger_note(
                    action="journal.purge", subject_id="access", details={"forgotten": count}
                )
        self.stdout.write(ngettext("%d ligne effacée", "%d lignes effacées", count) % count)
