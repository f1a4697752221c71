"""Reviews of the roles of a source; written once, whole, by who signs."""

import uuid

from django.db import models
from django.db.models.functions import Now

from governance.core.identity.acting import ActingPerson


class AccessReview(models.Model):
    """One signed review. `lines`: for each role held then the decision, its note and what was known.

    Reviewer (none for one that was held before the console) and instant are the database's to fill in. It
    takes a review only if it speaks of every role that is held on the source at that moment, and withdraws
    the roles itself (sql/review/).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    reviewer = models.UUIDField(null=True, db_default=ActingPerson())
    at = models.DateTimeField(db_default=Now())
    lines = models.JSONField()

    class Meta:
        db_table = "access_review"
        indexes = (
            # Readers: the page and the rule, the last review of a source.
            models.Index(fields=["source", "at"], name="access_review_last"),
        )

    def __str__(self) -> str:
        return f"{self.source} {self.at:%Y-%m-%d}"
