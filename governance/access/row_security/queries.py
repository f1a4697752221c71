"""Reads audits for their page; row security decides which sources a reader sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from governance.access.models import RowSecurityAudit, RowSecurityBaseline
from governance.access.row_security.behaviour.attempts import REFUSED, STATES
from governance.access.row_security.findings import KINDS, drift, identity_words
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
        changed, known = self.changed, self.audit.matrix
        names = dict.fromkeys(key.split("|")[0] for key in known)
        relations = {
            name: [_role(role, name, known, changed) for role in self.audit.roles] for name in names
        }
        found = [
            {"relation": name, "roles": roles, "worst": _worst(role["worst"] for role in roles)}
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
        return [
            one | {"label": KINDS[one["code"]][1], "who": identity_words(one["identity"])}
            for one in known
        ]


def _role(
    role: str, relation: str, known: Mapping[str, str], changed: Mapping[str, str]
) -> dict[str, Any]:
    keys = {verb: f"{relation}|{role}|{verb}" for verb in VERBS}
    cells = [
        {"verb": verb, "state": known.get(key, REFUSED), "was": changed.get(key)}
        for verb, key in keys.items()
    ]
    return {
        "role": role,
        "cells": cells,
        "worst": _worst(str(cell["state"]) for cell in cells),
        "changed": any(key in changed for key in keys.values()),
    }


def _worst(states: Iterable[str]) -> str:
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
