"""Tries to sign in, sessions, devices and links, for all processes and machines alike."""

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


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

    class Meta:
        db_table = "person_link"
        indexes: ClassVar = [
            # Reader: a new link makes the former of that person void (link_make.sql).
            models.Index(fields=["user_id"], name="person_link_of_person"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} · {self.expires_at}"
