"""What the console keeps of its own looking: one row per scan, written once."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class ScanOutcome(models.TextChoices):
    COMPLETE = "COMPLETE", _("Complet")
    FAILED = "FAILED", _("Échoué")
    SUSPECT = "SUSPECT", _("Douteux")


class Scan(models.Model):
    """One reading of a source's view. Inserted when it ends, never changed; its entry is in the ledger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.TextField(choices=ScanOutcome.choices)
    error = models.TextField(default="", blank=True)
    view_hash = models.TextField(default="", blank=True)
    rules = models.JSONField(default=dict)
    rows = models.IntegerField(default=0)
    per_code = models.JSONField(default=dict)
    quarantined = models.IntegerField(default=0)
    faults = models.JSONField(default=list)
    opened = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    lapsed = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)

    class Meta:
        db_table = "integrity_scan"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=ScanOutcome.values),
                name="integrity_scan_outcome_known",
            ),
        ]
        indexes: ClassVar = [
            # Reader: "the last complete scan of a source", on every page and in /health.
            models.Index(fields=["source", "-started_at"], name="integrity_scan_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M:%S} {self.outcome}"
