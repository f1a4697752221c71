"""The alert as it stands; its past is in the ledger."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alerts.calendars.models import SourceCalendar  # noqa: F401  # a table of this app
from governance.core.database.stored_json import StoredJSONField
from governance.core.identity.acting import ActingPerson

COMMENT_LIMIT = 4000  # characters


class Severity(models.TextChoices):
    CRITICAL = "CRITICAL", _("Critique")
    WARN = "WARN", _("Avertissement")
    INFO = "INFO", _("Information")


class Status(models.TextChoices):
    OPEN = "OPEN", _("Ouverte")
    ACK = "ACK", _("Acquittée")
    RESOLVED = "RESOLVED", _("Résolue")


ACTIVE = (Status.OPEN, Status.ACK)


class Decision(models.TextChoices):
    CORRIGE = "CORRIGE", _("Corrigé")
    ACCEPTE = "ACCEPTE", _("Accepté jusqu’à une date")
    AJUSTEMENT = "AJUSTEMENT", _("Ajustement de stock")
    LITIGE = "LITIGE", _("Litige")


DATED = (Decision.ACCEPTE, Decision.LITIGE)  # decisions that wait until a day
# The longest dispute about a critical alert (system_alerts_dispute_limit.sql); it may be renewed.
DISPUTE_DAYS = 90


class Cause(models.TextChoices):
    """Why an anomaly arose, as said by the person who resolves it."""

    PERTE_TRANSPORT = "PERTE_TRANSPORT", _("Perte au transport")
    ERREUR_SAISIE = "ERREUR_SAISIE", _("Erreur de saisie")
    TEMPERATURE_DENSITE = "TEMPERATURE_DENSITE", _("Température ou densité")
    MANQUANT_FOURNISSEUR = "MANQUANT_FOURNISSEUR", _("Manquant fournisseur")
    LIVRAISON_PARTIELLE = "LIVRAISON_PARTIELLE", _("Livraison partielle")
    AUTRE = "AUTRE", _("Autre")


class ClosedBecause(models.TextChoices):
    """Why a scan closed an alert that nobody resolved; stands in `resolution_cause`."""

    DATA_FIXED = "DATA_FIXED", _("L’anomalie a disparu des données")
    RULE_CHANGED = "RULE_CHANGED", _("La règle a changé")
    RULE_REMOVED = "RULE_REMOVED", _("La règle n’existe plus")
    SOURCE_RETIRED = "SOURCE_RETIRED", _("La source n’est plus contrôlée")


class AlertColumns(models.Model):
    """What is known of one anomaly, identity (source, check_code, entity_type, entity_id)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    check_code = models.TextField()
    severity = models.TextField(choices=Severity.choices)
    entity_type = models.TextField()
    entity_id = models.TextField()
    message = models.TextField()
    payload = StoredJSONField()
    occurrences = models.IntegerField(default=1)
    status = models.TextField(choices=Status.choices, default=Status.OPEN)
    episode = models.IntegerField(default=1)
    version = models.IntegerField(default=1)
    first_detected_at = models.DateTimeField()
    last_detected_at = models.DateTimeField()
    acknowledged_at = models.DateTimeField(null=True)
    acknowledged_by = models.UUIDField(null=True)
    acknowledged_severity = models.TextField(null=True)  # noqa: DJ001  # null: nobody acknowledged
    acknowledged_material = StoredJSONField(null=True)
    acknowledgement_note = models.TextField(null=True)  # noqa: DJ001
    resolved_at = models.DateTimeField(null=True)
    resolved_by = models.UUIDField(null=True)
    resolution_cause = models.TextField(null=True)  # noqa: DJ001
    resolution_decision = models.TextField(null=True, choices=Decision.choices)  # noqa: DJ001
    resolution_note = models.TextField(null=True)  # noqa: DJ001
    # The day until which ACCEPTE and LITIGE wait.
    accepted_until = models.DateField(null=True)
    # Accepting a critical anomaly needs two people; the first one's proposal waits here.
    acceptance_proposed_by = models.UUIDField(null=True)
    acceptance_proposed_at = models.DateTimeField(null=True)
    # The lender, where the proposal was made by a delegate: both signatures may not rest on one right.
    acceptance_proposed_for = models.UUIDField(null=True)
    assignee = models.UUIDField(null=True)
    # The payload's values whose change makes an acknowledgement lapse.
    material = StoredJSONField(default=dict)
    # Of the rule that last had something to say about it; null where a source names no versions.
    rule_version = models.TextField(null=True)  # noqa: DJ001
    # Whether first_detected_at is the source's word (true) or the instant of a reading (false); null for what
    # was found before the console asked.
    dated_by_data = models.BooleanField(null=True)
    # When a complete scan saw it absent after a person resolved it.
    absent_at = models.DateTimeField(null=True)
    # Why a person took an acknowledgement or a resolution back; of the status OPEN that came of it.
    reopening_note = models.TextField(null=True)  # noqa: DJ001
    # When this episode was opened, for all but the first, and when it was first acknowledged.
    episode_at = models.DateTimeField(null=True)
    first_acknowledged_at = models.DateTimeField(null=True)
    # The last resolution of this episode after which a scan still saw the anomaly.
    contradicted_at = models.DateTimeField(null=True)
    contradicted_by = models.UUIDField(null=True)
    contradicted_decision = models.TextField(null=True)  # noqa: DJ001
    contradicted_resolved_at = models.DateTimeField(null=True)
    contradicted_until = models.DateField(null=True)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    severity_rank = models.GeneratedField(
        expression=models.Case(
            models.When(severity=Severity.CRITICAL, then=0),
            models.When(severity=Severity.WARN, then=1),
            default=2,
        ),
        output_field=models.SmallIntegerField(),
        db_persist=True,
    )
    # The source that a row is about: its own, or for a finding of the console's own the one it names.
    concerns = models.GeneratedField(
        expression=models.Case(
            models.When(
                source="console",
                then=models.Func(
                    "entity_id",
                    models.Value("/"),
                    models.Value(1),
                    function="split_part",
                    output_field=models.TextField(),
                ),
            ),
            default="source",
        ),
        output_field=models.TextField(),
        db_persist=True,
    )

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.check_code} {self.entity_type} {self.entity_id}"


