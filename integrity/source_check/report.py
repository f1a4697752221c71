"""Owns the form of a report: checks with a state each, and the verdict that they add up to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _


class State(StrEnum):
    OK = "ok"
    NOTE = "note"  # to know; changes no verdict
    REMARK = "remark"  # works, but somebody should look at it
    FAILURE = "failure"  # the console cannot read this database as it is


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. `todo`: what to do about it, SQL or a command where there is one."""

    key: str
    state: State
    said: str
    facts: dict[str, Any] = field(default_factory=dict)
    todo: tuple[str, ...] = ()


@dataclass
class Report:
    """What was found about one database; `target` names it without its password."""

    target: dict[str, str]
    checks: list[Check] = field(default_factory=list)

    def add(self, key: str, state: State, said: str, *todo: str, **facts: Any) -> None:
        self.checks.append(Check(key, state, said, facts, todo))

    def fact(self, key: str, name: str) -> Any:
        """A fact of a check that was made; None where it was not."""
        return next((one.facts.get(name) for one in self.checks if one.key == key), None)

    @property
    def exit_code(self) -> int:
        """0: ready; 1: the console cannot read it as it is; 2: usable, with remarks."""
        states = {check.state for check in self.checks}
        if State.FAILURE in states:
            return 1
        return 2 if State.REMARK in states else 0

    @property
    def verdict(self) -> str:
        return {0: "ready", 1: "unusable", 2: "usable"}[self.exit_code]

    def as_json(self) -> dict[str, Any]:
        return {
            "target": self.target,
            "verdict": self.verdict,
            "exit_code": self.exit_code,
            "checks": [
                {
                    "key": check.key,
                    "state": check.state.value,
                    "said": check.said,
                    "facts": _plain(check.facts),
                    "todo": list(check.todo),
                }
                for check in self.checks
            ],
        }

    def lines(self) -> list[str]:
        """The report for people, in French."""
        words = {
            State.OK: _("bon"),
            State.NOTE: _("note"),
            State.REMARK: _("à voir"),
            State.FAILURE: _("échec"),
        }
        names = {"source": _("source"), "database": _("base"), "host": _("hôte"), "role": _("rôle")}
        named = [f"{names[key]} {value}" for key, value in self.target.items() if value]
        lines = [", ".join(named), ""]
        for check in self.checks:
            lines.append(f"[{words[check.state]:^6}] {check.said}")
            lines += [f"{'':9}→ {todo}" for todo in check.todo]
        verdicts = {
            0: _("Prête : la console peut lire cette source."),
            1: _("Inutilisable en l’état : voir les échecs ci-dessus."),
            2: _("Utilisable, avec des points à voir."),
        }
        return [*lines, "", verdicts[self.exit_code]]


def _plain(value: Any) -> Any:
    """As JSON can have it: a source without an encoding gives names as bytes."""
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, Mapping):
        return {_plain(name): _plain(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    return value
