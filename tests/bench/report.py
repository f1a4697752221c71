"""Collects the figures of a run, prints them with the aims beside them, and writes them as JSON."""

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from pathlib import Path

from tests.bench.aims import AIMS, number

HEAD = ("what", "clients", "stored", "figure", "per s", "× floor", "growth", "aims")
FORM = "{:<48} {:>7} {:>15} {:>15} {:>9} {:>7} {:>6}  {}"


@dataclass
class Figure:
    """One measurement: `value` in `unit`. `aims`: what was reached, under the key of each aim it is held to.

    `stored` says at which size; `floor` is the ratio to the floor, `growth` to the smallest size.
    """

    what: str
    value: float
    unit: str
    clients: int | None = None
    stored: str = ""
    per_second: float | None = None
    floor: float | None = None
    growth: float | None = None
    aims: dict[str, float] = field(default_factory=dict)


class Report:
    """The figures of one run of one command, in sections."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.sections: dict[str, list[Figure]] = {}
        self.remarks: list[str] = []

    def add(self, section: str, *figures: Figure) -> None:
        """Keep figures, and print them at once: a run that breaks off has shown what it had."""
        if section not in self.sections:
            print(f"\n{section}\n{FORM.format(*HEAD)}".rstrip())
        self.sections.setdefault(section, []).extend(figures)
        for figure in figures:
            print(_line(figure), flush=True)

    def remark(self, text: str) -> None:
        """A sentence that belongs to the figures."""
        self.remarks.append(text)
        print(f"  {text}", flush=True)

    def reached(self) -> dict[str, float]:
        """The worst that was reached of each aim that this run measured."""
        found: dict[str, list[float]] = {}
        for figures in self.sections.values():
            for figure in figures:
                for key, value in figure.aims.items():
                    found.setdefault(key, []).append(value)
        return {key: AIMS[key].worst(values) for key, values in found.items()}

    def close(self, folder: Path) -> None:
        """Print the aims and write `<name>.json` into the folder."""
        reached = self.reached()
        print(f"\n{'aim':<66} {'wanted':>18} {'worst reached':>14}")
        for key, aim in AIMS.items():
            if key in reached:
                verdict = "met" if aim.is_met(reached[key]) else "missed"
                print(f"{aim.what:<66} {aim!s:>18} {number(reached[key]):>14}  {verdict}")
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{self.name}.json"
        target.write_text(json.dumps(self._as_json(reached), indent=1, ensure_ascii=False) + "\n")
        print(f"\n{machine()}. Written to {target}", flush=True)

    def _as_json(self, reached: dict[str, float]) -> dict[str, object]:
        return {
            "machine": machine(),
            "size": os.environ.get("BENCH_SIZE", ""),
            "sections": {
                name: [asdict(figure) for figure in figures]
                for name, figures in self.sections.items()
            },
            "remarks": self.remarks,
            "aims": {
                key: {
                    "what": AIMS[key].what,
                    "wanted": str(AIMS[key]),
                    "reached": value,
                    "met": AIMS[key].is_met(value),
                }
                for key, value in reached.items()
            },
        }


def machine() -> str:
    """What the figures were taken on, and how busy it was."""
    load = os.getloadavg()[1]
    return (
        f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()},"
        f" load of the last five minutes {load:.1f}"
    )


def _line(figure: Figure) -> str:
    aims = ", ".join(
        f"{AIMS[key]}: {number(value)} {'met' if AIMS[key].is_met(value) else 'MISSED'}"
        for key, value in figure.aims.items()
    )
    return FORM.format(
        figure.what,
        figure.clients or "",
        figure.stored,
        f"{number(figure.value)} {figure.unit}",
        "" if figure.per_second is None else number(figure.per_second),
        "" if figure.floor is None else f"{figure.floor:.2f}",
        "" if figure.growth is None else f"{figure.growth:.2f}",
        aims,
    ).rstrip()
