"""Owns the plane of a chart with two axes: where a value stands, and round figures to label it with."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

WIDTH, HEIGHT = 360, 200
LEFT, RIGHT, TOP, BOTTOM = 34, 12, 14, 26


def text(value: float) -> str:
    """A coordinate as SVG reads it; never localised, at most one decimal."""
    return f"{value:.1f}".removesuffix(".0")


@dataclass(frozen=True)
class Tick:
    """One labelled place on an axis; `at` is a coordinate as text."""

    at: str
    value: float


def round_step(top: float, count: int) -> float:
    """The smallest of 1, 2, 5 × 10ⁿ that reaches `top` (> 0) in at most `count` steps; at least 1."""
    raw = max(top / count, 1)
    scale = float(10 ** floor(log10(raw)))
    return next(scale * step for step in (1, 2, 5, 10) if scale * step >= raw * 0.999)


def ceiling(values: Sequence[float], count: int = 3) -> tuple[float, float]:
    """(top of the axis, step between its labels) for values of 0 and more."""
    step = round_step(max([*values, 1.0]), count)
    return step * ceil(max([*values, 1.0]) / step), step


def x_of(index: int, count: int) -> float:
    """Where the place `index` of `count` equidistant ones stands, from edge to edge."""
    return LEFT + (WIDTH - LEFT - RIGHT) * (index / (count - 1) if count > 1 else 0.5)


def y_of(value: float, top: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * value / top


def y_ticks(top: float, step: float) -> list[Tick]:
    return [
        Tick(text(y_of(step * number, top)), step * number) for number in range(int(top / step) + 1)
    ]
