"""How far a large scan is: in the worker's log, and to be read by pages while nothing of it is committed."""

import logging
import re
import time
from dataclasses import dataclass, field

from django.db import connection

logger = logging.getLogger(__name__)

# The name of the scan's own connection, which other connections of the console can see (pg_stat_activity).
NAME = "governance scan"
SAID = re.compile(rf"{NAME} (\d{{1,18}})/(\d{{1,18}}) (.+)")
EVERY_S = 2.0


@dataclass(frozen=True)
class Running:
    """A scan that is writing: of which source, and how many of its changes are written."""

    source: str
    written: int
    total: int

    @property
    def percent(self) -> int:
        return 100 * self.written // self.total if self.total else 0


@dataclass
class Progress:
    """Called with what is written and what there is to write."""

    source: str
    _said: float = field(default_factory=time.monotonic)

    def __call__(self, written: int, total: int) -> None:
        if time.monotonic() - self._said < EVERY_S and written < total:
            return
        self._said = time.monotonic()
        logger.info("%s: %d of %d changes written", self.source, written, total)
        with connection.cursor() as cursor:
            # For this transaction alone; the slug last, for a long one is cut.
            name = f"{NAME} {written}/{total} {self.source}"[:63]
            cursor.execute("SELECT pg_catalog.set_config('application_name', %s, true)", [name])


def scans_running() -> list[Running]:
    """The large scans that are writing now, of all sources; whoever shows them asks who may see which."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT application_name FROM pg_catalog.pg_stat_activity"
            " WHERE datname = current_database() AND starts_with(application_name, %s)",
            [f"{NAME} "],
        )
        found = [SAID.fullmatch(name) for (name,) in cursor.fetchall()]
    return [Running(one[3], int(one[1]), int(one[2])) for one in found if one]
