"""What each scheduled job did last."""

from typing import ClassVar

from django.db import models


class JobRun(models.Model):
    """The last run of one scheduled job; `source` is empty for a job that concerns none."""

    id = models.BigAutoField(primary_key=True)
    key = models.TextField()
    source = models.TextField(default="", blank=True)
    # when the console first knew of the job; a source that was never scanned is stale counting from here
    known_since = models.DateTimeField()
    # set while it runs; a worker that is killed leaves it set, and the next run overwrites it
    running_since = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    went_well = models.BooleanField(null=True)
    exit_code = models.IntegerField(null=True)  # of the last run; null when it broke down
    # The command did its work, whatever it found.
    answered = models.BooleanField(default=True, db_default=True)
    # in a row, up to the last run
    failures = models.IntegerField(default=0, db_default=0)
    said = models.TextField(default="", blank=True)

    class Meta:
        db_table = "job_run"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["key", "source"], name="job_run_one_per_job"),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.source}".strip()
