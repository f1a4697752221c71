"""Owns a value on a line beside the threshold that it passed."""

from dataclasses import dataclass

from governance.core.web.charts.plane import Tick, round_step, text

WIDTH, LEFT, RIGHT = 360, 16, 16


@dataclass(frozen=True)
class Ruler:
    """Coordinates as text. `allowed` and `beyond`: (x, width) of the two stretches."""

    ticks: list[Tick]
    value_x: str
    threshold_x: str
    allowed: tuple[str, str]
    beyond: tuple[str, str]
    passed: bool


def ruler_of(*, value: float, threshold: float) -> Ruler:
    """Distances from zero, both of 0 and more, in one unit."""
    top = max(value, threshold) * 1.15 or 1.0
    step = round_step(top, 6) if top >= 6 else top / 6
    span = WIDTH - LEFT - RIGHT

    def at(amount: float) -> float:
        return LEFT + span * amount / top

    near, far = sorted((value, threshold))
    return Ruler(
        ticks=[Tick(text(at(step * n)), step * n) for n in range(int(top / step) + 1)],
        value_x=text(at(value)),
        threshold_x=text(at(threshold)),
        allowed=(text(at(0)), text(at(threshold) - at(0))),
        beyond=(text(at(near)), text(at(far) - at(near) if value > threshold else 0)),
        passed=value > threshold,
    )