class Alert(AlertColumns):
    """An anomaly as it stands. Written by PostgreSQL's rules.

    Actor, times, version and episode are set by the triggers in `sql/system_alerts/`; what a
    statement says about them is overwritten.
    """

    class Meta:
        db_table = "system_alerts"
        # The primary key's readers: the alert page, every action on one or many alerts, comments.
        constraints: ClassVar = [
            # Readers: the intake, for findings that no active alert met (alerts/sql/intake); the console's
            # own findings of one code (integrity/scans/console.py).
            models.UniqueConstraint(
                fields=["source", "check_code", "entity_type", "entity_id"],
                name="system_alerts_identity",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=Severity.values),
                name="system_alerts_severity_known",
            ),
            models.CheckConstraint(
                condition=models.Q(status__in=Status.values), name="system_alerts_status_known"
            ),
        ]
        indexes: ClassVar = [
            # Reader: the integrity screen (CRITICAL first, then the longest open), keyset paging.
            models.Index(
                fields=["severity_rank", "first_detected_at", "id"],
                name="system_alerts_screen",
                condition=models.Q(status__in=ACTIVE),
            ),
            # Reader: the same screen asked for what is resolved, which is nearly everything that is stored. A
            # partial index of its own, so that opening an alert writes nothing here.
            models.Index(
                fields=["severity_rank", "first_detected_at", "id"],
                name="system_alerts_resolved",
                condition=models.Q(status=Status.RESOLVED),
            ),
            # Reader: "what happened since you read" (desk/alerts/pulse.py). A re-sighting does not move
            # the column, so a scan that sees the same again stays HOT.
            models.Index(fields=["updated_at"], name="system_alerts_lately"),
            # Reader: each complete scan, which resolutions by people await its word (intake/10_confirm.sql).
            models.Index(
                fields=["source", "check_code"],
                name="system_alerts_unconfirmed",
                condition=models.Q(
                    status=Status.RESOLVED, resolved_by__isnull=False, absent_at=None
                ),
            ),
        ]


