"""What goes into a snapshot and what comes out: findings, the part they speak for, the outcome."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

# A snapshot in which more than half of this many or more active alerts are missing is not believed at once,
SUSPECT_FROM = 20
# and neither is one in which every CRITICAL alert is missing, of this many or more.
SUSPECT_CRITICAL_FROM = 3


@dataclass(frozen=True)
class Finding:
    """One row of a checks view, or one anomaly that the console found itself."""

    check_code: str
    severity: str
    entity_type: str
    entity_id: str
    message: str
    payload: Mapping[str, Any]
    detected_at: datetime


@dataclass(frozen=True)
class Scope:
    """The part of a source that a snapshot speaks for; what lies outside is left as it is."""

    codes: Sequence[str] | None = None
    entities: Sequence[str] | None = None


@dataclass(frozen=True)
class Eyes:
    """What a snapshot knows of how it looked, so that what it does not see is not called mended.

    `alike`: the instants of readings that looked as this one does. An alert last seen by another is held
    as it is where `holds`, and else closed as one whose rule changed. `by_version`: whether another
    version of its rule explains that an alert is gone.
    """

    alike: Sequence[datetime]
    holds: bool
    by_version: bool


@dataclass
class Outcome:
    """What a snapshot did, in alerts (rows for `rows`, `quarantined` and `per_code`)."""

    rows: int = 0
    quarantined: int = 0
    faults: list[dict[str, Any]] = field(default_factory=list)
    per_code: dict[str, int] = field(default_factory=dict)
    active_before: int = 0
    active_critical: int = 0
    absent: int = 0
    absent_critical: int = 0
    held: int = 0
    opened: int = 0
    reopened: int = 0  # in a new episode, or in the same one after a decision
    lapsed: int = 0
    changed: int = 0
    same: int = 0
    accepted: int = (
        0  # stays resolved: its date has not come, or it was resolved during the reading
    )
    closed: int = 0

    @property
    def changes(self) -> bool:
        """Whether anything is not as it was, beyond having been seen again."""
        return bool(self.opened or self.reopened or self.lapsed or self.changed or self.closed)

    @property
    def counts(self) -> dict[str, Any]:
        """What the record of a scan keeps of it."""
        kept = "rows per_code quarantined faults opened reopened lapsed changed closed held absent"
        return {name: getattr(self, name) for name in kept.split()} | {
            "active": self.active_before,
            "loses_critical": self.loses_all_critical,
        }

    @property
    def is_suspect(self) -> bool:
        """Would close more than half of many active alerts at once, or all the critical ones."""
        most = self.active_before >= SUSPECT_FROM and self.absent * 2 > self.active_before
        return most or self.loses_all_critical

    @property
    def loses_all_critical(self) -> bool:
        return self.active_critical == self.absent_critical >= SUSPECT_CRITICAL_FROM
