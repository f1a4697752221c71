"""`manage.py heartbeat`: raise an alert for each source that nobody has looked at for three intervals."""

import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from integrity.scans.heartbeat import heartbeat_check, said, scans_complete_tell


class Command(BaseCommand):
    help = (
        "Raise or close SCAN_STALE, and tell HEARTBEAT_URL when there is none. "
        "Exit 0: every source was scanned recently; 1: one was not."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        stale = heartbeat_check()
        for silence in stale:
            self.stderr.write(f"{silence.source} : {said(silence)}")
        if stale:
            sys.exit(1)
        scans_complete_tell()
        self.stdout.write(_("Chaque source a un contrôle complet récent."))
