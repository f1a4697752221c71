"""What the console keeps about what adopters bring: rules that cannot be used, by source."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from governance.core.database.stored_json import StoredJSONField
from governance.core.identity.acting import ActingPerson


class RuleFault(models.Model):
    """A rule of a source's pack that watches nothing there, and why. Gone when it is mended."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    code = (
        models.TextField()
    )  # of the rule; `pack.toml` or `source.toml` where the pack itself is wrong
    problem = models.TextField()
    since = models.DateTimeField()

    class Meta:
        db_table = "rule_fault"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "code"], name="rule_fault_once"),
        ]

    def __str__(self) -> str:
        return f"{self.source}/{self.code}"


class SourceReport(models.Model):
    """What `source_check` said last of a configured source."""

    source = models.TextField(primary_key=True)
    checked_at = models.DateTimeField()
    exit_code = (
        models.IntegerField()
    )  # of the command: 0 ready, 1 unusable, 2 with points to look at
    report = StoredJSONField(default=dict)  # as `source_check --json` writes it

    class Meta:
        db_table = "source_report"

    def __str__(self) -> str:
        return f"{self.source} {self.exit_code}"


class SourceRetirement(models.Model):
    """That a source is no more, and why; written once. PostgreSQL fills in who and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    note = models.TextField()
    retired_by = models.UUIDField(db_default=ActingPerson())
    retired_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "source_retirement"
        indexes: ClassVar = [
            # Reader: the source's page, the last one.
            models.Index(fields=["source", "-retired_at"], name="source_retirement_last"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.retired_at:%Y-%m-%d %H:%M}"
