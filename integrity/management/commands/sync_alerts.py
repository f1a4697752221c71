"""`manage.py sync_alerts`: scan the sources and turn findings into alerts."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from integrity.models import Scan, ScanOutcome
from integrity.scan import scan_run
from integrity.sources import source_slugs


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
            scan = scan_run(source=slug)
            outcomes.add(scan.outcome)
            (self.stderr if scan.error else self.stdout).write(_line(scan))
        if ScanOutcome.FAILED in outcomes:
            sys.exit(1)
        if ScanOutcome.SUSPECT in outcomes:
            sys.exit(2)


def _line(scan: Scan) -> str:
    if scan.outcome == ScanOutcome.FAILED:
        return f"{scan.source}: failed: {scan.error}"
    seconds = (scan.finished_at - scan.started_at).total_seconds()
    return (
        f"{scan.source}: {scan.outcome.lower()}: {scan.rows} rows, {scan.opened} opened, "
        f"{scan.reopened} reopened, {scan.changed + scan.lapsed} changed, {scan.closed} closed, "
        f"{scan.quarantined} set aside, {seconds:.2f} s"
    )
