"""Owns what `static/css/tokens.css` holds, and the contrast between its colours; knows no page."""

from __future__ import annotations

import re
from dataclasses import dataclass

from governance.env import BASE_DIR

SHEET = BASE_DIR / "static" / "css" / "tokens.css"
TEXT, LARGE = 4.5, 3.0  # WCAG 2.2 AA: text; signs, borders of controls and large text

# (in front, behind, at least): what the style sheets put on top of what.
PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "surface", TEXT),
    ("soft", "paper", TEXT),
    ("soft", "surface", TEXT),
    ("soft", "neutral", TEXT),
    ("faint", "paper", TEXT),
    ("faint", "surface", TEXT),
    ("petrol", "paper", TEXT),
    ("petrol", "surface", TEXT),
    ("petrol-strong", "petrol-tint", TEXT),
    ("on-petrol", "petrol", TEXT),
    ("on-petrol", "petrol-strong", TEXT),
    ("copper", "copper-tint", TEXT),
    ("copper", "paper", TEXT),
    ("critical", "surface", TEXT),
    ("critical", "critical-tint", TEXT),
    ("warn", "surface", TEXT),
    ("warn", "warn-tint", TEXT),
    ("info", "surface", TEXT),
    ("info", "info-tint", TEXT),
    ("ok", "surface", TEXT),
    ("ok", "ok-tint", TEXT),
    ("bar-ink", "bar", TEXT),
    ("bar-soft", "bar", TEXT),
    ("edge", "surface", LARGE),
    ("edge", "paper", LARGE),
]

_COLOUR = re.compile(r"--([\w-]+): (?:light-dark\((#\w+), (#\w+)\)|(#\w+));")
_LENGTH = re.compile(r"--([\w-]+): (\.?\d[\d.]*)rem;")


@dataclass(frozen=True)
class Colour:
    name: str
    light: str
    dark: str


@dataclass(frozen=True)
class Pair:
    """Two colours on top of each other; ratios are WCAG's, 1 to 21."""

    front: Colour
    behind: Colour
    at_least: float

    @property
    def light(self) -> float:
        return contrast(self.front.light, self.behind.light)

    @property
    def dark(self) -> float:
        return contrast(self.front.dark, self.behind.dark)

    @property
    def is_enough(self) -> bool:
        return min(self.light, self.dark) >= self.at_least


@dataclass(frozen=True)
class Length:
    """`pixels`: at the browser's usual 16 per rem."""

    name: str
    text: str
    pixels: float


def colours() -> dict[str, Colour]:
    found = _COLOUR.findall(SHEET.read_text(encoding="utf-8"))
    return {
        name: Colour(name, light or always, dark or always) for name, light, dark, always in found
    }


def pairs() -> list[Pair]:
    known = colours()
    return [Pair(known[front], known[behind], least) for front, behind, least in PAIRS]


def lengths() -> list[Length]:
    """Sizes of type, spacing and targets, each name once: what a wide screen uses."""
    found: dict[str, Length] = {}
    for name, amount in _LENGTH.findall(SHEET.read_text(encoding="utf-8")):
        found.setdefault(name, Length(name, f"{amount}rem", float(amount) * 16))
    return list(found.values())


def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours in hexadecimal notation."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


def _luminance(colour: str) -> float:
    digits = colour.lstrip("#")
    if len(digits) == 3:
        digits = "".join(digit * 2 for digit in digits)
    red, green, blue = (_linear(int(digits[at : at + 2], 16) / 255) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)
