"""`manage.py messages_tidy`: forget messages older than MESSAGE_KEEP_DAYS; the ledger says how many."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.notifications.outbox.tidy import messages_tidy


class Command(BaseCommand):
    help = (
        "Delete messages that ended more than MESSAGE_KEEP_DAYS ago, their attempts and links that"
        " were used, and note in the ledger how many; what is on its way or of an alert that goes on stays."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MESSAGE_KEEP_DAYS:
            self.stdout.write(_("MESSAGE_KEEP_DAYS vaut 0 : rien n’est effacé."))
            return
        count = messages_tidy(days=settings.MESSAGE_KEEP_DAYS)
        self.stdout.write(ngettext("%d message effacé", "%d messages effacés", count) % count)
