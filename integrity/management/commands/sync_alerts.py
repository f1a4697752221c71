"""`manage.py sync_alerts`: scan the sources and turn findings into alerts."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import Error
from django.utils.translation import gettext as _

from governance.core.identity.sources import source_slugs
from integrity.scans.models import Scan, ScanOutcome
from integrity.scans.scan import console_cause, scan_run


class Command(BaseCommand):
    help = (
        "Scan every source, or one. Exit 0: complete; 1: failed; 2: suspect (nothing was closed)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--source", metavar="SLUG", help="one source instead of all")

    def handle(self, *args: Any, **options: Any) -> None:
        slugs = source_slugs()
        if options["source"]:
            if options["source"] not in slugs:
                known = ", ".join(slugs) or "none"
                raise CommandError(f"unknown source {options['source']!r}; configured: {known}")
            slugs = [options["source"]]
        outcomes = set()
        for slug in slugs:
            try:
                scan = scan_run(source=slug)
            except Error as error:
                outcomes.add(ScanOutcome.FAILED)
                self.stderr.write(_failed(slug, console_cause(error)))
                continue
            outcomes.add(ScanOutcome(scan.outcome))
            (self.stderr if scan.error else self.stdout).write(_line(scan))
        if ScanOutcome.FAILED in outcomes:
            sys.exit(1)
        if ScanOutcome.SUSPECT in outcomes:
            sys.exit(2)


def _failed(source: str, cause: str) -> str:
    return _("%(source)s : échoué : %(cause)s") % {"source": source, "cause": cause}


def _line(scan: Scan) -> str:
    if scan.outcome == ScanOutcome.FAILED:
        return _failed(scan.source, scan.error)
    line = _(
        "%(source)s : %(outcome)s : %(rows)d lignes, %(opened)d ouvertes, %(reopened)d rouvertes, "
        "%(changed)d changées, %(closed)d closes, %(quarantined)d mises à l’écart, %(seconds).2f s"
    ) % {
        "source": scan.source,
        "outcome": ScanOutcome(scan.outcome).label.lower(),
        "rows": scan.rows,
        "opened": scan.opened,
        "reopened": scan.reopened,
        "changed": scan.changed + scan.lapsed,
        "closed": scan.closed,
        "quarantined": scan.quarantined,
        "seconds": (scan.finished_at - scan.started_at).total_seconds(),
    }
    if scan.unread:
        line += _(" ; règles non lues : %s") % ", ".join(sorted(scan.unread))
    return line
