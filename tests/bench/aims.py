"""What the console is to reach, agreed before it was measured; the one place where an aim has a number."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Aim:
    """`bound` in `unit`, to be reached at most, or at least where `at_least`."""

    key: str
    what: str
    bound: float
    unit: str
    at_least: bool = False

    def is_met(self, reached: float) -> bool:
        return reached >= self.bound if self.at_least else reached <= self.bound

    def worst(self, reached: list[float]) -> float:
        return min(reached) if self.at_least else max(reached)

    def __str__(self) -> str:
        return f"{'≥' if self.at_least else '≤'} {number(self.bound)} {self.unit}".rstrip()


AIMS = {
    aim.key: aim
    for aim in (
        Aim(
            "peer list",
            "integrity page, 200 rows, 8 clients: requests/s of Alerta's list",
            10,
            "×",
            at_least=True,
        ),
        Aim("floor", "integrity page, 200 rows, against the floor", 4, "× floor"),
        Aim("peer ack 10 000", "acknowledge at 10 000 stored: time of Alerta's", 1 / 5, "×"),
        Aim("peer ack 50 000", "acknowledge at 50 000 stored: time of Alerta's", 1 / 15, "×"),
        Aim("growth", "any page or action, from the smallest to the largest", 1.2, "× smallest"),
        Aim("opens", "scan that opens 100 000, alerts and ledger", 20_000, "/s", at_least=True),
        Aim("same", "scan that changes nothing, 100 000", 100_000, "/s", at_least=True),
        Aim("room", "table after a scan that changes nothing, against before", 1, "× before"),
        Aim("view", "the view, 5 V1 rules, against single queries made by hand", 1.5, "× by hand"),
        Aim("unchanged", "re-check of a source that has not moved", 50, "ms"),
        Aim("rules", "all twelve rules of a depot at one go", 20, "s"),
        Aim("verification", "ledger verification", 200_000, "entries/s", at_least=True),
        Aim("shift", "layout shift of any page while it loads", 0, ""),
        Aim("weight", "any page with all its files, compressed", 120, "KiB"),
        Aim("memory", "memory of a web worker after the run", 130, "MB"),
    )
}


def number(value: float) -> str:
    """Three digits that matter, more of a ratio near one; thousands apart."""
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.3g}" if abs(value - 1) > 0.005 else f"{value:.4f}"
