"""What was noted of refusals and failed tries; added to, and forgotten after 90 days."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now


class AccessEvent(models.Model):
    """One refusal. `merged`: how many more of its kind and address came since the line before, unwritten.

    `person`: who asked, or whose account somebody tried; without a foreign key, so that it outlives the
    account. `sources`: where that person held a role then, so that who administers others sees nothing of it.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.TextField()  # suspicion.Kind
    person = models.UUIDField(null=True)
    sources = ArrayField(models.TextField(), db_default=[])
    address = models.TextField()
    agent = models.TextField(db_default="")
    method = models.TextField(db_default="")
    path = models.TextField(db_default="")
    status = models.SmallIntegerField(db_default=0)
    request_id = models.TextField(db_default="")
    merged = models.IntegerField(db_default=0)

    class Meta:
        db_table = "access_event"
        indexes: ClassVar = [
            # Readers: the console's rules, what came within a day; the nightly purge. The page reads by id.
            models.Index(fields=["at"], name="access_event_at"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.address} {self.at:%Y-%m-%d %H:%M}"


class AccessBurst(models.Model):
    """How many refusals of a kind came from an address within the minute that began at `since`.

    UNLOGGED, and touched only by access_note, as the owner. `unsaid`: those that no line tells yet.
    """

    pk = models.CompositePrimaryKey("address", "kind")
    address = models.TextField()
    kind = models.TextField()
    since = models.DateTimeField()
    seen = models.BigIntegerField()
    unsaid = models.BigIntegerField()

    class Meta:
        db_table = "access_burst"

    def __str__(self) -> str:
        return f"{self.kind} {self.address}: {self.seen}"
