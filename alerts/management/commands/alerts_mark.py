"""`manage.py alerts_mark`: mark what stands, so that pages about the past stay fast."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import ngettext

from alerts.marks import marks_write


class Command(BaseCommand):
    help = (
        "Mark which alerts stood after every few thousand entries that open or close one, so that what stood"
        " at an instant is found without reading all that was opened before it."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        made = marks_write()
        self.stdout.write(ngettext("%(n)d repère posé", "%(n)d repères posés", made) % {"n": made})
