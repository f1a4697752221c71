"""Names of other people: all that pages show of somebody else's account, and only by id."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Person:
    id: UUID
    username: str
    first_name: str
    last_name: str
    is_active: bool

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip() or self.username

    @property
    def order(self) -> tuple[str, str, str]:
        """Where the person stands in a list."""
        return (self.last_name.casefold(), self.first_name.casefold(), self.username.casefold())


def people(ids: Iterable[UUID | str]) -> dict[UUID, Person]:
    """Those of `ids` who have an account, in one query (none for nobody)."""
    wanted = [UUID(str(one)) for one in set(ids)]
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, username, first_name, last_name, is_active FROM governance_people(%s)",
            [wanted],
        )
        return {row[0]: Person(*row) for row in cursor.fetchall()}


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of people, in one query; somebody gone keeps a name, and whose account is closed is said."""
    wanted = set(ids)
    found = people(wanted)
    return {one: _name(found.get(one)) for one in wanted}


def _name(person: Person | None) -> str:
    if person is None:
        return _("compte supprimé")
    name = str(person)
    return name if person.is_active else _("%(name)s (compte désactivé)") % {"name": name}
