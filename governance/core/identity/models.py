"""Who may enter: users, the role each holds on each source, and dated delegations."""

import uuid
from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from governance.core.identity.roles import Role


class User(AbstractUser):
    """A person. Its uuid is what the ledger remembers, also after the account is gone."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Null, not empty: two people without an address are not the same person.
    email = models.EmailField(  # type: ignore[assignment]  # Django's own is never null
        _("adresse e-mail"), unique=True, null=True, blank=True
    )

    # When the three sentences of the first visit were put away; null: the home page still shows them.
    tour_dismissed_at = models.DateTimeField(null=True, blank=True)
    # When somebody signed in from a device never seen; null: the person said who it was.
    device_notice_at = models.DateTimeField(null=True, blank=True)
    # What the person chose to read in; empty: nothing chosen yet, so French.
    language = models.TextField(default="", blank=True)

    class Meta(AbstractUser.Meta):
        db_table = "governance_user"

    def __str__(self) -> str:
        return self.get_full_name() or self.username

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.email = self.email or None
        super().save(*args, **kwargs)


class Account(models.Model):
    """An account as an administrator sees and changes it: the view `account`, which has no hash."""

    id = models.UUIDField(primary_key=True, editable=False)
    username = models.CharField(max_length=150)
    first_name = models.CharField(max_length=150)
    last_name = models.CharField(max_length=150)
    email = models.EmailField(null=True)  # noqa: DJ001  # as in the table
    is_active = models.BooleanField()
    last_login = models.DateTimeField(null=True, editable=False)
    date_joined = models.DateTimeField(editable=False)
    has_factor = models.BooleanField(editable=False)  # a second one, at sign-in

    class Meta:
        db_table = "account"
        managed = False

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username


class SourceRole(models.Model):
    """The one role that a user holds on a source."""

    id = models.BigAutoField(primary_key=True)
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="source_roles", db_index=False
    )
    source = models.CharField(max_length=63)
    role = models.CharField(max_length=16, choices=Role.choices)

    class Meta:
        db_table = "source_role"
        constraints: ClassVar = [
            # Reader: each request, what the acting person may do
            # (sql/governance_own_sources.sql); all roles of a person.
            models.UniqueConstraint(fields=["user", "source"], name="source_role_one_per_source"),
            models.CheckConstraint(
                condition=models.Q(role__in=Role.values), name="source_role_role_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.source} · {self.role}"


class Delegation(models.Model):
    """The right to act on a source, lent to somebody from a day to a day; `reason` is the lender's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # Its index's reader: each request, what was lent to the acting person (sql/governance_sources.sql).
    holder = models.ForeignKey(User, on_delete=models.CASCADE, related_name="delegations")
    source = models.CharField(max_length=63)
    starts_at = models.DateTimeField(db_default=Now())
    ends_at = models.DateTimeField()
    reason = models.TextField(db_default="")
    granted_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "delegation"

    def __str__(self) -> str:
        return f"{self.holder} · {self.source} · {self.ends_at:%Y-%m-%d}"


class RolePermission(models.Model):
    """`roles.py` as rows, for the row policies; rewritten by every migrate, never by hand."""

    id = models.BigAutoField(primary_key=True)
    role = models.CharField(max_length=16)
    permission = models.CharField(max_length=32)

    class Meta:
        db_table = "role_permission"
        constraints: ClassVar = [
            # Reader: the row policies, which roles hold a permission (sql/governance_own_sources.sql).
            models.UniqueConstraint(fields=["role", "permission"], name="role_permission_once"),
        ]

    def __str__(self) -> str:
        return f"{self.role} · {self.permission}"
