"""Keeps audits and what a person approved of them, and compares; knows how to read no other database."""

import hashlib
import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from governance.access.models import RowSecurityAudit, RowSecurityBaseline
from governance.access.row_security.behaviour.attempts import UNSURE
from governance.access.row_security.findings import LEAK, Finding, Report, Unknown, drift
from governance.core.identity.acting import acting_as_system

IDENTITY = "rls_audit"


class NothingToApprove(LookupError):
    """No such audit of a source that this person administers, or one that could not look."""


def audit_keep(*, source: str, report: Report, at: datetime | None = None) -> RowSecurityAudit:
    """Keep what an audit of a source said, compared with what was approved; gives the row.

    A leak that could not be tried again is still there until a try shows otherwise.
    """
    with acting_as_system(IDENTITY):
        before = audit_last(source)
        approved = (
            RowSecurityBaseline.objects.filter(source=source).order_by("-approved_at").first()
        )
        if approved:
            report.findings += drift(dict(approved.audit.matrix), report.matrix)
        kept = _joined(report.open) + [one.as_json() for one in report.findings if one.excused]
        if before:
            kept += [
                one
                for one in before.findings
                if one["code"] == LEAK
                and report.matrix.get(f"{one['object']}|{one['role']}|{one['verb']}") == UNSURE
            ]
        return RowSecurityAudit.objects.create(
            source=source,
            audited_at=at or timezone.now(),
            looked=True,
            findings=kept,
            unknowns=[one.as_json() for one in report.unknowns],
            matrix=report.matrix,
            roles=report.roles,
            found=sum(not one["excused"] for one in kept),
            unsure=sum(not one.excused for one in report.unknowns),
            matrix_sha256=matrix_sha256(report.matrix),
        )


def blindness_keep(*, source: str, reason: str) -> None:
    """Keep that nothing could be looked at: what the audits before found stays found."""
    with acting_as_system(IDENTITY):
        RowSecurityAudit.objects.create(
            source=source,
            audited_at=timezone.now(),
            looked=False,
            unknowns=[Unknown("", reason).as_json()],
            found=0,
            unsure=1,
            matrix_sha256="",
        )


def baseline_approve(*, source: str, audit_id: UUID, note: str) -> None:
    """The acting person answers for what this audit says. Raises NothingToApprove."""
    audit = RowSecurityAudit.objects.filter(pk=audit_id, source=source, looked=True).first()
    if audit is None:
        raise NothingToApprove
    RowSecurityBaseline.objects.create(source=source, audit=audit, note=note)


def audit_last(source: str) -> RowSecurityAudit | None:
    """The last audit of a source that looked."""
    return (
        RowSecurityAudit.objects.filter(source=source, looked=True).order_by("-audited_at").first()
    )


def matrix_sha256(matrix: dict[str, str]) -> str:
    return hashlib.sha256(json.dumps(matrix, sort_keys=True).encode()).hexdigest()


def _joined(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    """One entry for each name, object, role and verb, with every identity that met it."""
    found: dict[tuple[str, ...], dict[str, Any]] = {}
    for one in findings:
        entry = one.as_json()
        known = found.setdefault((one.code, one.object, one.role, one.verb), entry)
        if known is not entry:
            known["identity"] = ", ".join(
                dict.fromkeys([*known["identity"].split(", "), one.identity])
            )
            known["count"] = max(known["count"], one.count)
    return list(found.values())
