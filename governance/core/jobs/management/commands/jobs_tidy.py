"""`manage.py jobs_tidy`: forget jobs that ended long ago without success, and sessions that are over."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection
from django.utils.translation import ngettext

from governance.core import jobs

SQL = Path(jobs.__file__).parent / "sql" / "tidy.sql"


class Command(BaseCommand):
    help = (
        "Delete the rows of failed jobs older than 30 days (what a job did is kept elsewhere),"
        " sessions that are over and old counts of tries and requests."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with connection.cursor() as cursor:
            cursor.execute(SQL.read_text(encoding="utf-8"))
            count = cursor.rowcount
            cursor.execute("SELECT session_tidy(), sign_in_tidy(), request_tidy()")
        self.stdout.write(ngettext("%d travail oublié", "%d travaux oubliés", count) % count)
