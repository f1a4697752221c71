"""What is done to people and their roles, by an administrator or a script; PostgreSQL decides who may.

Callers act as a person, or as the machine's `install`. A service is one transaction, or part of the caller's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.db.models import Q
from psycopg.errors import CheckViolation, InsufficientPrivilege, UniqueViolation

from alerts.models import Alert, Status
from alerts.related import alert_candidates
from alerts.services import NotAssignable, alert_assign
from governance.access.sign_in.link.links import link_make
from governance.access.sign_in.sessions import sessions_end
from governance.core.identity.models import Account, SourceRole, User
from governance.core.identity.roles import CONSOLE_SOURCE, Role


class NotAllowed(PermissionError):
    """The person does not administer every source on which that account holds a role, or it is their own."""


class LastAdministrator(ValueError):
    """A source would have no active administrator left."""


class NameTaken(ValueError):
    """Another account has this name, or this address; `field` says which."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"{field} is taken")


@contextmanager
def _refusals() -> Iterator[None]:
    """One transaction, in which what PostgreSQL refuses is said in our words."""
    try:
        with transaction.atomic():
            yield
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise
    except IntegrityError as error:
        cause = error.__cause__
        if isinstance(cause, UniqueViolation):
            raise NameTaken(
                "email" if "email" in str(cause.diag.constraint_name) else "username"
            ) from error
        if isinstance(cause, CheckViolation) and cause.diag.constraint_name == "admin_remains":
            raise LastAdministrator from error
        raise


def name_free(*, username: str, email: str, but: UUID | None = None) -> None:
    """Raises NameTaken: people sign in by either, in whatever case they type it.

    A name that is somebody else's address would stand before it there, and keep its owner out.
    """
    others = Account.objects.exclude(pk__in=[but] if but else [])
    if (
        username
        and others.filter(Q(username__iexact=username) | Q(email__iexact=username)).exists()
    ):
        raise NameTaken("username")
    if email and others.filter(Q(email__iexact=email) | Q(username__iexact=email)).exists():
        raise NameTaken("email")


def person_invite(
    *,
    username: str,
    first_name: str = "",
    last_name: str = "",
    email: str = "",
    language: str = "",
    roles: Mapping[str, str],
) -> UUID:
    """Open an account without a password, with a role on each source; gives its id.

    Raises NameTaken or NotAllowed.
    """
    person_id = uuid4()
    with _refusals():
        name_free(username=username, email=email)
        # Not through the manager: it would read the row back, which whoever opens an account may not see.
        User.objects.bulk_create(
            [
                User(
                    id=person_id,
                    username=username,
                    first_name=first_name,
                    last_name=last_name,
                    email=email or None,
                    language=language,
                    password=make_password(None),
                )
            ]
        )
        for source, role in sorted(roles.items()):
            role_set(person_id=person_id, source=source, role=role)
    return person_id


def person_change(*, person_id: UUID, first_name: str, last_name: str, email: str) -> None:
    """Another display name or address. Raises NameTaken or NotAllowed."""
    with _refusals():
        name_free(username="", email=email, but=person_id)
        Account.objects.filter(pk=person_id).update(
            first_name=first_name, last_name=last_name, email=email or None
        )


def role_set(*, person_id: UUID, source: str, role: str) -> None:
    """Give the one role on a source, or take it (an empty `role`). Raises NotAllowed or LastAdministrator."""
    held = SourceRole.objects.filter(user_id=person_id, source=source)
    with _refusals():
        if not role:
            held.delete()
        elif not held.exclude(role=role).update(role=role) and not held.exists():
            SourceRole.objects.create(user_id=person_id, source=source, role=role)


def assignments_open(*, person_id: UUID) -> list[Alert]:
    """Alerts that the person takes care of, among those that the actor sees; the worst and oldest first."""
    return list(
        Alert.objects.filter(assignee=person_id)
        .exclude(status=Status.RESOLVED)
        .order_by("source", "check_code", "first_detected_at", "id")
    )


def person_close(*, person_id: UUID, heirs: Mapping[str, UUID | None]) -> int:
    """Close the account, and in the same act hand over what it takes care of, by source; gives how many.

    What has no heir is nobody's. Sessions and links end by themselves (account_closed.sql).
    Raises NotAllowed, LastAdministrator, or alerts.services.NotAssignable when an heir may not.
    """
    with _refusals():
        handed = assignments_open(person_id=person_id)
        for one in handed:
            heir = heirs.get(one.source)
            # PostgreSQL asks this of people, and lets the machine write what it says.
            if heir is not None and heir not in alert_candidates(one):
                raise NotAssignable
            alert_assign(alert_id=one.pk, version=one.version, assignee=heir)
        if not Account.objects.filter(pk=person_id, is_active=True).update(is_active=False):
            raise NotAllowed
    return len(handed)


def person_reopen(*, person_id: UUID) -> None:
    """The account works again, with its roles and its password. Raises NotAllowed."""
    with _refusals():
        Account.objects.filter(pk=person_id).update(is_active=True)


def person_link(*, person_id: UUID, purpose: str) -> str:
    """A secret that lets the person choose a password once. Raises NotAllowed (also for a closed account)."""
    try:
        with _refusals():
            return link_make(purpose=purpose, person_id=person_id)
    except IntegrityError as error:
        raise NotAllowed from error


def person_sessions_end(*, person_id: UUID) -> int:
    """All sessions of somebody end now. Raises NotAllowed."""
    with _refusals():
        return sessions_end(person_id=person_id, reason="ended")


def person_factors_reset(*, person_id: UUID) -> int:
    """Remove the second factors of somebody whose telephone is lost; gives how many. Raises NotAllowed."""
    with _refusals(), connection.cursor() as cursor:
        cursor.execute("SELECT factors_reset(%s)", [person_id])
        (count,) = cursor.fetchone()
    return int(count)


def administered_sources() -> list[str]:
    """Where the first administrator holds the role: every source, or the console's own findings."""
    return sorted(settings.SOURCES) or [CONSOLE_SOURCE]


def first_administrator(*, account: User, language: str) -> User:
    """Open the account (its password is set already) with the role everywhere. Callers act as `install`."""
    with _refusals():
        name_free(username=account.username, email=account.email or "")
        account.language = language
        account.save(force_insert=True)
        for source in administered_sources():
            role_set(person_id=account.pk, source=source, role=Role.ADMIN)
    return account
