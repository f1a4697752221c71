"""When a source works, as an administrator said it; every change is a row, so that the past keeps its own."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from governance.core.database.stored_json import StoredJSONField
from governance.core.identity.acting import ActingPerson


class Moved(models.TextChoices):
    """What becomes of a holiday that falls on a Sunday."""

    NOT = "", _("Il reste le dimanche")
    BEFORE = "before", _("Le samedi est chômé à sa place")
    AFTER = "after", _("Le lundi est chômé à sa place")


class SourceCalendar(models.Model):
    """A source's calendar from `at` on. PostgreSQL fills in who and when; nothing is changed afterwards.

    `hours`: seven texts, Monday first, such as "07:30-12:00 13:00-16:30", empty for a day off.
    `holidays`: [{"day": "06-30" for every year or "2026-04-03", "name": …}].
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    zone = models.TextField()
    hours = StoredJSONField()
    holidays = StoredJSONField(default=list)
    moved = models.TextField(choices=Moved.choices, default=Moved.NOT, blank=True)
    set_by = models.UUIDField(null=True, db_default=ActingPerson())  # null: by the machine
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "source_calendar"
        indexes: ClassVar = [
            # Reader: each page that says by when; the last one of a source, or the last one by then.
            models.Index(fields=["source", "-at"], name="source_calendar_last"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d %H:%M}"
