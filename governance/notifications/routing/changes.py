"""Adding and removing rows of the routing, saying who has the telephone; callers are inside `acting_as_user`.

PostgreSQL decides who may, and its triggers tell the ledger.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import ProgrammingError, transaction
from psycopg.errors import InsufficientPrivilege

from governance.notifications.routing.models import NotificationRoute, OnCallTurn


class NotAllowed(PermissionError):
    """The person may not decide that."""


def route_add(**values: Any) -> None:
    """Raises NotAllowed for who does not administer the source, or the console for all sources."""
    with _allowed():
        NotificationRoute.objects.create(**values)


def route_remove(*, route: UUID) -> bool:
    """Whether there was one that the person may remove."""
    removed, _by_model = NotificationRoute.objects.filter(pk=route).delete()
    return bool(removed)


def turn_say(*, source: str, person: UUID, starts: datetime, ends: datetime, note: str) -> None:
    """An administrator says any turn; whoever has the telephone hands over a part of the own one."""
    with _allowed():
        OnCallTurn.objects.create(
            source=source, person_id=person, starts_at=starts, ends_at=ends, note=note
        )


@contextmanager
def _allowed() -> Iterator[None]:
    try:
        with transaction.atomic():
            yield
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise
