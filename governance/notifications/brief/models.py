"""Who wants the brief by mail, and until which day it was sent."""

from django.db import models
from django.db.models.functions import Now


class BriefWish(models.Model):
    """A person who wants it. `sent_on`: the last day, by the clock of the person's source."""

    person_id = models.UUIDField(primary_key=True)
    since = models.DateTimeField(db_default=Now())
    sent_on = models.DateField(null=True)

    class Meta:
        db_table = "brief_wish"

    def __str__(self) -> str:
        return str(self.person_id)
