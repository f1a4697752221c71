"""`manage.py scans_thin`: sum up the quiet scans of days long gone, and delete their rows."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from integrity.scans.thinning import scans_thin


class Command(BaseCommand):
    help = (
        "Of each day older than SCAN_KEEP_DAYS, put one summary of the scans that changed nothing into the"
        " ledger, and delete their rows; what a scan said stays in the ledger."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.SCAN_KEEP_DAYS:
            self.stdout.write(_("SCAN_KEEP_DAYS vaut 0 : rien n’est résumé."))
            return
        made = scans_thin()
        count = sum(one.scans for one in made)
        said = ngettext("%d contrôle résumé", "%d contrôles résumés", count) % count
        days = ngettext("en %d journée", "en %d journées", len(made)) % len(made)
        self.stdout.write(f"{said} {days}")
