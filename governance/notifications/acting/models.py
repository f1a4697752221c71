"""Links that were used; a link that was not leaves no row."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from governance.core.identity.acting import ActingPerson


class MessageLink(models.Model):
    """That a person acted by a link of a message; `id` stands in the link. Written once."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person_id = models.UUIDField(db_default=ActingPerson())
    alert_id = models.UUIDField()
    used_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "message_link"
        indexes: ClassVar = [
            # Reader: the tidying, what no link could be valid for any more.
            models.Index(fields=["used_at"], name="message_link_used"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.used_at:%Y-%m-%d %H:%M}"
