"""Reads of accounts for administrators: who there is, with which roles, and whom the reader may change."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q

from governance.core.identity.models import Account, SourceRole
from governance.core.identity.people import Person, people
from governance.core.identity.roles import FACTOR_ROLES, Role

SHOWN = 200


@dataclass(frozen=True)
class Holder:
    """An account with the roles that the reader sees, and whether the reader may change it."""

    account: Account
    roles: list[SourceRole]
    may_change: bool

    @property
    def roles_by_source(self) -> dict[str, str]:
        return {one.source: one.role for one in self.roles}

    @property
    def beside(self) -> list[str]:
        """What stands beside the name: the login, where it is not itself the name, and the address."""
        account = self.account
        is_named = account.first_name or account.last_name
        return [one for one in (account.username if is_named else "", account.email) if one]

    @property
    def is_new(self) -> bool:
        """Invited, and never came."""
        return self.account.last_login is None


def holders(*, words: str = "", closed: bool = False) -> tuple[list[Holder], int]:
    """At most SHOWN accounts by name, open ones or closed ones, and how many there are; four queries."""
    found = Account.objects.filter(is_active=not closed)
    for word in words.replace("\x00", "").split():
        found = found.filter(
            Q(username__icontains=word)
            | Q(first_name__icontains=word)
            | Q(last_name__icontains=word)
            | Q(email__icontains=word)
        )
    rows = list(found.order_by("last_name", "first_name", "username")[:SHOWN])
    count = len(rows) if len(rows) < SHOWN else found.count()
    return _with_roles(rows), count


def holder(person_id: UUID) -> Holder | None:
    """One account; None when there is none."""
    rows = _with_roles(list(Account.objects.filter(pk=person_id)))
    return rows[0] if rows else None


def _with_roles(rows: list[Account]) -> list[Holder]:
    ids = [one.pk for one in rows]
    roles: dict[UUID, list[SourceRole]] = defaultdict(list)
    for role in SourceRole.objects.filter(user_id__in=ids).order_by("source"):
        roles[role.user_id].append(role)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM unnest(%s::uuid[]) AS id WHERE governance_administers(id)", [ids]
        )
        changeable = {one for (one,) in cursor.fetchall()}
    return [Holder(one, roles[one.pk], one.pk in changeable) for one in rows]


def heirs(source: str, concerns: Iterable[str], but: UUID) -> list[Person]:
    """Who may take care of all that somebody leaves on a source, by name."""
    common: set[UUID] | None = None
    for about in set(concerns):
        with connection.cursor() as cursor:
            cursor.execute("SELECT alert_assignable(%s, %s)", [source, about])
            may = {one for (one,) in cursor.fetchall()}
        common = may if common is None else common & may
    found = people((common or set()) - {but})
    return sorted(found.values(), key=lambda one: one.order)


def sources_without_administrator(sources: Iterable[str]) -> list[str]:
    """Of these, which the reader sees, the ones on which no active account is administrator; two queries."""
    slugs = sorted(sources)
    held = list(SourceRole.objects.filter(source__in=slugs, role=Role.ADMIN))
    active = _active(held)
    have = {one.source for one in held if one.user_id in active}
    return [slug for slug in slugs if slug not in have]


def roles_without_factor() -> int:
    """How many active people, of those that the reader sees, should have a second factor and have none."""
    held = list(SourceRole.objects.filter(role__in=FACTOR_ROLES))
    return sum(not one.has_factor for one in _active(held).values())


def _active(held: Iterable[SourceRole]) -> dict[UUID, Account]:
    ids = {one.user_id for one in held}
    return {one.pk: one for one in Account.objects.filter(pk__in=ids, is_active=True)}
