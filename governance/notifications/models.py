"""What is to be said, to whom, in which message, and what became of each attempt to deliver it."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from governance.core.database.stored_json import StoredJSONField
from governance.core.identity.acting import ActingPerson


class Family(models.TextChoices):
    """What a channel speaks; each has a module in `channels/`."""

    MAIL = "mail", _("Courrier")
    SLACK = "slack", _("Slack")
    TEAMS = "teams", _("Microsoft Teams")
    MATTERMOST = "mattermost", _("Mattermost")
    TELEGRAM = "telegram", _("Telegram")
    WHATSAPP = "whatsapp", _("WhatsApp")
    SMS = "sms", _("SMS")
    JSON = "json", _("Webhook JSON")
    WEBHOOK = "webhook", _("Standard Webhooks")


class Kind(models.TextChoices):
    """What happened to an alert, or what else is to be said."""

    OPENED = "OPENED", _("Nouvelle alerte")
    REOPENED = "REOPENED", _("Nouvel épisode")
    RETURNED = "RETURNED", _("Alerte revenue")  # a decision was contradicted, or taken back
    WORSENED = "WORSENED", _("Alerte aggravée")
    LATE = "LATE", _("Alerte sans réponse")  # a step of the escalation
    RESOLVED = "RESOLVED", _("Alerte terminée")
    FLAPPING = "FLAPPING", _("Alerte instable")
    BRIEF = "BRIEF", _("Point du matin")
    TEST = "TEST", _("Essai")


BEGINS = (Kind.OPENED, Kind.REOPENED, Kind.RETURNED)


class Channel(models.Model):
    """A way out, set up by an administrator. `secret`: address and keys, encrypted; never shown again."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.TextField()
    family = models.TextField(choices=Family.choices)
    is_on = models.BooleanField(default=True)
    secret = models.BinaryField(null=True)  # null: mail, which settings.EMAIL_URL sends
    hint = models.TextField(default="", blank=True)  # what of the address may be shown: its host
    may_be_private = models.BooleanField(default=False)  # an address of the own network
    created_at = models.DateTimeField(db_default=Now())
    # Held by the worker that sends through it, one message at a time, so that they keep their order.
    busy_until = models.DateTimeField(null=True)
    failing_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "channel"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(family__in=Family.values), name="channel_family_known"
            ),
            models.UniqueConstraint(fields=["name"], name="channel_name_once"),
        ]

    def __str__(self) -> str:
        return self.name


