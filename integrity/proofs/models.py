"""What the proofs of the rules said: one row per rule and run, written once."""

import uuid
from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from governance.core.database.stored_json import StoredJSONField


class RuleProof(models.Model):
    """The verdict on one rule at one time. Inserted once, never changed; its entry is in the ledger."""

    class Verdict(models.TextChoices):
        INERTE = "INERTE", _("Inerte")
        BAVARDE = "BAVARDE", _("Bavarde")
        INADAPTEE = "INADAPTEE", _("Inadaptée")
        IMPOSSIBLE = "IMPOSSIBLE", _("Impossible")
        PROUVEE = "PROUVEE", _("Prouvée")
        OUBLIEE = "OUBLIEE", _("Oubliée")  # a person withdrew what was known; unknown again

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField(default="", blank=True)  # empty: an empty database of the pack's sort
    # Without a source: whose empty database. With one it says nothing, and is always the default.
    pack = models.TextField(default="depot", db_default="depot")
    code = models.TextField()
    version = models.TextField()
    verdict = models.TextField(choices=Verdict.choices)
    severity = models.TextField(default="", db_default="", blank=True)  # of what the rule finds
    detail = models.TextField(default="", blank=True)
    through = models.TextField()  # `view`: as installed there; `rule`: the rule's own text
    # Of what was judged: InstalledView.definition_hash, or the rule's compiled text. Empty: an older proof.
    text_sha256 = models.TextField(default="", db_default="", blank=True)
    cases = StoredJSONField(default=list)  # [{name, verdict, detail}]
    proved_at = models.DateTimeField()

    class Meta:
        db_table = "integrity_rule_proof"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(
                    verdict__in=[
                        "INERTE",
                        "BAVARDE",
                        "INADAPTEE",
                        "IMPOSSIBLE",
                        "PROUVEE",
                        "OUBLIEE",
                    ]
                ),
                name="integrity_rule_proof_verdict_known",
            ),
        ]
        indexes: ClassVar = [
            # Reader: "the last proof of a rule", on the catalogue page.
            models.Index(
                fields=["source", "pack", "code", "-proved_at"],
                name="integrity_rule_proof_latest",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.code} {self.verdict}".strip()
