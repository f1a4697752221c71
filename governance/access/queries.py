"""Reads of roles and delegations for pages; row security decides which delegations a reader sees."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models.functions import Now

from governance.core.identity.models import Account, Delegation, SourceRole
from governance.core.identity.people import Person, people
from governance.core.identity.roles import DELEGATE_ROLE, DELEGATED

PAST_SHOWN = 50


@dataclass(frozen=True)
class Delegations:
    """What the reader sees: those that last, will begin, and the newest PAST_SHOWN of those that are over."""

    current: list[Delegation]
    coming: list[Delegation]
    past: list[Delegation]


def delegations_seen() -> Delegations:
    """Three queries."""
    every = Delegation.objects.all()
    lasting = every.filter(ends_at__gt=Now()).order_by("source", "starts_at", "id")
    return Delegations(
        current=list(lasting.filter(starts_at__lte=Now())),
        coming=list(lasting.filter(starts_at__gt=Now())),
        past=list(every.filter(ends_at__lte=Now()).order_by("-ends_at", "id")[:PAST_SHOWN]),
    )


def lending_sources() -> frozenset[str]:
    """Sources on which the acting person may act by a role of their own, so may lend the right."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT governance_own_sources(%s)", [DELEGATED.value])
        (held,) = cursor.fetchone()
    return frozenset(held)


def possible_holders(sources: Iterable[str]) -> list[tuple[SourceRole, Person]]:
    """To whom the right may be lent on these sources, by name; two queries."""
    held = list(SourceRole.objects.filter(source__in=sorted(sources), role=DELEGATE_ROLE))
    found = people(one.user_id for one in held)
    named = [(one, found[one.user_id]) for one in held if one.user_id in found]
    return sorted(
        ((one, person) for one, person in named if person.is_active),
        key=lambda pair: (pair[1].order, pair[0].source),
    )


def roles_held(sources: Iterable[str]) -> list[tuple[SourceRole, Account]]:
    """Every role on these sources with its holder, in the order of the sources and names; two queries.

    For administrators: nobody else sees accounts.
    """
    held = list(SourceRole.objects.filter(source__in=sorted(sources)))
    found = Account.objects.in_bulk({one.user_id for one in held})
    return sorted(
        ((one, found[one.user_id]) for one in held if one.user_id in found),
        key=lambda pair: (
            pair[0].source,
            pair[1].last_name.casefold(),
            pair[1].first_name.casefold(),
            pair[1].username.casefold(),
        ),
    )
