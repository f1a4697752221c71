"""What the row-security audit brings: page, nightly run, tables, and what the ledger says of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.access.row_security import baseline
from governance.core.capability import Capability, Field, LedgerAction, MenuEntry, Schedule
from governance.core.identity.roles import Permission
from governance.core.ledger.models import LedgerEntry


def _audit_facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    if known.get("looked") is False:
        return {"found": _("elle n’a pas pu être examinée")}
    found = count if isinstance(count := known.get("found"), int) else 0
    return {"found": ngettext("%(n)s constat", "%(n)s constats", max(found, 1)) % {"n": found}}


# Recorded by the triggers of row_security_audit and row_security_baseline.
ACTIONS = {
    "row_security.audit": LedgerAction(
        _("Examen des droits par ligne"),
        _("%(who)s a examiné les droits par ligne de %(on)s : %(found)s"),
        subject_type="row_security",
        system=baseline.IDENTITY,
    ),
    "row_security.approve": LedgerAction(
        _("Droits par ligne approuvés"),
        _("%(who)s a approuvé l’état des droits par ligne de %(on)s"),
        subject_type="row_security",
        permission=Permission.ADMINISTER,
    ),
}

CAPABILITY = Capability(
    menu=(MenuEntry("row_security", _("Droits par ligne"), group=_("Accès")),),
    urls=("governance.access.row_security.urls",),
    schedules=(
        Schedule(
            key="row-security",
            label=_("Examen des droits par ligne"),
            command=("rls_audit", "--source", "{source}"),
            limit_s=900,
            cron="10 1 * * *",
            per_source=True,
            answers=frozenset({0, 1, 2}),  # what it found, and that it could not look, have alerts
        ),
    ),
    actions=ACTIONS,
    facts={"row_security": _audit_facts},
    fields={
        "looked": Field(_("A pu être examinée")),
        "found": Field(_("Constats")),
        "unsure": Field(_("Non essayés")),
        "audited_at": Field(_("Examinée le")),
        "matrix_sha256": Field(_("Empreinte de la grille")),
    },
    identities={baseline.IDENTITY: _("L’audit des droits par ligne")},
    tables={
        "row_security_audit": ("SELECT", "INSERT"),
        "row_security_baseline": ("SELECT", "INSERT"),
    },
    record=("row_security_audit", "row_security_baseline"),
)
