"""What the console keeps of its own looking: one row per scan, written once; one per scheduled job."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alerts.models import ActingPerson
from governance.core.database.stored_json import StoredJSONField


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
    # What of the view, or of what it was read through, was not as expected (drift.py); empty: nothing.
    drift = StoredJSONField(default=dict, db_default={})

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
            # Reader: "the last complete scan of a source", on every page and in /health, however long
            # a source has been failing; and the list narrowed to one outcome.
            models.Index(fields=["source", "outcome", "-number"], name="integrity_scan_believed"),
            # Reader: the days that had a complete scan; the scan that saw an alert at an instant.
            models.Index(
                fields=["source", "outcome", "-started_at"], name="integrity_scan_outcome"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.started_at:%Y-%m-%d %H:%M:%S} {self.outcome}"

    @property
    def compiled_rules(self) -> dict[str, str]:
        """Code -> version of the rules that made the view; empty for a view that is not ours."""
        return dict(self.rules) if self.compiled else {}


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


class WatchedSource(models.Model):
    """One source that the console watches, as its own checks view knows it; the console itself is one."""

    source = models.TextField(primary_key=True)
    # Between two scans (seconds); null for the console.
    interval_s = models.IntegerField(null=True)
    # Of the console: when it was last read whether or not anything had changed.
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "watched_source"

    def __str__(self) -> str:
        return self.source


class RuleProof(models.Model):
    """The verdict on one rule at one time. Inserted once, never changed; its entry is in the ledger."""

    class Verdict(models.TextChoices):
        INERTE = "INERTE", _("Inerte")
        BAVARDE = "BAVARDE", _("Bavarde")
        IMPOSSIBLE = "IMPOSSIBLE", _("Impossible")
        PROUVEE = "PROUVEE", _("Prouvée")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField(default="", blank=True)  # empty: the reference depot
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
                condition=models.Q(verdict__in=["INERTE", "BAVARDE", "IMPOSSIBLE", "PROUVEE"]),
                name="integrity_rule_proof_verdict_known",
            ),
        ]
        indexes: ClassVar = [
            # Reader: "the last proof of a rule", on the catalogue page.
            models.Index(
                fields=["source", "code", "-proved_at"], name="integrity_rule_proof_latest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.code} {self.verdict}".strip()


class SavedFilter(models.Model):
    """A filter of the integrity screen under a name, its owner’s own or shared (sql/saved_filter.sql)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # PostgreSQL deletes them with the account: whoever closes it sees none of them.
    owner = models.ForeignKey(
        "governance.User", models.DO_NOTHING, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=60)
    # As the screen itself writes it, parameters that it knows and nothing else.
    query = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "saved_filter"
        constraints: ClassVar = [
            # Reader: one's own filters on the shelf, by the row policy as well.
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")
        ]
        indexes: ClassVar = [
            # Reader: the shelf's other half, what others share; most filters are not.
            models.Index(
                fields=["owner"], name="saved_filter_shared", condition=models.Q(shared=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name