class AlertTally(models.Model):
    """How many alerts stand in each state, for counters and filter choices; PostgreSQL keeps it exact.

    A group without alerts has no row, so `Sum("n")` over what a filter on these columns leaves equals
    `count(*)` of the alerts, at a cost that does not grow with them. Text, assignee and dates are not
    counted here. Row security is that of the alerts.
    """

    pk = models.CompositePrimaryKey(
        "concerns", "source", "check_code", "entity_type", "severity", "status"
    )
    concerns = models.TextField()
    source = models.TextField()
    check_code = models.TextField()
    entity_type = models.TextField()
    severity = models.TextField()
    status = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "alert_tally"

    def __str__(self) -> str:
        return f"{self.check_code} {self.severity} {self.status}: {self.n}"


class AlertFlow(models.Model):
    """What moved in each quarter of an hour, for figures over time; PostgreSQL keeps it exact.

    `measure`, and what `what` is: `begun` (episodes, of a rule), `active` (how many more or fewer stand, of a
    severity), `acknowledge` and `resolve` (how many took that many microseconds since their episode was
    opened: the first acknowledgement of an episode, and resolutions that held). A quarter, because a day
    begins at another instant in each zone. Row security is that of the ledger, of which all this is told.
    """

    pk = models.CompositePrimaryKey("concerns", "at", "measure", "what")
    concerns = models.TextField()
    at = models.DateTimeField()
    measure = models.TextField()
    what = models.TextField()
    n = models.BigIntegerField()

    class Meta:
        db_table = "alert_flow"

    def __str__(self) -> str:
        return f"{self.at} {self.measure} {self.what}: {self.n}"


class AlertMoved(models.Model):
    """What a transaction that enters later will add to tally and flow; nobody else sees a row."""

    id = models.BigAutoField(primary_key=True)
    writer = models.BigIntegerField()
    concerns = models.TextField()
    source = models.TextField()
    check_code = models.TextField()
    entity_type = models.TextField()
    severity = models.TextField()
    status = models.TextField()
    n = models.BigIntegerField()
    begun = models.BigIntegerField()

    class Meta:
        db_table = "alert_moved"

    def __str__(self) -> str:
        return f"{self.check_code} {self.severity} {self.status}: {self.n:+d}"


class AlertSeen(models.Model):
    """What a transaction that enters later saw again, until one entry says so; nobody else sees a row."""

    id = models.BigAutoField(primary_key=True)
    writer = models.BigIntegerField()
    source = models.TextField()
    concerns = models.TextField()
    at = models.DateTimeField()
    seen = models.BigIntegerField()

    class Meta:
        db_table = "alert_seen"

    def __str__(self) -> str:
        return f"{self.source} {self.concerns} {self.at}: {self.seen}"


class AlertMark(models.Model):
    """Which alerts stood about a source after entry `seq`; the mark before is at `after` (0: none)."""

    pk = models.CompositePrimaryKey("seq", "concerns")
    seq = models.BigIntegerField()
    concerns = models.TextField()
    after = models.BigIntegerField()
    alerts = ArrayField(models.UUIDField())

    class Meta:
        db_table = "alert_mark"

    def __str__(self) -> str:
        return f"{self.seq} {self.concerns}: {len(self.alerts)}"


class AlertThen(AlertColumns):
    """An anomaly as it stood when `governance.as_of` names: a view over the ledger, read only."""

    class Meta:
        managed = False
        db_table = "alert_as_of"


class AlertActiveThen(AlertColumns):
    """The same, but for what was resolved by then: far cheaper to ask for (sql/alert_active_at.sql)."""

    class Meta:
        managed = False
        db_table = "alert_active_as_of"


class Comment(models.Model):
    """What a person says about an alert; written once. PostgreSQL fills everything but alert and body."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alert = models.ForeignKey(
        Alert, on_delete=models.DO_NOTHING, related_name="comments", db_index=False
    )
    # The alert's own, kept here so that row security needs no join.
    source = models.TextField(db_default="")
    concerns = models.TextField(db_default="")
    author = models.UUIDField(db_default=ActingPerson())
    at = models.DateTimeField(db_default=Now())
    body = models.TextField()

    class Meta:
        db_table = "alert_comment"
        indexes: ClassVar = [
            # Reader: the alert's page, newest comments first.
            models.Index(fields=["alert", "at", "id"], name="alert_comment_of_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.author} {self.at:%Y-%m-%d %H:%M}"
