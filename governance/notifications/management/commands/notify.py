"""`manage.py notify`: decide who is told of what, and send what is due."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.translation import ngettext

from governance.notifications.channels.services import secrets_rewrite
from governance.notifications.outbox.work import work


class Command(BaseCommand):
    help = "Run over the outbox once, as a worker does whenever an alert changed and every minute."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--rewrite-secrets",
            action="store_true",
            help="Encrypt the channels' secrets with the first of CHANNEL_KEYS, and send nothing.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["rewrite_secrets"]:
            count = secrets_rewrite()
            text = ngettext("%(n)s secret réécrit", "%(n)s secrets réécrits", count)
        else:
            count = work()
            text = ngettext("%(n)s message essayé", "%(n)s messages essayés", count)
        self.stdout.write(text % {"n": count})
