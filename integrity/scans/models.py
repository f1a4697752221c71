"""What the console keeps of its own looking: a row per scan, what it read through, and live looks."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from governance.core.database.stored_json import StoredJSONField
from governance.core.identity.acting import ActingPerson


class ScanOutcome(models.TextChoices):
    COMPLETE = "COMPLETE", _("Complet")
    FAILED = "FAILED", _("Échoué")
    SUSPECT = "SUSPECT", _("Douteux")


class ScanNumber(models.Func):
    """The next number of a scan; a trigger gives it, whatever the statement says."""

    template = "nextval('integrity_scan_number_seq')"
    arity = 0
    output_field = models.BigIntegerField()


class Scan(models.Model):
    """One reading of a source's view. Inserted when it ends, never changed; its entry is in the ledger."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # The order of scans; a clock may jump, so no instant is.
    number = models.BigIntegerField(db_default=ScanNumber(), editable=False)
    source = models.TextField()
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField()
    outcome = models.TextField(choices=ScanOutcome.choices)
    error = models.TextField(default="", blank=True)
    view_hash = models.TextField(default="", blank=True)
    # What the view was read through (evidence.py); empty for a scan older than that.
    evidence_hash = models.TextField(default="", db_default="", blank=True)
    rules = StoredJSONField(default=dict)  # as the view's comment names them
    # The view was, to the letter, what the installer had put there. Scans before this column: unrecorded.
    compiled = models.BooleanField(default=True, db_default=True)
    rows = models.IntegerField(default=0)
    per_code = StoredJSONField(default=dict)
    quarantined = models.IntegerField(default=0)
    faults = StoredJSONField(default=list)
    opened = models.IntegerField(default=0)
    reopened = models.IntegerField(default=0)
    lapsed = models.IntegerField(default=0)
    changed = models.IntegerField(default=0)
    closed = models.IntegerField(default=0)
    held = models.IntegerField(default=0, db_default=0)  # absent, and left as they were
    # Alerts active before; of them, those missing from the reading; whether all the critical ones are.
    active = models.IntegerField(default=0, db_default=0)
    absent = models.IntegerField(default=0, db_default=0)
    loses_critical = models.BooleanField(default=False, db_default=False)
    # How far the server's clock was ahead of the database's (seconds).
    clock_apart_s = models.IntegerField(default=0, db_default=0)
    # What of the view, or of what it was read through, was not as expected (eyes/drift.py); empty: nothing.
    drift = StoredJSONField(default=dict, db_default={})
    # By code, what reading each rule on its own took and gave (apart.py); empty: all were read at one go.
    readings = StoredJSONField(default=dict, db_default={})
    # Where the source stood, and which rules say the same for as long as it stands there (standing.py).
    position = StoredJSONField(default=dict, db_default={})
    # The rules that stand were not read: their rows are those of a reading at that instant.
    stands_since = models.DateTimeField(null=True)
    # By code, how much a full reading found otherwise although the source had not moved.
    disputed = StoredJSONField(default=dict, db_default={})

    class Meta:
        db_table = "integrity_scan"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome__in=ScanOutcome.values),
                name="integrity_scan_outcome_known",
            ),
            # Reader: "the last scan of a source", and the list of scans.
            models.UniqueConstraint(fields=["source", "number"], name="integrity_scan_latest"),
        ]
        indexes: ClassVar = [
            # Reader: "the last complete scan of a source" that is not fresh, on every page and in /health,
            # however long it has been failing; and the list narrowed to one outcome.
            models.Index(fields=["source", "outcome", "-number"], name="integrity_scan_believed"),
            # Reader: the days that had a complete scan; the scan that saw an alert at an instant.
            models.Index(
                fields=["source", "outcome", "-started_at"], name="integrity_scan_outcome"
            ),
            # Reader: "the last scan that read a rule at a time".
            models.Index(
                "source",
                models.F("number").desc(),
                condition=~models.Q(readings={}),
                name="integrity_scan_by_rule",
            ),
            # Reader: "was the evidence of this source wrong lately"; such scans are next to none.
            models.Index(
                fields=["source", "-started_at"],
                condition=~models.Q(disputed={}),
                name="integrity_scan_disputed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M:%S} {self.outcome}"

    @property
    def compiled_rules(self) -> dict[str, str]:
        """Code -> version of the rules that made the view; empty for a view that is not ours."""
        return dict(self.rules) if self.compiled else {}

    @property
    def rules_read(self) -> int:
        return len(self.compiled_rules.keys() - self.unread.keys())

    @property
    def unread(self) -> dict[str, str]:
        """Code -> why this scan could not read the rule; what it says of its alerts is nothing."""
        return {code: said["error"] for code, said in self.readings.items() if said.get("error")}


class ScanSummary(models.Model):
    """What stands for the scans of one day that changed nothing, and whose rows are gone.

    Inserted as source and day; PostgreSQL computes the rest, enters it in the ledger and deletes the rows.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    day = models.DateField()  # UTC
    scans = models.IntegerField(db_default=0)
    first_number = models.BigIntegerField(db_default=0)
    last_number = models.BigIntegerField(db_default=0)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    kept = StoredJSONField(db_default=[])  # numbers between the first and the last whose rows stay
    rows_hash = models.TextField(db_default="")  # of their entries in the ledger: docs/retention.md
    thinned_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "scan_summary"
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "day"], name="scan_summary_once"),
        ]
        indexes: ClassVar = [
            # Reader: the summaries that belong on a page of scans.
            models.Index(fields=["source", "last_number"], name="scan_summary_place"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.day} {self.scans}"


class ViewDefinition(models.Model):
    """One text of a source's view, or of what it was read through, kept when a scan first read it.

    Scan.view_hash and Scan.evidence_hash name them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    view_hash = models.TextField()  # SHA-256 (hexadecimal) of the text in UTF-8
    definition = models.TextField()
    first_seen_at = models.DateTimeField()

    class Meta:
        db_table = "integrity_view_definition"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["source", "view_hash"], name="integrity_view_definition_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.view_hash[:12]}"


class LiveLook(models.Model):
    """One live look of a person at a source, for the limit per person. PostgreSQL fills in both."""

    id = models.BigAutoField(primary_key=True)
    person = models.UUIDField(db_default=ActingPerson())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "live_look"
        indexes: ClassVar = [
            # Reader: "how many in the last minute".
            models.Index(fields=["person", "at"], name="live_look_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d %H:%M:%S}"


class WatchedSource(models.Model):
    """One source that the console watches, as its own checks view knows it; the console itself is one."""

    source = models.TextField(primary_key=True)
    pack = models.TextField(default="depot", db_default="depot")
    # Between two scans (seconds); null for the console.
    interval_s = models.IntegerField(null=True)
    # Of the console: when it was last read whether or not anything had changed.
    read_at = models.DateTimeField(null=True)
    # Of the console: how many entries of the ledger waited for their hash, and since when; null: none.
    entries_waiting = models.BigIntegerField(null=True)
    waiting_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "watched_source"

    def __str__(self) -> str:
        return self.source
