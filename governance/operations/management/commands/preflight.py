"""`manage.py preflight`: is everything here that the console needs?"""

import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.utils import translation

from governance.operations.preflight import preflight

MARKS = {"ok": "ok  ", "warn": "WARN", "fail": "FAIL"}


class Command(BaseCommand):
    help = (
        "Check settings, databases, migrations, sources, worker, clocks, disk, mail and keys. "
        "Exit 0: in order; 1: something must be mended first."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="for a machine")
        parser.add_argument(
            "--before-start",
            action="store_true",
            help="the console does not run yet: no worker is expected",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with translation.override("en"):  # of operators' words, as the settings and /health
            checks = [
                check
                for check in preflight()
                if not (options["before_start"] and check.name == "worker")
            ]
        failed = any(check.state == "fail" for check in checks)
        if options["json"]:
            body = {
                "ok": not failed,
                "env": settings.APP_ENV,
                "release": settings.APP_RELEASE,
                "checks": [vars(check) for check in checks],
            }
            self.stdout.write(json.dumps(body, ensure_ascii=False, indent=2))
        else:
            for check in checks:
                self.stdout.write(f"{MARKS[check.state]}  {check.name}: {check.detail}")
        if failed:
            sys.exit(1)
