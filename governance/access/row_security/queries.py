"""Reads audits for their page; row security decides which sources a reader sees."""

from dataclasses import dataclass
from typing import Any

from governance.access.models import RowSecurityAudit, RowSecurityBaseline
from governance.access.row_security.attempts import REFUSED, STATES
from governance.access.row_security.findings import KINDS, drift
from governance.access.row_security.schema import VERBS


@dataclass(frozen=True)
class Page:
    """What is known of one source. `newer` is an audit after `audit` that could not look."""

    audit: RowSecurityAudit | None
    newer: RowSecurityAudit | None
    baseline: RowSecurityBaseline | None

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The matrix, the worst relation first: each with its roles, each with its verbs."""
        if self.audit is None:
            return []
        matrix, changed = self.audit.matrix, self.changed
        relations: dict[str, list[dict[str, Any]]] = {}
        for name in dict.fromkeys(key.split("|")[0] for key in matrix):
            relations[name] = [
                {
                    "role": role,
                    "cells": [
                        {
                            "verb": verb,
                            "state": matrix.get(f"{name}|{role}|{verb}", REFUSED),
                            "was": changed.get(f"{name}|{role}|{verb}"),
                        }
                        for verb in VERBS
                    ],
                }
                for role in self.audit.roles
            ]
        found = [
            {"relation": name, "roles": roles, "worst": _worst(roles)}
            for name, roles in relations.items()
        ]
        return sorted(found, key=lambda row: (-STATES.index(row["worst"]), row["relation"]))

    @property
    def changed(self) -> dict[str, str]:
        """What the approved matrix said of the cells that now say something else."""
        if self.audit is None or self.baseline is None:
            return {}
        before = dict(self.baseline.audit.matrix)
        return {
            f"{one.object}|{one.role}|{one.verb}": before.get(
                f"{one.object}|{one.role}|{one.verb}", ""
            )
            for one in drift(before, dict(self.audit.matrix))
        }

    @property
    def findings(self) -> list[dict[str, Any]]:
        known = [one for one in self.audit.findings if one["code"] in KINDS] if self.audit else []
        return [one | {"label": KINDS[one["code"]][1]} for one in known]


def _worst(roles: list[dict[str, Any]]) -> str:
    states: list[str] = [cell["state"] for role in roles for cell in role["cells"]]
    return max(states, key=STATES.index)


def row_security_of(source: str) -> Page:
    """At most three queries."""
    newest = RowSecurityAudit.objects.filter(source=source).order_by("-audited_at")[:1]
    last = newest[0] if newest else None
    audit = last
    if last is not None and not last.looked:
        audit = (
            RowSecurityAudit.objects.filter(source=source, looked=True)
            .order_by("-audited_at")
            .first()
        )
    baseline = (
        RowSecurityBaseline.objects.filter(source=source)
        .select_related("audit")
        .order_by("-approved_at")
        .first()
    )
    return Page(audit, last if last is not audit else None, baseline)
