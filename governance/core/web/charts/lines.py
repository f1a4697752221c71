"""Owns how values over time become lines; a missing value is a gap, never a zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from governance.core.web.charts.plane import Tick, ceiling, text, x_of, y_of, y_ticks


@dataclass(frozen=True)
class Line:
    """One series. `runs`: `points` of polylines; `dots`: (x, y) of its values; `end`: the last of them.

    `end_value` is None for a series without any value.
    """

    name: str
    runs: list[str]
    dots: list[tuple[str, str]]
    end: tuple[str, str] | None
    end_value: float | None


@dataclass(frozen=True)
class Lines:
    lines: list[Line]
    ticks: list[Tick]
    top: float


def lines_of(series: Mapping[str, Sequence[float | None]], *, stepped: bool = False) -> Lines:
    """Series of equal length, values of 0 and more. `stepped`: a value holds until the next one."""
    known = [value for values in series.values() for value in values if value is not None]
    top, step = ceiling(known)
    return Lines(
        [_line(name, values, top, stepped) for name, values in series.items()],
        y_ticks(top, step),
        top,
    )


def _line(name: str, values: Sequence[float | None], top: float, stepped: bool) -> Line:
    places = [
        None if value is None else (x_of(index, len(values)), y_of(value, top))
        for index, value in enumerate(values)
    ]
    runs = [
        _points([place for place in run if place is not None], stepped)
        for is_known, run in groupby(places, key=lambda place: place is not None)
        if is_known
    ]
    dots = [(text(place[0]), text(place[1])) for place in places if place is not None]
    last = next((value for value in reversed(values) if value is not None), None)
    return Line(name, runs, dots, dots[-1] if dots else None, last)


def _points(run: Sequence[tuple[float, float]], stepped: bool) -> str:
    corners: list[tuple[float, float]] = []
    for x, y in run:
        if stepped and corners and corners[-1][1] != y:
            corners.append((x, corners[-1][1]))
        corners.append((x, y))
    return " ".join(f"{text(x)},{text(y)}" for x, y in corners)
