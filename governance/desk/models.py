"""How people see the integrity screen: filters that they keep under a name, and what they chose."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class SavedFilter(models.Model):
    """A filter of the integrity screen under a name, its owner’s own or shared (sql/policies.sql)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    # PostgreSQL deletes them with the account: whoever closes it sees none of them.
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        related_name="+",
        db_constraint=False,
        db_index=False,
    )
    name = models.CharField(max_length=60)
    # As the screen itself writes it, parameters that it knows and nothing else.
    query = models.TextField(blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "saved_filter"
        constraints: ClassVar = [
            # Reader: one's own saved filters, by the row policy as well.
            models.UniqueConstraint(fields=["owner", "name"], name="saved_filter_name_once")
        ]
        indexes: ClassVar = [
            # Reader: the other half of that list, what others share; most filters are not.
            models.Index(
                fields=["owner"], name="saved_filter_shared", condition=models.Q(shared=True)
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Density(models.TextChoices):
    """How much room a row of the integrity screen takes."""

    COMFORTABLE = "comfortable", _("Aérée")
    COMPACT = "compact", _("Compacte")


class DeskChoice(models.Model):
    """How a person sees the desk, and until when they saw it (sql/policies.sql); no row, no choice."""

    # PostgreSQL deletes it with the account, see SavedFilter.
    owner = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        models.DO_NOTHING,
        primary_key=True,
        related_name="+",
        db_constraint=False,
    )
    density = models.TextField(null=True, choices=Density.choices)  # noqa: DJ001  # null: not chosen
    # Until when the person has seen what changed (governance/desk/home/news.py).
    looked_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "desk_choice"
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(density__in=Density.values), name="desk_choice_density_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.density} {self.looked_at}"
