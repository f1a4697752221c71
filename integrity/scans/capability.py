"""What scans bring: their pages, the two jobs that look, and what is kept of the looking."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.core.capability import (
    READ,
    ROWS,
    Capability,
    Field,
    LedgerAction,
    MenuEntry,
    Panel,
    Schedule,
)
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import number
from integrity.scans import console, heartbeat, kinds, metrics, scan, thinning
from integrity.scans.eyes.view_change import view_change_context


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    opened, closed = (
        count if isinstance(count := known.get(name), int) else 0 for name in ("opened", "closed")
    )
    return {
        "opened": ngettext("%(n)s alerte nouvelle", "%(n)s alertes nouvelles", max(opened, 1))
        % {"n": opened},
        "closed": ngettext("%(n)s close", "%(n)s closes", max(closed, 1)) % {"n": closed},
        "error": known.get("error"),
        "summed": ngettext(
            "%(n)s contrôle sans changement",
            "%(n)s contrôles sans changement",
            known.get("scans") or 1,
        )
        % {"n": number(known.get("scans") or 0)},
    }


# Recorded by the trigger of integrity_scan.
ACTIONS = {
    "scan.complete": LedgerAction(
        _("Contrôle complet"),
        _("Contrôle complet de %(on)s : %(opened)s, %(closed)s"),
        subject_type="scan",
        system=scan.IDENTITY,
    ),
    "scan.failed": LedgerAction(
        _("Contrôle échoué"),
        _("Le contrôle de %(on)s a échoué : %(error)s"),
        subject_type="scan",
        system=scan.IDENTITY,
    ),
    "scan.suspect": LedgerAction(
        _("Contrôle douteux"),
        _("Contrôle douteux de %(on)s : rien n’a été clos"),
        subject_type="scan",
        system=scan.IDENTITY,
    ),
    "scan.summary": LedgerAction(
        _("Contrôles résumés"),
        _("%(summed)s de %(on)s, résumés"),
        subject_type="scan_summary",
        system=thinning.IDENTITY,
    ),
}

CAPABILITY = Capability(
    metrics={"scans": metrics.metrics},
    menu=(
        MenuEntry(
            "scans",
            _("Contrôles"),
            below=("/governance/scans/", "/governance/schedule", "/governance/sources/"),
        ),
    ),
    urls=("integrity.scans.urls",),
    page_warnings=(heartbeat.page_warnings,),
    panels=(Panel("alert", "integrity/_view_change.html", view_change_context),),
    schedules=(
        Schedule(
            key="scan",
            label=_("Contrôle de la source"),
            command=("sync_alerts", "--source", "{source}"),
            limit_s=300,
            per_source=True,
            answers=frozenset({0, 1, 2}),  # failed and suspect scans have alerts of their own
        ),
        Schedule(
            key="heartbeat",
            label=_("Surveillance des contrôles"),
            command=("heartbeat",),
            limit_s=60,
            cron="* * * * *",
            answers=frozenset({0, 1}),  # a stale source has its alert
        ),
        Schedule(
            key="thin",
            label=_("Résumé des contrôles anciens"),
            command=("scans_thin",),
            limit_s=1800,
            cron="20 1 * * *",  # before the chain's end is signed
        ),
    ),
    kinds=(kinds.kinds_on,),
    after_job=(console.job_read,),
    after_verification=(console.ledger_read,),
    actions=ACTIONS,
    facts={"scan": _facts},
    fields={
        "rules": Field(_("Versions des règles")),
        "rows": Field(_("Lignes lues")),
        "per_code": Field(_("Lignes par règle")),
        "quarantined": Field(_("Lignes mises à l’écart")),
        "faults": Field(_("Défauts des lignes")),
        "opened": Field(_("Nouvelles")),
        "reopened": Field(_("Revenues")),
        "lapsed": Field(_("Acquittements caducs")),
        "changed": Field(_("Changées")),
        "closed": Field(_("Closes")),
        "error": Field(_("Erreur")),
        "active": Field(_("Actives avant le contrôle")),
        "absent": Field(_("Absentes du contrôle")),
        "loses_critical": Field(_("Toutes les critiques absentes")),
        "clock_apart_s": Field(_("Avance de l’horloge du serveur (s)")),
        "drift": Field(_("Vue ou lecture inattendue")),
        "readings": Field(_("Règles lues une à une")),
        "position": Field(_("Où en était la source")),
        "stands_since": Field(_("Inchangée depuis, non relue")),
        "disputed": Field(_("Autrement lu sans que la source ait bougé")),
        "held": Field(_("Absentes, laissées ouvertes")),
        "view_hash": Field(_("Empreinte de la vue")),
        "number": Field(_("Numéro")),
        "evidence_hash": Field(_("Empreinte de ce que la vue lit")),
        "day": Field(_("Journée (UTC)")),
        "scans": Field(_("Contrôles résumés")),
        "first_number": Field(_("Premier numéro")),
        "last_number": Field(_("Dernier numéro")),
        "first_at": Field(_("Début du premier")),
        "last_at": Field(_("Fin du dernier")),
        "kept": Field(_("Numéros dont la ligne reste")),
        "rows_hash": Field(_("Empreinte des contrôles résumés")),
        "started_at": Field(_("Début")),
        "finished_at": Field(_("Fin")),
    },
    identities={
        scan.IDENTITY: _("Le contrôle automatique"),
        "heartbeat": _("La surveillance des contrôles"),
        thinning.IDENTITY: _("Le résumé des contrôles"),
    },
    tables={
        "integrity_scan": ("SELECT", "INSERT"),
        "scan_summary": ("SELECT", "INSERT"),
        "integrity_view_definition": ("SELECT", "INSERT"),
        "live_look": ("SELECT", "INSERT", "DELETE"),
        "watched_source": ROWS,
        "v_integrity_checks": READ,  # the console's own
    },
    record=("integrity_scan", "integrity_view_definition", "scan_summary"),
    functions=("scans_quiet",),
    owner_alone=("integrity_scan_number_seq",),  # the number of a scan is a trigger's
)
