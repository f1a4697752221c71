"""How many requests were taken, for all processes and machines alike."""

from django.db import models


class RequestCount(models.Model):
    """Requests under one key within the window that began at `since`: taken so far, and by the last step.

    UNLOGGED: a number of the last minute need not survive a crash, and costs no write-ahead log. Only the
    functions of `sql/limits/` touch it, as the owner.
    """

    key = models.BinaryField(primary_key=True)
    since = models.DateTimeField()
    taken = models.IntegerField()
    step = models.IntegerField()

    class Meta:
        db_table = "request_count"

    def __str__(self) -> str:
        return f"{self.taken} since {self.since}"
