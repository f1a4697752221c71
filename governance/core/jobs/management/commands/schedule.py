"""`manage.py schedule`: show the timetable, or run one of its jobs now as a worker would."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.core.jobs.runs import job_run
from governance.core.jobs.timetable import job_find, jobs


class Command(BaseCommand):
    help = (
        "Without KEY: what runs when (cron in UTC), and the plain command for a cron of your own. "
        "With KEY: run it now and keep the result; exit as the command does, 1 when it broke down."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("key", nargs="?", metavar="KEY")
        parser.add_argument("--source", metavar="SLUG", default="")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["key"] is None:
            for job in jobs():
                when, command = job.when, " ".join(job.command)
                self.stdout.write(f"{job.name:<24} {when:<16} manage.py {command}")
            return
        try:
            job = job_find(options["key"], options["source"])
        except LookupError as known:
            raise CommandError(f"no such job; there are: {known}") from None
        run = job_run(job)
        (self.stdout if run.went_well else self.stderr).write(f"{job.name}: {run.said}")
        if run.code != 0:
            sys.exit(1 if run.code is None else run.code)
