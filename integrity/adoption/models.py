"""What the console keeps about what adopters bring: rules that cannot be used, by source."""

import uuid
from typing import ClassVar

from django.db import models


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
