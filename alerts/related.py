"""Reads what belongs to one alert beyond its row: comments, episodes, who may take care of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from alerts.models import Alert, Comment

COMMENTS_SHOWN = 100
EPISODES_SHOWN = 20

# Read by name, so that a column added to the function changes nothing here.
_EPISODE_COLUMNS = (
    "episode, detected_at, opened_at, opened_by, first_acknowledged_at, first_acknowledged_by, lapses,"
    " acknowledged_at, acknowledged_by, resolved_at, resolved_by, resolution_cause,"
    " resolution_decision, time_to_acknowledge, time_to_resolve, opened_version, closed_version"
)


@dataclass(frozen=True)
class Episode:
    """One life of an alert, as alert_episode and alert_episode_rule (alerts/sql) compute it from the ledger.

    Actors are uuids of people as text, or `system:<name>`. What has not happened is None.
    """

    episode: int
    detected_at: datetime | None
    opened_at: datetime
    opened_by: str
    first_acknowledged_at: datetime | None
    first_acknowledged_by: str | None
    lapses: int
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    resolved_by: str | None
    resolution_cause: str | None
    resolution_decision: str | None
    time_to_acknowledge: timedelta | None
    time_to_resolve: timedelta | None
    # of the rule, where the source names versions
    opened_version: str | None
    closed_version: str | None


def alert_episodes(alert_id: UUID, *, limit: int = EPISODES_SHOWN) -> list[Episode]:
    """The alert's newest episodes, newest first; none for a reader who may not read its history."""
    with connection.cursor() as cursor:
        cursor.execute(
            # constant names; the values are bound
            f"SELECT {_EPISODE_COLUMNS} FROM alert_episode(%s)"  # noqa: S608
            " LEFT JOIN alert_episode_rule(%s) USING (episode) ORDER BY episode DESC LIMIT %s",
            [alert_id, alert_id, limit],
        )
        return [Episode(*row) for row in cursor.fetchall()]


@dataclass(frozen=True)
class Comments:
    """The newest COMMENTS_SHOWN comments, oldest of them first; `total` counts all."""

    shown: list[Comment]
    total: int


def alert_comments(alert_id: UUID) -> Comments:
    """What was said about an alert that the reader sees; two queries only where some are not shown."""
    said = Comment.objects.filter(alert_id=alert_id)
    newest = list(said.order_by("-at", "-id")[: COMMENTS_SHOWN + 1])
    total = len(newest) if len(newest) <= COMMENTS_SHOWN else said.count()
    return Comments(newest[:COMMENTS_SHOWN][::-1], total)


def alert_candidates(alert: Alert) -> list[UUID]:
    """Who may take care of the alert; the same function that the workflow's trigger asks."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT alert_assignable(%s, %s)", [alert.source, alert.concerns])
        return [person for (person,) in cursor.fetchall()]


def common_candidates(places: Iterable[tuple[str, str]]) -> set[UUID]:
    """Who may take care of alerts of each of these (source, concerns)."""
    with connection.cursor() as cursor:
        found = []
        for place in set(places):
            cursor.execute("SELECT alert_assignable(%s, %s)", place)
            found.append({person for (person,) in cursor.fetchall()})
    return set.intersection(*found) if found else set()