class Notification(models.Model):
    """One thing to be said of an alert: written by a trigger in the transaction that changes the alert.

    `step`: of the escalation, 0 before it. `said`: of an end, what was decided and what the alert said then.
    """

    id = models.BigAutoField(primary_key=True)
    at = models.DateTimeField(db_default=Now())
    kind = models.TextField(choices=Kind.choices)
    alert_id = models.UUIDField()
    episode = models.IntegerField()
    version = models.IntegerField()  # of the alert
    source = models.TextField()  # the one that the alert concerns
    check_code = models.TextField()
    severity = models.TextField()
    step = models.SmallIntegerField(default=0, db_default=0)
    said = StoredJSONField(default=dict)
    planned_at = models.DateTimeField(null=True)  # when it was decided who is told

    class Meta:
        db_table = "notification"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["alert_id", "episode", "step"],
                condition=models.Q(kind=Kind.LATE),
                name="notification_step_once",
            ),
        ]
        indexes: ClassVar = [
            # Reader: the planner, what nobody was chosen for yet.
            models.Index(
                fields=["id"], condition=models.Q(planned_at=None), name="notification_unplanned"
            ),
            # Readers: the alert's page; the planner, who was told of an episode.
            models.Index(fields=["alert_id", "episode"], name="notification_of_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.alert_id}"


class DeliveryState(models.TextChoices):
    WAITING = "WAITING", _("En attente")
    SENDING = "SENDING", _("En cours")
    DELIVERED = "DELIVERED", _("Remis")
    DEAD = "DEAD", _("Abandonné")


class Delivery(models.Model):
    """One message to one recipient through one channel; `id` is its idempotency key at every attempt.

    Written once with its words; PostgreSQL refuses to change them.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.TextField(choices=Kind.choices)
    source = models.TextField()  # empty: none, as a brief on many
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    person_id = models.UUIDField(null=True)  # null: whoever reads the channel
    address = models.TextField(default="", blank=True)  # of mail
    language = models.TextField(default="fr")
    subject = models.TextField()
    text = models.TextField()
    html = models.TextField(default="", blank=True)
    thread = models.TextField(default="", blank=True)  # of mail: what it answers to
    data = StoredJSONField(default=dict)  # what a webhook carries
    count = models.IntegerField(default=1)  # of alerts that it speaks of
    is_urgent = models.BooleanField(default=False)  # a step of the escalation
    created_at = models.DateTimeField(db_default=Now())
    state = models.TextField(choices=DeliveryState.choices, default=DeliveryState.WAITING)
    due_at = models.DateTimeField(db_default=Now())  # the next attempt
    attempts = models.IntegerField(default=0)  # of this round
    rounds = models.IntegerField(default=1)  # the first, and each replay
    replay_note = models.TextField(default="", blank=True)  # why, of the last
    lease = models.UUIDField(null=True)  # of the one worker that sends it
    lease_until = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)  # delivered, or dead
    answer = models.TextField(default="", blank=True)  # the provider's last
    opened_at = models.DateTimeField(null=True)  # a link of it was followed
    acted_at = models.DateTimeField(null=True)  # and led to an action

    class Meta:
        db_table = "delivery"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(state__in=DeliveryState.values), name="delivery_state_known"
            ),
        ]
        indexes: ClassVar = [
            # Reader: the worker, what is due in a channel; the rule about a queue that ages.
            models.Index(
                fields=["channel", "due_at"],
                condition=models.Q(state__in=[DeliveryState.WAITING, DeliveryState.SENDING]),
                name="delivery_due",
            ),
            # Reader: the page of dead letters and its rule.
            models.Index(
                fields=["ended_at"],
                condition=models.Q(state=DeliveryState.DEAD),
                name="delivery_dead",
            ),
            # Reader: whoever plans, of which beginnings only a replay told (outbox/late_ends.py).
            models.Index(fields=["id"], condition=models.Q(rounds__gt=1), name="delivery_replayed"),
            # Readers: whoever groups, when a recipient was last written to; the page of deliveries.
            models.Index(fields=["person_id", "channel", "created_at"], name="delivery_of_person"),
            models.Index(fields=["-created_at"], name="delivery_lately"),
        ]

    def __str__(self) -> str:
        return f"{self.subject} · {self.state}"


class NoticeState(models.TextChoices):
    WAITING = "WAITING", _("À dire")
    TOLD = "TOLD", _("Dans un message")
    BRIEF = "BRIEF", _("Au point du matin")
    MOOT = "MOOT", _("Sans objet")  # it ended before anybody was told
    UNREACHABLE = "UNREACHABLE", _("Injoignable")


class Obstacle(models.TextChoices):
    """Why nobody could write to the person at that moment."""

    CLOSED = "CLOSED", _("compte désactivé")
    NO_MAIL = "NO_MAIL", _("aucun serveur de courrier n’est configuré (EMAIL_URL)")
    CHANNEL_OFF = "CHANNEL_OFF", _("le canal de courrier est éteint")
    NO_ADDRESS = "NO_ADDRESS", _("le compte n’a pas d’adresse")


class Notice(models.Model):
    """That one recipient is told of one notification, why, and by which message."""

    id = models.BigAutoField(primary_key=True)
    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="notices", db_index=False
    )
    kind = models.TextField(choices=Kind.choices)  # the notification's, or FLAPPING
    source = models.TextField()
    alert_id = models.UUIDField()
    episode = models.IntegerField()
    person_id = models.UUIDField(null=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, db_index=False)
    reason = models.TextField()
    state = models.TextField(choices=NoticeState.choices, default=NoticeState.WAITING)
    # Why not, of an UNREACHABLE one; empty where an earlier release decided.
    obstacle = models.TextField(choices=Obstacle.choices, default="", db_default="", blank=True)
    not_before = models.DateTimeField(null=True)  # quiet hours
    decided_at = models.DateTimeField(db_default=Now())
    delivery = models.ForeignKey(
        Delivery, null=True, on_delete=models.PROTECT, related_name="notices"
    )

    class Meta:
        db_table = "notice"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["notification", "person_id", "channel"], name="notice_once"
            ),
            models.UniqueConstraint(
                fields=["notification", "channel"],
                condition=models.Q(person_id=None),
                name="notice_once_of_channel",
            ),
        ]
        indexes: ClassVar = [
            # Reader: whoever groups.
            models.Index(
                fields=["id"],
                condition=models.Q(state=NoticeState.WAITING),
                name="notice_waiting",
            ),
            # Readers: the alert's page; a recovery, who was told.
            models.Index(fields=["alert_id", "episode"], name="notice_of_alert"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} · {self.reason} · {self.state}"


class Outcome(models.TextChoices):
    DELIVERED = "DELIVERED", _("Remis")
    LATER = "LATER", _("Échec passager")
    REFUSED = "REFUSED", _("Refus définitif")
    CUT = "CUT", _("Interrompu")  # the worker ended before it knew


class Attempt(models.Model):
    """One attempt to deliver; without an end it goes on, or its worker is gone."""

    id = models.BigAutoField(primary_key=True)
    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="tries", db_index=False
    )
    round = models.IntegerField()
    number = models.IntegerField()
    began_at = models.DateTimeField(db_default=Now())
    ended_at = models.DateTimeField(null=True)
    outcome = models.TextField(choices=Outcome.choices, null=True)  # noqa: DJ001  # null: not known
    answer = models.TextField(default="", blank=True)  # the provider's, without a secret

    class Meta:
        db_table = "delivery_attempt"
        constraints: ClassVar = [
            # Reader: the story of a delivery.
            models.UniqueConstraint(
                fields=["delivery", "round", "number"], name="delivery_attempt_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.outcome}"


class MaintenanceWindow(models.Model):
    """While it lasts nobody is written to about a source, or one rule of it. Alerts go on as ever."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    check_code = models.TextField(default="", blank=True)  # empty: all rules
    starts_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    reason = models.TextField()
    made_by = models.UUIDField(null=True, db_default=ActingPerson())
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "maintenance_window"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="maintenance_window_says_why"
            ),
            models.CheckConstraint(
                condition=models.Q(ends_at__gte=models.F("starts_at")),
                name="maintenance_window_ends",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["source", "ends_at"], name="maintenance_window_of_source"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.check_code} · {self.ends_at:%Y-%m-%d %H:%M}"
