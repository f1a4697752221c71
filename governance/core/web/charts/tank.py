"""Owns how a volume stands in a tank: level, safety margin, and what is below nothing or above the top."""

from dataclasses import dataclass

from governance.core.web.charts.plane import text

WIDTH, HEIGHT = 150, 180
BODY_X, BODY_Y, BODY_WIDTH, BODY_HEIGHT = 12.0, 22.0, 84.0, 136.0


@dataclass(frozen=True)
class Tank:
    """Coordinates as text. `share` is stock / capacity in %, unbounded; the drawing is bounded.

    `state`: negative, over (more than usable), full (more than capacity) or inside.
    """

    share: float
    state: str
    level_y: str
    level_height: str
    margin_height: str
    usable_y: str
    label_y: str


def tank_of(*, stock: float, capacity: float, margin: float | None) -> Tank | None:
    """All in one unit; None where there is no capacity to compare with."""
    if capacity <= 0:
        return None
    filled = min(max(stock / capacity, 0), 1)
    kept = min(max((margin or 0) / capacity, 0), 1)
    level = BODY_Y + BODY_HEIGHT * (1 - filled)
    if stock < 0:
        state = "negative"
    elif stock > capacity:
        state = "full"
    elif margin is not None and stock > capacity - margin:
        state = "over"
    else:
        state = "inside"
    return Tank(
        share=stock / capacity * 100,
        state=state,
        level_y=text(level),
        level_height=text(BODY_HEIGHT * filled),
        margin_height=text(BODY_HEIGHT * kept),
        usable_y=text(BODY_Y + BODY_HEIGHT * kept),
        label_y=text(min(max(level, BODY_Y + 10), BODY_Y + BODY_HEIGHT)),
    )
