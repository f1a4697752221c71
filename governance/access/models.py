"""Tries to sign in, sessions, devices and links; audits of row security, and who approved them."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from governance.access.journal.models import AccessBurst, AccessEvent
from governance.access.limits.models import RequestCount
from governance.access.review.models import AccessReview
from governance.core.database.stored_json import StoredJSONField
from governance.core.identity.acting import ActingPerson

__all__ = ["AccessBurst", "AccessEvent", "AccessReview", "RequestCount", "SignInCount"]


class SignInCount(models.Model):
    """Tries under one key: a hash of what is counted (an account, an address, both), not what people type.

    Only the functions of `sql/` touch it, as the owner.
    """

    key = models.BinaryField(primary_key=True)
    since = models.DateTimeField()  # when the present window began
    tries = models.IntegerField()
    good_at = models.DateTimeField(null=True)  # when it last succeeded

    class Meta:
        db_table = "sign_in_count"

    def __str__(self) -> str:
        return f"{self.tries} since {self.since}"


class RowSecurityAudit(models.Model):
    """One audit of a source's row security: what was found, and the matrix. Inserted once, never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    audited_at = models.DateTimeField()
    looked = models.BooleanField()  # false: the source, or a server for its copy, could not be had
    findings = StoredJSONField(
        default=list
    )  # [{code, severity, object, role, verb, …}], excused ones too
    unknowns = StoredJSONField(default=list)  # [{object, role, verb, reason}]
    matrix = StoredJSONField(default=dict)  # {"relation|role|VERB": state}
    roles = StoredJSONField(default=list)
    # Of the three: how many are open, how many could not be tried, and the hash that a person approves.
    found = models.IntegerField()
    unsure = models.IntegerField()
    matrix_sha256 = models.TextField(blank=True)

    class Meta:
        db_table = "row_security_audit"
        indexes: ClassVar = [
            # Reader: "the last audit of a source", on the page and in the console's own view.
            models.Index(fields=["source", "-audited_at"], name="row_security_audit_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.audited_at:%Y-%m-%d %H:%M:%S}"


class RowSecurityBaseline(models.Model):
    """A person answers for what an audit says; later ones are compared with it. Never changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    source = models.TextField()
    audit = models.ForeignKey(RowSecurityAudit, on_delete=models.PROTECT)
    note = models.TextField()
    approved_by = models.UUIDField(db_default=ActingPerson())
    approved_at = models.DateTimeField(db_default=Now())

    class Meta:
        db_table = "row_security_baseline"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~models.Q(note=""), name="row_security_baseline_says_why"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.approved_at:%Y-%m-%d %H:%M:%S}"


class PersonSession(models.Model):
    """A session of somebody: where it began, why somebody ended it. Its name opens nothing (sessions.py)."""

    name = models.TextField(primary_key=True)
    user_id = models.UUIDField()
    since = models.DateTimeField(db_default=Now())
    address = models.CharField(max_length=64)
    agent = models.CharField(max_length=300)
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=16, default="")  # empty while it goes on

    class Meta:
        db_table = "person_session"
        indexes: ClassVar = [
            # Reader: the sessions of one person, to list or to end them (sql/person_session/).
            models.Index(fields=["user_id"], name="person_session_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.address}"


class PersonDevice(models.Model):
    """A browser from which somebody signed in, known by the hash of a cookie that it keeps."""

    id = models.BigAutoField(primary_key=True)
    user_id = models.UUIDField()
    digest = models.BinaryField(max_length=32)
    first_at = models.DateTimeField(db_default=Now())
    last_at = models.DateTimeField(db_default=Now())
    address = models.CharField(max_length=64)
    agent = models.CharField(max_length=300)

    class Meta:
        db_table = "person_device"
        constraints: ClassVar = [
            # Reader: each sign-in, whether the device was seen.
            models.UniqueConstraint(fields=["user_id", "digest"], name="person_device_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agent} · {self.address}"


class PersonLink(models.Model):
    """The hash of a link that lets a person in once. Only the functions of `sql/person_link/` touch it."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    user_id = models.UUIDField(
        null=True
    )  # null: of the first administrator, who has no account yet
    purpose = models.CharField(max_length=16)
    expires_at = models.DateTimeField()
    made_by = models.UUIDField(null=True)  # null: by the machine

    class Meta:
        db_table = "person_link"
        indexes: ClassVar = [
            # Reader: a new link makes the former of that person void (link_make.sql).
            models.Index(fields=["user_id"], name="person_link_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.expires_at}"
