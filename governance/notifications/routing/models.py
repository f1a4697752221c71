"""Who is told of which alerts, as rows that an administrator writes; and who has the telephone."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alerts.models import Severity
from governance.core.identity.acting import ActingPerson
from governance.core.identity.roles import Role


class Target(models.TextChoices):
    ROLE = "ROLE", _("Un rôle")
    PERSON = "PERSON", _("Une personne")
    ON_CALL = "ON_CALL", _("Qui a le téléphone")
    CHANNEL = "CHANNEL", _("Un canal")


class NotificationRoute(models.Model):
    """Alerts of this source, severity and rule are told to this target. Empty: any.

    All rows that an alert fits count; where none does, the rule's owner is told. Within quiet hours, by the
    source's clock, only what is critical passes. A row is added or removed, never changed; PostgreSQL refuses
    one that names nobody (notification_route_signed.sql).
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField(default="", blank=True)
    severity = models.TextField(default="", blank=True)
    check_code = models.TextField(default="", blank=True)
    target = models.TextField(choices=Target.choices)
    role = models.TextField(default="", blank=True)
    person_id = models.UUIDField(null=True)
    channel = models.ForeignKey(
        "notifications.Channel", null=True, on_delete=models.PROTECT, db_index=False
    )
    quiet_from = models.TimeField(null=True)
    quiet_until = models.TimeField(null=True)
    made_by = models.UUIDField(null=True, db_default=ActingPerson())
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "notification_route"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(severity__in=["", *Severity.values]),
                name="notification_route_severity_known",
            ),
            models.CheckConstraint(
                condition=models.Q(target__in=Target.values), name="notification_route_target_known"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=["", *Role.values]),
                name="notification_route_role_known",
            ),
            models.CheckConstraint(
                condition=models.Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | models.Q(quiet_from__isnull=False, quiet_until__isnull=False),
                name="notification_route_quiet_ends",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source}/{self.check_code}/{self.severity} → {self.target}"


class OnCallTurn(models.Model):
    """Somebody has the telephone of a source for a while. Of rows that cover an instant the last said holds.

    So a substitute, or a hand-over, is one more row over a part of a week.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    person_id = models.UUIDField()
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    note = models.TextField(default="", blank=True)
    made_by = models.UUIDField(null=True, db_default=ActingPerson())
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "on_call_turn"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(ends_at__gt=models.F("starts_at")), name="on_call_turn_ends"
            ),
        ]
        indexes: ClassVar = [
            # Reader: who has the telephone now.
            models.Index(fields=["source", "ends_at"], name="on_call_turn_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.person_id} {self.starts_at:%Y-%m-%d}"
