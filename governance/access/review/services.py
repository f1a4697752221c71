"""Signing a review; PostgreSQL decides whether it is whole, and withdraws what it withdraws.

Callers are inside `acting_as_user`.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from django.db import IntegrityError, ProgrammingError, transaction
from django.utils import timezone
from psycopg.errors import InsufficientPrivilege

from governance.access.review.models import AccessReview
from governance.access.review.queries import Holder
from integrity.scans.console import console_read_apart

OVERDUE = "ACCESS_REVIEW_OVERDUE"


class NotAllowed(PermissionError):
    """The person does not administer the source, or may not withdraw one of these roles."""


class ReviewOutdated(ValueError):
    """A role was given, changed or withdrawn since the page was shown, or a decision is missing."""


def review_sign(
    *, source: str, shown: Sequence[Holder], decisions: Mapping[UUID, tuple[str, str]]
) -> AccessReview:
    """Sign what was decided of each holder, `confirm` or `withdraw` and a note.

    Raises NotAllowed or ReviewOutdated.
    """
    lines = [
        {
            "person": str(one.account.pk),
            "role": one.held.role,
            "decision": decisions[one.account.pk][0],
            "note": decisions[one.account.pk][1],
            "last_login": one.account.last_login.isoformat() if one.account.last_login else None,
            "last_act": one.last_act.isoformat() if one.last_act else None,
            "has_mfa": one.has_mfa,
        }
        for one in shown
        if one.account.pk in decisions
    ]
    try:
        with transaction.atomic():
            review = AccessReview.objects.create(source=source, lines=lines)
    except ProgrammingError as error:
        if isinstance(error.__cause__, InsufficientPrivilege):
            raise NotAllowed from error
        raise
    except IntegrityError as error:
        raise ReviewOutdated from error
    transaction.on_commit(
        lambda: console_read_apart(
            codes=[OVERDUE], entities=[f"{source}/access"], taken_at=timezone.now()
        )
    )
    return review
