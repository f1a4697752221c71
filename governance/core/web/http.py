"""The one way into a view: signed in, allowed, inside a transaction that knows who acts."""

from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.http import HttpRequest, HttpResponseBase

from governance.core.cache.per_state import ledger_state, one_state
from governance.core.database.standby import read_on_standby, standby_is_configured
from governance.core.identity.acting import acting_as_user
from governance.core.identity.models import User
from governance.core.identity.roles import Permission

P = ParamSpec("P")


@dataclass(frozen=True)
class Access:
    """What the person of this request may do, and where."""

    sources: dict[Permission, frozenset[str]]
    # The console's state when the permissions were read (per_state.py), and since when it stands.
    state: bytes | None = None
    state_at: datetime | None = None
    # Entries of the ledger that were committed and wait to be chained (governance/core/ledger/waiting.py).
    waiting: int = 0

    def may(self, permission: Permission, source: str | None = None) -> bool:
        """True when the permission is held on `source`, or, without one, on any source."""
        held = self.sources[permission]
        return bool(held) if source is None else source in held


class ConsoleRequest(HttpRequest):
    """A request that passed `requires`."""

    user: User
    access: Access
    htmx: Any


class RoleNotAllowed(PermissionDenied):
    """The person is known and may not; carries what was needed, so that the page can say who may."""

    def __init__(self, permission: Permission) -> None:
        self.permission = permission
        super().__init__(f"needs {permission.value}")


def access_of_actor() -> Access:
    """Read from the database what the acting person may do: one query for all permissions and the state."""
    names = list(Permission)
    columns = ", ".join("governance_sources(%s)" for _ in names)
    with connection.cursor() as cursor:
        # only placeholders
        cursor.execute(
            f"SELECT ledger_state(), ledger_instant(), ledger_waiting(), {columns}",
            [name.value for name in names],
        )
        state, state_at, waiting, *row = cursor.fetchone()
    return Access(
        {name: frozenset(held) for name, held in zip(names, row, strict=True)},
        None if state is None else bytes(state),
        state_at,
        waiting or 0,
    )


def _state_for(user_id: UUID) -> bytes | None:
    with acting_as_user(user_id):
        return ledger_state()


def requires(
    permission: Permission, *, reads_only: bool = False
) -> Callable[
    [Callable[Concatenate[ConsoleRequest, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Let a view be called only by somebody who holds `permission` on at least one source.

    Which rows that person then sees is the database's answer (row security), not the view's.
    `reads_only`: the view writes nothing, so that a standby can answer it (READ_DATABASE_URL).
    """

    def decorate(
        view: Callable[Concatenate[ConsoleRequest, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if reads_only and request.method in ("GET", "HEAD") and standby_is_configured():
                person = cast(
                    User, request.user
                ).pk  # asked for here: it may be a query, the primary's
                return read_on_standby(
                    lambda: answer(request, *args, **kwargs), state=lambda: _state_for(person)
                )
            return answer(request, *args, **kwargs)

        def answer(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            with acting_as_user(cast(User, request.user).pk):
                access = access_of_actor()
                request.access = access  # type: ignore[attr-defined]
                try:
                    if not access.may(permission):
                        raise RoleNotAllowed(permission)
                    # Who only reads sees one state; what an action changed is asked for anew.
                    reads = request.method in ("GET", "HEAD")
                    with one_state(access.state) if reads else nullcontext():
                        return view(request, *args, **kwargs)  # type: ignore[arg-type]
                finally:
                    # With the transaction ends the identity: an error page must take its own.
                    del request.access  # type: ignore[attr-defined]

        guarded.permission = permission  # type: ignore[attr-defined]  # the permission matrix reads it
        return guarded

    return decorate
