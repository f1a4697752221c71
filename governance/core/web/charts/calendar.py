"""Owns how counts per day become a calendar, a column per week; a day that nobody looked at has no level."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from governance.core.web.charts.plane import text

CELL, GAP, LEFT, TOP = 21.0, 3.0, 30.0, 18.0
STEPS = 4


@dataclass(frozen=True)
class Cell:
    """One day. `level` 0 (nothing) to STEPS, or None where nothing is known of it."""

    day: date
    x: str
    y: str
    text_x: str
    text_y: str
    count: int
    level: int | None


@dataclass(frozen=True)
class Calendar:
    """`weeks`: (x, Monday) of the columns that begin a month; `size`: width and height."""

    cells: list[Cell]
    months: list[tuple[str, date]]
    rows: list[str]
    width: str
    height: str
    cell: str


def calendar_of(days: Sequence[tuple[date, int, bool]]) -> Calendar:
    """From (day, count, whether anybody looked that day), in order and without gaps."""
    monday = days[0][0] - timedelta(days=days[0][0].weekday())
    most = max(count for _, count, _ in days)
    cells, months = [], []
    for day, count, is_known in days:
        column, row = divmod((day - monday).days, 7)
        x, y = LEFT + column * (CELL + GAP), TOP + row * (CELL + GAP)
        level = _level(count, most) if is_known or count else None
        cells.append(
            Cell(day, text(x), text(y), text(x + CELL / 2), text(y + CELL * 0.7), count, level)
        )
        if day.day == 1:
            months.append((text(x), day))
    columns = (days[-1][0] - monday).days // 7 + 1
    return Calendar(
        cells,
        months,
        [text(TOP + row * (CELL + GAP) + CELL * 0.7) for row in range(7)],
        text(LEFT + columns * (CELL + GAP)),
        text(TOP + 7 * (CELL + GAP)),
        text(CELL),
    )


def _level(count: int, most: int) -> int:
    """Quarters of the worst day, so that one bad day does not make all others look alike."""
    if not count:
        return 0
    return 1 + min(STEPS - 1, (count * STEPS - 1) // max(most, 1))
