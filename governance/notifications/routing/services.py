"""Answers who is told of an alert at a moment: whoever holds the kind's owner role on the source, by mail."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alerts.kinds import kinds_on
from alerts.models import Alert
from governance.core.identity.models import SourceRole
from governance.core.identity.roles import Role

OWNER = "owner"


@dataclass(frozen=True)
class Recipient:
    """`channel_id` None: mail to the person's address; `person_id` None: whoever reads the channel.

    `reason` is a word of REASONS; `not_before`: the end of quiet hours.
    """

    person_id: UUID | None
    channel_id: UUID | None
    reason: str
    not_before: datetime | None = None


def recipients(alert: Alert, *, at: datetime, step: int) -> list[Recipient]:
    """Inside `acting_as_system`. The answer depends on source, check code, severity and assignee alone,
    so the planner asks once for all alerts that share them.
    """
    kind = kinds_on(alert.source).get(alert.check_code)
    role = kind.owner_role if kind else Role.DIRECTEUR
    held = SourceRole.objects.filter(source=alert.source, role=role, user__is_active=True)
    return [
        Recipient(person, None, OWNER)
        for person in held.order_by("user__username").values_list("user_id", flat=True)
    ]
