"""What alerts bring: what their life reads like in the history, their tables and functions."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alerts import marks, metrics
from alerts.models import Cause, ClosedBecause, Decision, Severity, Status
from governance.core.capability import (
    OWNER_ALONE,
    READ,
    Capability,
    Field,
    LedgerAction,
    Schedule,
)
from governance.core.ledger import record
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import duration, moment, number, quantity

REPLAYED = "ledger.replay"  # noted by sql/restore.sql


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    person, cause = known.get("assignee"), known.get("resolution_cause")
    return {
        "episode": known.get("episode"),
        "until": _day(known.get("accepted_until") or known.get("contradicted_until")),
        "decided": _in_words(Decision, known.get("contradicted_decision")),
        "by": names.get(str(known.get("contradicted_by"))),
        "after": _between(known.get("contradicted_resolved_at"), known.get("contradicted_at")),
        "decision": _in_words(Decision, known.get("resolution_decision")),
        "cause": _in_words(Cause, cause) or _in_words(ClosedBecause, cause),
        "person": person and (names.get(str(person)) or gettext("compte inconnu")),
        "proposer": names.get(str((entry.before or {}).get("acceptance_proposed_by"))),
        "seen": _alerts(known["seen"]) if "seen" in known else "",
    }


def _assigned(entry: LedgerEntry) -> str:
    person = entry.values.get("assignee")
    if person is None:
        return gettext("%(who)s ne confie plus « %(what)s » à personne")
    if person == entry.actor:
        return gettext("%(who)s a pris en charge « %(what)s »")
    return gettext("%(who)s a confié « %(what)s » à %(person)s")


def _resolved(entry: LedgerEntry) -> str:
    if "resolution_decision" not in (entry.after or {}):
        # The second of two people: decision, cause and day stand in the proposal, and did not change.
        return gettext("%(who)s a confirmé l’acceptation de « %(what)s »")
    return gettext("%(who)s a résolu « %(what)s » : %(decision)s, %(cause)s")


def _taken_back(entry: LedgerEntry) -> str:
    proposer = (entry.before or {}).get("acceptance_proposed_by")
    if proposer is None:
        return gettext("%(who)s a retiré l’acquittement de « %(what)s »")
    if proposer == entry.actor:
        return gettext("%(who)s a retiré sa proposition d’accepter « %(what)s »")
    return gettext("%(who)s a refusé d’accepter « %(what)s », comme %(proposer)s le proposait")


def _in_words(choices: Any, value: Any) -> str:
    try:
        return str(choices(value).label).lower() if value else ""
    except ValueError:  # of an older release
        return ""


def _day(value: Any) -> str:
    day = parse_date(value) if isinstance(value, str) else None
    return quantity(day) if day else ""


def _between(since: Any, until: Any) -> str:
    """How long it took from one instant of the ledger to another; empty where one is missing."""
    try:
        lasted = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    except (TypeError, ValueError, OverflowError):
        return ""
    return duration(max(lasted, timedelta(0)))


def _alerts(count: Any) -> str:
    n = count if isinstance(count, int) else 0
    return ngettext("%(n)s alerte", "%(n)s alertes", max(n, 1)) % {"n": number(n)}


ACTIONS = {
    "alert.open": LedgerAction(_("Constat"), _("%(who)s a constaté « %(what)s »")),
    "alert.reopen": LedgerAction(
        _("Nouvel épisode"), _("%(who)s a constaté de nouveau « %(what)s » : épisode %(episode)s")
    ),
    "alert.contradict": LedgerAction(
        _("Décision contredite par un contrôle"),
        _(
            "%(who)s trouve toujours « %(what)s » : revenue %(after)s après « %(decided)s » par %(by)s"
        ),
    ),
    "alert.resume": LedgerAction(
        _("Retour à l’échéance"),
        _(
            "%(who)s trouve toujours « %(what)s » : « %(decided)s » par %(by)s valait jusqu’au %(until)s"
        ),
    ),
    "alert.confirm": LedgerAction(
        _("Résolution confirmée par un contrôle"),
        _("%(who)s ne trouve plus « %(what)s » : la résolution est confirmée"),
    ),
    "alert.withdraw.ack": LedgerAction(_("Acquittement ou proposition retirés"), _taken_back),
    "alert.withdraw.resolve": LedgerAction(
        _("Résolution rouverte"), _("%(who)s a rouvert « %(what)s », qui était résolue")
    ),
    "alert.change": LedgerAction(
        _("Changement constaté"), _("%(who)s a relevé un changement : « %(what)s »")
    ),
    "alert.seen": LedgerAction(
        _("Revue sans changement"), _("%(who)s a revu sans changement %(seen)s sur %(on)s")
    ),
    "alert.ack": LedgerAction(_("Acquittement"), _("%(who)s a acquitté « %(what)s »")),
    "alert.lapse.severity": LedgerAction(
        _("Acquittement caduc : aggravation"),
        _("L’acquittement de « %(what)s » est caduc : l’anomalie s’est aggravée"),
    ),
    "alert.lapse.payload": LedgerAction(
        _("Acquittement caduc : valeurs changées"),
        _("L’acquittement de « %(what)s » est caduc : les valeurs acquittées ont changé"),
    ),
    "alert.propose": LedgerAction(
        _("Acceptation proposée"),
        _(
            "%(who)s propose d’accepter « %(what)s » jusqu’au %(until)s ; une deuxième personne décidera"
        ),
    ),
    "alert.resolve": LedgerAction(_("Résolution"), _resolved),
    "alert.close": LedgerAction(
        _("Clôture par un contrôle"), _("%(who)s a clos « %(what)s » : %(cause)s")
    ),
    "alert.assign": LedgerAction(_("Prise en charge"), _assigned),
    "alert.comment": LedgerAction(_("Commentaire"), _("%(who)s a commenté « %(what)s »")),
    REPLAYED: LedgerAction(
        _("Alertes rendues par le registre"),
        _("%(who)s a rendu la table des alertes d’après le registre"),
        subject_type="ledger",
        system=record.IDENTITY,
    ),
}

CAPABILITY = Capability(
    metrics={"alerts": metrics.metrics},
    schedules=(
        Schedule(
            key="mark",
            label=_("Repères de ce qui était ouvert"),
            command=("alerts_mark",),
            limit_s=1800,
            cron="10 * * * *",
        ),
    ),
    identities={marks.IDENTITY: _("Les repères du passé")},
    derived=(marks.marks_check,),
    actions=ACTIONS,
    facts={"alert": _facts},
    fields={
        "check_code": Field(_("Règle")),
        "severity": Field(_("Gravité"), choices=dict(Severity.choices)),
        "entity_type": Field(_("Type d’entité")),
        "entity_id": Field(_("Identifiant")),
        "message": Field(_("Message")),
        "payload": Field(_("Valeurs constatées")),
        "occurrences": Field(_("Occurrences")),
        "status": Field(_("État"), choices=dict(Status.choices)),
        "episode": Field(_("Épisode")),
        "first_detected_at": Field(_("Premier constat")),
        "last_detected_at": Field(_("Dernier constat")),
        "acknowledged_at": Field(_("Acquittée le")),
        "acknowledged_by": Field(_("Acquittée par"), is_person=True),
        "acknowledged_severity": Field(_("Gravité acquittée"), choices=dict(Severity.choices)),
        "acknowledgement_note": Field(_("Note d’acquittement"), is_note=True),
        "resolved_at": Field(_("Résolue le")),
        "resolved_by": Field(_("Résolue par"), is_person=True),
        "resolution_cause": Field(
            _("Cause"), choices=dict([*Cause.choices, *ClosedBecause.choices])
        ),
        "resolution_decision": Field(_("Décision"), choices=dict(Decision.choices)),
        "resolution_note": Field(_("Note de résolution"), is_note=True),
        "accepted_until": Field(_("Attend jusqu’au")),
        "dated_by_data": Field(_("Début dit par les données")),
        "absent_at": Field(_("Absente d’un contrôle complet")),
        "reopening_note": Field(_("Note de réouverture"), is_note=True),
        "contradicted_decision": Field(_("Décision contredite"), choices=dict(Decision.choices)),
        "contradicted_by": Field(_("Décidée par"), is_person=True),
        "contradicted_resolved_at": Field(_("Décidée le")),
        "contradicted_until": Field(_("Décidée jusqu’au")),
        "delegated_by": Field(_("Par délégation de"), is_person=True),
        "delegated_until": Field(_("Délégation jusqu’au"), write=moment),
        "rule_version": Field(_("Version de la règle")),
        "acceptance_proposed_by": Field(_("Acceptation proposée par"), is_person=True),
        "acceptance_proposed_at": Field(_("Acceptation proposée le")),
        "assignee": Field(_("Prise en charge par"), is_person=True),
        "body": Field(_("Commentaire"), is_note=True),
        "seen": Field(_("Revues")),
        "except": Field(_("Sauf")),
        "alerts": Field(_("Alertes")),
        "comments": Field(_("Commentaires")),
        # Bookkeeping that says nothing that the other values do not say.
        **dict.fromkeys(
            ("material", "acknowledged_material", "episode_at", "first_acknowledged_at"),
            Field(is_shown=False),
        ),
        **dict.fromkeys(("contradicted_at", "acceptance_proposed_for"), Field(is_shown=False)),
    },
    tables={
        "system_alerts": ("SELECT", "INSERT", "UPDATE"),
        "alert_comment": ("SELECT", "INSERT"),
        "alert_tally": READ,
        "alert_flow": READ,
        "alert_mark": READ,
        "alert_moved": OWNER_ALONE,
        "alert_seen": OWNER_ALONE,
        "alert_as_of": READ,
        "alert_active_as_of": READ,
    },
    record=("system_alerts", "alert_comment"),
    functions=(
        "alert_severity_rank",
        "alert_jsonb_or_null",
        "alert_material",
        "alert_search_text",
        "alert_assignable",
        "system_alerts_changed_by_machine",
        "system_alerts_changed_by_person",
        "alert_concerns",
        "alert_lasted",
        "alert_settle",
        "alert_free",
        "alert_merge",
        "alert_state_at",
        "alert_active_at",
        "alert_stood_at",
        "alert_mark_next",
        "alert_dated_at",
        "alert_one_at",
        "alert_put_together",
        "alert_episode",
        "alert_episode_rule",
    ),
    owner_alone=("alert_sighting", "alert_count", "alert_see"),
)
