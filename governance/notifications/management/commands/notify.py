"""`manage.py notify`: decide who is told of what, and send what is due."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from governance.notifications.outbox.work import work


class Command(BaseCommand):
    help = "Run over the outbox once, as a worker does whenever an alert changed and every minute."

    def handle(self, *args: Any, **options: Any) -> None:
        tried = work()
        self.stdout.write(
            ngettext("%(n)s message essayé", "%(n)s messages essayés", tried) % {"n": tried}
        )
