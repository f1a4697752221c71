"""What people do with one alert: acknowledge, resolve, reopen, assign, comment; PostgreSQL decides.

Callers are inside `acting_as_user`. No service reads before it writes: the UPDATE names the version
that the person saw, so of two people one wins and the other is told.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db import IntegrityError, OperationalError, ProgrammingError, connection, transaction
from django.db.models import Q
from django.utils import timezone
from psycopg.errors import CheckViolation, InsufficientPrivilege, LockNotAvailable

from alerts.models import ACTIVE, DISPUTE_DAYS, Alert, Cause, Comment, Decision, Severity, Status
from alerts.words import said


class AlertGone(LookupError):
    """No such alert, or none that this person may see."""


class NotAllowed(PermissionError):
    """The person sees the alert and may not do this to it."""


class SameRight(NotAllowed):
    """The second signature would rest on the right of the person whose right the first rests on."""


class DisputeTooLong(ValueError):
    """A dispute about a critical alert beyond DISPUTE_DAYS."""


class NotAssignable(ValueError):
    """The person named may not take care of this alert."""


@dataclass
class Conflict(Exception):  # it is an answer ("somebody else was faster"), not a fault
    """The alert is no longer as the person saw it; carries it as it is now."""

    current: Alert


class Busy(Conflict):
    """A scan that writes much has changed the alert and is not done; `current` is as it was before."""


class AlreadyMine(Conflict):
    """The acting person has acknowledged the alert already; nothing is left to do, and nothing was."""


@dataclass(frozen=True)
class Resolution:
    """What the person says when resolving; `accepted_until` goes with the DATED decisions alone."""

    note: str
    cause: Cause
    decision: Decision
    accepted_until: date | None = None


def dispute_until() -> date:
    """The longest that a dispute about a critical alert may wait, from today."""
    return timezone.localdate() + timedelta(days=DISPUTE_DAYS)


def alert_acknowledge(*, alert_id: UUID, version: int, note: str = "") -> Alert:
    """OPEN → ACK. Raises AlertGone, NotAllowed, AlreadyMine or Conflict; never succeeds silently."""
    try:
        return _change(
            alert_id,
            version,
            (Status.OPEN,),
            status=Status.ACK,
            acknowledgement_note=said(note) or None,
        )
    except Conflict as conflict:
        # Whose answer was lost presses again.
        if acknowledged_by_me([conflict.current]):
            raise AlreadyMine(conflict.current) from None
        raise


def acknowledged_by_me(alerts: Iterable[Alert]) -> set[UUID]:
    """Which of them stand acknowledged by the acting person."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT governance_user_id()")
        (me,) = cursor.fetchone()
    return {one.pk for one in alerts if one.status == Status.ACK and me == one.acknowledged_by}


def alert_resolve(*, alert_id: UUID, version: int, resolution: Resolution) -> Alert:
    """OPEN or ACK → RESOLVED. A critical ACCEPTE by a first person comes back as ACK, awaiting a second.

    Raises AlertGone, NotAllowed, SameRight, DisputeTooLong or Conflict.
    """
    return _change(
        alert_id,
        version,
        ACTIVE,
        status=Status.RESOLVED,
        resolution_note=said(resolution.note),
        resolution_cause=resolution.cause,
        resolution_decision=resolution.decision,
        accepted_until=resolution.accepted_until,
    )


def alert_reopen(*, alert_id: UUID, version: int, note: str) -> Alert:
    """Take back an acknowledgement or a person's resolution: → OPEN, in the same episode, with its age.

    Raises AlertGone, NotAllowed or Conflict (also for what a scan closed: nobody decided that).
    """
    return _change(
        alert_id,
        version,
        (Status.ACK, Status.RESOLVED),
        only=~Q(status=Status.RESOLVED, resolved_by=None),
        status=Status.OPEN,
        reopening_note=said(note),
    )


def alert_assign(*, alert_id: UUID, version: int, assignee: UUID | None) -> Alert:
    """Say who takes care of an open or acknowledged alert; None for nobody.

    Raises AlertGone, NotAllowed, Conflict, or NotAssignable when that person may not.
    """
    try:
        return _change(alert_id, version, ACTIVE, to_act=False, assignee=assignee)
    except IntegrityError as error:
        raise NotAssignable from error


def comment_add(*, alert_id: UUID, body: str) -> Comment:
    """Say something about an alert that the person sees, resolved ones included.

    Raises AlertGone or NotAllowed. `body`: 1 to COMMENT_LIMIT characters, not only blanks.
    """
    if not Alert.objects.filter(pk=alert_id).exists():
        raise AlertGone
    try:
        with transaction.atomic():
            return Comment.objects.create(alert_id=alert_id, body=said(body))
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise


def alerts_free(ids: Sequence[UUID]) -> set[UUID]:
    """Those that nobody holds; within a fifth of a second, whatever a scan does meanwhile."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT alert_free(%s)", [list(ids)])
        (free,) = cursor.fetchone()
    return set(free)


def _busy(alert_id: UUID) -> Exception:
    current = Alert.objects.filter(pk=alert_id).first()
    return AlertGone() if current is None else Busy(current)


def _change(
    alert_id: UUID,
    version: int,
    from_status: Sequence[Status],
    *,
    to_act: bool = True,
    only: Q | None = None,
    **values: object,
) -> Alert:
    wanted = Alert.objects.filter(only or Q(), pk=alert_id, version=version, status__in=from_status)
    as_seen = wanted.all()
    if to_act:  # severity INFO asks nobody to act, so no row of it matches
        wanted = wanted.exclude(severity=Severity.INFO)
    try:
        with transaction.atomic():
            if not alerts_free([alert_id]):
                raise _busy(alert_id)
            changed = wanted.update(**values)
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):  # a scan came to it just after we asked
            raise _busy(alert_id) from error
        raise
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            rights = error.__cause__.diag.constraint_name == "alert_two_rights"
            raise (SameRight if rights else NotAllowed) from error
        raise
    except IntegrityError as error:
        driver = error.__cause__
        if (
            isinstance(driver, CheckViolation)
            and driver.diag.constraint_name == "alert_dispute_limit"
        ):
            raise DisputeTooLong from error
        raise
    current = Alert.objects.filter(pk=alert_id).first()
    if current is None:
        raise AlertGone
    if changed != 1:
        if as_seen.exists():
            raise NotAllowed  # nobody was faster: row security kept the statement from the row
        raise Conflict(current)
    return current
