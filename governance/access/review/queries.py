"""Reads for the review of a source: who holds what, and what is known of each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection
from django.utils import timezone

from governance.access.queries import roles_held
from governance.access.review.models import AccessReview
from governance.access.review.second_factor import second_factors
from governance.core.identity.models import Account, SourceRole

QUARTER = timedelta(days=92)  # as in rules/access_review_overdue/

# The newest entry of each, which the index on (actor, seq) ends with.
LAST_ACTS = """
SELECT p.person, e.at FROM unnest(%s::uuid[]) AS p(person)
CROSS JOIN LATERAL (
  SELECT l.at FROM ledger_entry AS l WHERE l.actor = p.person::text ORDER BY l.seq DESC LIMIT 1) AS e
"""


@dataclass(frozen=True)
class Holder:
    """One role of a source, with what a reviewer wants to know. `has_mfa` None: not known."""

    held: SourceRole
    account: Account
    last_act: datetime | None
    has_mfa: bool | None

    @property
    def name(self) -> str:
        return (
            f"{self.account.first_name} {self.account.last_name}".strip() or self.account.username
        )


@dataclass(frozen=True)
class ReviewState:
    """When a source was reviewed, and by when it must be again."""

    source: str
    last: AccessReview | None
    due_at: datetime

    @property
    def is_overdue(self) -> bool:
        return self.due_at <= timezone.now()


def review_states(sources: Iterable[str]) -> list[ReviewState]:
    """Two queries and one per source. A source that never was reviewed counts from its first account."""
    found = []
    for source in sorted(sources):
        last = AccessReview.objects.filter(source=source).order_by("-at").first()
        since = last.at if last else _first_account(source)
        found.append(ReviewState(source, last, (since or timezone.now()) + QUARTER))
    return found


def holders(source: str) -> list[Holder]:
    """Every role on a source that the reader administers, by name."""
    held = roles_held([source])
    people = [account.pk for _role, account in held]
    acts, factors = _last_acts(people), second_factors(people)
    return [
        Holder(role, account, acts.get(account.pk), factors[account.pk]) for role, account in held
    ]


def _last_acts(people: list[UUID]) -> dict[UUID, datetime]:
    with connection.cursor() as cursor:
        cursor.execute(LAST_ACTS, [people])
        return dict(cursor.fetchall())


def _first_account(source: str) -> datetime | None:
    people = SourceRole.objects.filter(source=source).values_list("user_id", flat=True)
    accounts = Account.objects.filter(pk__in=list(people)).order_by("date_joined")
    return accounts.values_list("date_joined", flat=True).first()
