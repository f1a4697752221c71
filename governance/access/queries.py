"""Reads of roles and delegations for pages; row security decides which delegations a reader sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from governance.models import Delegation, SourceRole, User
from governance.roles import DELEGATE_ROLE, DELEGATED

PAST_SHOWN = 50


@dataclass(frozen=True)
class Delegations:
    """What the reader sees: those that last, and the newest PAST_SHOWN of those that are over."""

    current: list[Delegation]
    past: list[Delegation]


def delegations_seen() -> Delegations:
    """Two queries."""
    every = Delegation.objects.select_related("holder")
    return Delegations(
        current=list(every.filter(ends_at__gt=Now()).order_by("source", "ends_at", "id")),
        past=list(every.filter(ends_at__lte=Now()).order_by("-ends_at", "id")[:PAST_SHOWN]),
    )


def lending_sources() -> frozenset[str]:
    """Sources on which the acting person may act by a role of their own, so may lend the right."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT governance_own_sources(%s)", [DELEGATED.value])
        (held,) = cursor.fetchone()
    return frozenset(held)


def possible_holders(sources: Iterable[str]) -> "QuerySet[SourceRole]":
    """To whom the right may be lent on these sources, by name."""
    return (
        SourceRole.objects.filter(
            source__in=sorted(sources), role=DELEGATE_ROLE, user__is_active=True
        )
        .select_related("user")
        .order_by("user__last_name", "user__first_name", "user__username", "source")
    )


def roles_held(sources: Iterable[str]) -> "QuerySet[SourceRole]":
    """Every role on these sources with its holder, in the order of the sources and names."""
    return (
        SourceRole.objects.filter(source__in=sorted(sources))
        .select_related("user")
        .order_by("source", "user__last_name", "user__first_name", "user__username")
    )


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of people, in one query; somebody gone keeps a name."""
    wanted = set(ids)
    if not wanted:
        return {}
    found = {user.pk: str(user) for user in User.objects.filter(pk__in=wanted)}
    return {person: found.get(person, _("compte supprimé")) for person in wanted}
