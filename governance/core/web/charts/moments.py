"""Owns one axis of time that several drawings share: bars, marks, and how values moved. No text is drawn.

Each drawing is 1000 wide and as wide as its place, so whatever stands at one instant stands above what stands
below it; words and figures are the page's own, which keeps them readable at any width.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from governance.core.web.charts.plane import text

WIDTH, HEIGHT, MARGIN = 1000, 60, 6


@dataclass(frozen=True)
class Span:
    """The instants from edge to edge."""

    first: datetime
    last: datetime

    def x(self, instant: datetime) -> float:
        """Where an instant stands; what is outside stands at the edge."""
        whole = max((self.last - self.first).total_seconds(), 1)
        share = (instant - self.first).total_seconds() / whole
        return WIDTH * min(max(share, 0.0), 1.0)

    def labels(self, parts: int = 4) -> list[datetime]:
        """Instants at equal distances, both edges among them."""
        step: timedelta = (self.last - self.first) / parts
        return [self.first + step * number for number in range(parts)] + [self.last]


@dataclass(frozen=True)
class Bar:
    """From one instant to another; at least wide enough to be seen. `mark`: what it stands for."""

    x: str
    width: str
    mark: str


def bar_of(span: Span, since: datetime, until: datetime, mark: str) -> Bar:
    left, right = span.x(since), span.x(until)
    width = max(right - left, 4.0)
    return Bar(text(min(left, WIDTH - width)), text(width), mark)


@dataclass(frozen=True)
class Steps:
    """How a value moved: lines that hold until the next value, dots, and zero where it is in sight."""

    lines: list[str]
    dots: list[tuple[str, str]]
    zero: str


Values = Sequence[tuple[datetime, float]]


def steps_of(span: Span, values: Values, known: Sequence[tuple[datetime, datetime]]) -> Steps:
    """`values`: of one fact, oldest first, at least one; `known`: from when to when there was one, in order.

    Between those is a gap: nobody measured.
    """
    low, high = min(value for _at, value in values), max(value for _at, value in values)
    # A value that only trembles must not look like one that fell to nothing.
    low, high = (min(low, 0.0), high) if low >= 0 and low < high / 2 else (low, high)
    low, high = (low, max(high, 0.0)) if high <= 0 and high > low / 2 else (low, high)
    if low == high:
        low, high = low - 1, high + 1

    def y(value: float) -> str:
        return text(MARGIN + (HEIGHT - 2 * MARGIN) * (high - value) / (high - low))

    runs = [_held(values, since, until) for since, until in known]
    lines = [
        " ".join(f"{text(span.x(at))},{y(value)}" for at, value in _corners(run, until))
        for run, (_since, until) in zip(runs, known, strict=True)
        if run
    ]
    dots = [(text(span.x(at)), y(value)) for at, value in values]
    return Steps(lines, dots, y(0.0) if low <= 0 <= high else "")


def _held(values: Values, since: datetime, until: datetime) -> list[tuple[datetime, float]]:
    """The values of a stretch of time; it begins with the one that held already."""
    before = [value for at, value in values if at <= since]
    inside = [(at, value) for at, value in values if since < at <= until]
    return [(since, before[-1]), *inside] if before else inside


def _corners(run: Values, until: datetime) -> list[tuple[datetime, float]]:
    corners: list[tuple[datetime, float]] = []
    for at, value in run:
        if corners:
            corners.append((at, corners[-1][1]))
        corners.append((at, value))
    return [*corners, (until, run[-1][1])]
