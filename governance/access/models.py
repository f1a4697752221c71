"""How often somebody tried to sign in, for all processes and machines alike."""

from django.db import models

from governance.access.journal.models import AccessBurst, AccessEvent
from governance.access.limits.models import RequestCount
from governance.access.review.models import AccessReview

__all__ = ["AccessBurst", "AccessEvent", "AccessReview", "RequestCount", "SignInCount"]


class SignInCount(models.Model):
    """Tries under one key: a hash of what is counted (an account, an address, both), not what people type.

    Only the functions of `sql/` touch it, as the owner.
    """

    key = models.BinaryField(primary_key=True)
    since = models.DateTimeField()  # when the present window began
    tries = models.IntegerField()
    good_at = models.DateTimeField(null=True)  # when it last succeeded

    class Meta:
        db_table = "sign_in_count"

    def __str__(self) -> str:
        return f"{self.tries} since {self.since}"
