"""Ledger entries as sentences that a director reads aloud; reads nothing, names come from the caller."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from alerts.models import Cause, ClosedBecause, Decision
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from governance.core.ledger.verify import Fault
from governance.core.web.templatetags.ui import duration, number, quantity, until
from governance.history.values import instant_text
from integrity.proofs.models import RuleProof

# What can happen, as a heading and in the filter. A later part's action may be missing: it then shows
# under its own name, never not at all.
ACTIONS: dict[str, Promise] = {
    "alert.open": _lazy("Constat"),
    "alert.reopen": _lazy("Nouvel épisode"),
    "alert.contradict": _lazy("Décision contredite par un contrôle"),
    "alert.resume": _lazy("Retour à l’échéance"),
    "alert.confirm": _lazy("Résolution confirmée par un contrôle"),
    "alert.withdraw.ack": _lazy("Acquittement retiré"),
    "alert.withdraw.resolve": _lazy("Résolution rouverte"),
    "alert.change": _lazy("Changement constaté"),
    "alert.seen": _lazy("Revue sans changement"),
    "alert.ack": _lazy("Acquittement"),
    "alert.lapse.severity": _lazy("Acquittement caduc : aggravation"),
    "alert.lapse.payload": _lazy("Acquittement caduc : valeurs changées"),
    "alert.propose": _lazy("Acceptation proposée"),
    "alert.resolve": _lazy("Résolution"),
    "alert.close": _lazy("Clôture par un contrôle"),
    "alert.assign": _lazy("Prise en charge"),
    "alert.comment": _lazy("Commentaire"),
    "scan.complete": _lazy("Contrôle complet"),
    "scan.failed": _lazy("Contrôle échoué"),
    "scan.suspect": _lazy("Contrôle douteux"),
    "rule.prove": _lazy("Épreuve d’une règle"),
    "view.install": _lazy("Vue des contrôles installée"),
    "user.create": _lazy("Compte créé"),
    "user.change": _lazy("Compte modifié"),
    "user.password": _lazy("Mot de passe changé"),
    "user.delete": _lazy("Compte supprimé"),
    "role.grant": _lazy("Rôle donné"),
    "role.change": _lazy("Rôle changé"),
    "role.revoke": _lazy("Rôle retiré"),
    "delegation.grant": _lazy("Délégation accordée"),
    "delegation.change": _lazy("Délégation modifiée"),
    "delegation.revoke": _lazy("Délégation retirée"),
    "export.csv": _lazy("Export CSV"),
    "export.jsonl": _lazy("Export JSON"),
    "ledger.verify": _lazy("Vérification du registre"),
    "ledger.checkpoint": _lazy("Point de contrôle signé"),
    "ledger.replay": _lazy("Alertes rendues par le registre"),
}

_SENTENCES: dict[str, Promise] = {
    "alert.open": _lazy("%(who)s a constaté « %(what)s »"),
    "alert.reopen": _lazy("%(who)s a constaté de nouveau « %(what)s » : épisode %(episode)s"),
    "alert.contradict": _lazy(
        "%(who)s trouve toujours « %(what)s » : revenue %(after)s après « %(decided)s » par %(by)s"
    ),
    "alert.resume": _lazy(
        "%(who)s trouve toujours « %(what)s » : « %(decided)s » par %(by)s valait jusqu’au %(until)s"
    ),
    "alert.confirm": _lazy("%(who)s ne trouve plus « %(what)s » : la résolution est confirmée"),
    "alert.withdraw.ack": _lazy("%(who)s a retiré l’acquittement de « %(what)s »"),
    "alert.withdraw.resolve": _lazy("%(who)s a rouvert « %(what)s », qui était résolue"),
    "alert.change": _lazy("%(who)s a relevé un changement : « %(what)s »"),
    "alert.seen": _lazy("%(who)s a revu sans changement %(seen)s sur %(on)s"),
    "alert.ack": _lazy("%(who)s a acquitté « %(what)s »"),
    "alert.lapse.severity": _lazy(
        "L’acquittement de « %(what)s » est caduc : l’anomalie s’est aggravée"
    ),
    "alert.lapse.payload": _lazy(
        "L’acquittement de « %(what)s » est caduc : les valeurs acquittées ont changé"
    ),
    "alert.propose": _lazy(
        "%(who)s propose d’accepter « %(what)s » jusqu’au %(until)s ; une deuxième personne décidera"
    ),
    "alert.resolve": _lazy("%(who)s a résolu « %(what)s » : %(decision)s, %(cause)s"),
    "alert.close": _lazy("%(who)s a clos « %(what)s » : %(cause)s"),
    "alert.comment": _lazy("%(who)s a commenté « %(what)s »"),
    "scan.complete": _lazy("Contrôle complet de %(on)s : %(opened)s, %(closed)s"),
    "scan.failed": _lazy("Le contrôle de %(on)s a échoué : %(error)s"),
    "scan.suspect": _lazy("Contrôle douteux de %(on)s : rien n’a été clos"),
    "rule.prove": _lazy("%(who)s a éprouvé la règle %(what)s sur %(on)s : %(verdict)s"),
    "view.install": _lazy("%(who)s a installé une vue des contrôles"),
    "user.create": _lazy("%(who)s a créé le compte de %(what)s"),
    "user.change": _lazy("%(who)s a modifié le compte de %(what)s"),
    "user.password": _lazy("%(who)s a changé le mot de passe de %(what)s"),
    "user.delete": _lazy("%(who)s a supprimé le compte de %(what)s"),
    "role.grant": _lazy("%(who)s a donné à %(what)s le rôle « %(role)s » sur %(on)s"),
    "role.change": _lazy("%(who)s a changé le rôle de %(what)s sur %(on)s : « %(role)s »"),
    "role.revoke": _lazy("%(who)s a retiré à %(what)s le rôle « %(role)s » sur %(on)s"),
    "delegation.grant": _lazy("%(who)s a délégué à %(holder)s le droit d’agir sur %(on)s"),
    "delegation.change": _lazy("%(who)s a modifié une délégation sur %(on)s"),
    "delegation.revoke": _lazy("%(who)s a retiré à %(holder)s le droit d’agir sur %(on)s"),
    "export.csv": _lazy("%(who)s a exporté l’historique vers un tableur"),
    "export.jsonl": _lazy("%(who)s a exporté l’historique pour vérification"),
    "ledger.replay": _lazy("%(who)s a rendu la table des alertes d’après le registre"),
    "ledger.checkpoint": _lazy("%(who)s a signé le point de contrôle n° %(seq)s"),
}

SYSTEMS = {
    "scan": _lazy("Le contrôle automatique"),
    "verify": _lazy("La vérification automatique"),
    "checkpoint": _lazy("Le signataire du registre"),
    "proofs": _lazy("L’épreuve automatique"),
    "heartbeat": _lazy("La surveillance des contrôles"),
    "install": _lazy("L’installation"),
    "demo": _lazy("La démonstration"),
    "accounts": _lazy("La connexion"),
    "migrate": _lazy("La mise à jour"),
    "export": _lazy("L’export de l’historique"),
    "health": _lazy("La sonde de santé"),
    "schedule": _lazy("La planification"),
    "source_check": _lazy("L’examen d’une source"),
}


def action_label(action: str) -> str:
    return str(ACTIONS.get(action, action))


def system_name(name: str) -> str:
    """What one of the machine's identities is called."""
    known = SYSTEMS.get(name)
    return str(known) if known else _("La console (%(name)s)") % {"name": name}


def actor_name(actor: str, names: Mapping[str, str]) -> str:
    """Who did it: the person's name, or the machine's."""
    kind, _colon, name = actor.partition(":")
    if kind == "system" and name:
        return system_name(name)
    return names.get(actor) or _("compte inconnu")


def role_label(role: str) -> str:
    """The role in words; empty for the machine, which holds none."""
    return str(Role(role).label) if role in Role.values else ""


def sentence(entry: LedgerEntry, *, what: str, names: Mapping[str, str]) -> str:
    """One line. `what` is the alert's message at that moment, or the name of a person concerned."""
    # A quotation mark never stands alone at the end or the start of a line.
    loan = by_loan(entry, names)
    said = _said(entry, what, names) + (f" ({loan})" if loan else "")
    return said.replace("« ", "«\u00a0").replace(" »", "\u00a0»")


def by_loan(entry: LedgerEntry, names: Mapping[str, str]) -> str:
    """By whose right a delegate acted and until when; empty for everybody else."""
    said = entry.after or {}
    if not said.get("delegated_by"):
        return ""
    # The words of alerts.presentation.loan_words, of an instant that stands in the entry.
    return _("par délégation de %(who)s jusqu’au %(until)s") % {
        "who": names.get(str(said["delegated_by"])) or _("compte inconnu"),
        "until": instant_text(str(said.get("delegated_until") or "")),
    }


def _said(entry: LedgerEntry, what: str, names: Mapping[str, str]) -> str:
    who = actor_name(entry.actor, names)
    special = _SPECIAL.get(entry.action)
    if special:
        return special(entry, who, what, names)
    template = _SENTENCES.get(entry.action)
    if template is None:
        return _("%(who)s : %(action)s (%(type)s %(id)s)") % {
            "who": who,
            "action": entry.action,
            "type": entry.subject_type,
            "id": entry.subject_id,
        }
    # Entries of several ages meet here, so a fact may be missing from any of them.
    return str(template) % _Facts(_facts(entry, names) | {"who": who, "what": what})


class _Facts(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, str]:
    known = {**(entry.before or {}), **(entry.after or {})}
    cause = known.get("resolution_cause")
    facts = {
        "on": entry.source or _("toute la console"),
        "episode": known.get("episode"),
        "until": _day(known.get("accepted_until") or known.get("contradicted_until")),
        "decided": _choice(Decision, known.get("contradicted_decision")),
        "by": names.get(str(known.get("contradicted_by"))),
        "after": _between(known.get("contradicted_resolved_at"), known.get("contradicted_at")),
        "decision": _choice(Decision, known.get("resolution_decision")),
        "cause": _choice(Cause, cause) or _choice(ClosedBecause, cause),
        "error": known.get("error"),
        "role": role_label(str(known.get("role") or "")),
        "holder": known.get("username") or names.get(str(known.get("holder"))),
        "seq": known.get("seq"),
        "verdict": _choice(RuleProof.Verdict, known.get("verdict")),
    }
    if "seen" in known:
        facts["seen"] = _alerts(known["seen"])
    if entry.subject_type == "scan":
        opened, closed = _int(known.get("opened")), _int(known.get("closed"))
        facts["opened"] = ngettext(
            "%(n)s alerte nouvelle", "%(n)s alertes nouvelles", max(opened, 1)
        ) % {"n": opened}
        facts["closed"] = ngettext("%(n)s close", "%(n)s closes", max(closed, 1)) % {"n": closed}
    return {key: str(value) for key, value in facts.items() if value}


def _assigned(entry: LedgerEntry, who: str, what: str, names: Mapping[str, str]) -> str:
    person = (entry.after or {}).get("assignee")
    facts = {"who": who, "what": what, "person": names.get(str(person), _("compte inconnu"))}
    if person is None:
        return _("%(who)s ne confie plus « %(what)s » à personne") % facts
    if person == entry.actor:
        return _("%(who)s a pris en charge « %(what)s »") % facts
    return _("%(who)s a confié « %(what)s » à %(person)s") % facts


def _resolved(entry: LedgerEntry, who: str, what: str, names: Mapping[str, str]) -> str:
    if "resolution_decision" not in (entry.after or {}):
        # The second of two people: decision, cause and day stand in the proposal, and did not change.
        return _("%(who)s a confirmé l’acceptation de « %(what)s »") % {"who": who, "what": what}
    facts = _Facts(_facts(entry, names) | {"who": who, "what": what})
    return str(_SENTENCES[entry.action]) % facts


def _verified(entry: LedgerEntry, who: str, what: str, names: Mapping[str, str]) -> str:
    found = entry.after or {}
    facts = {"who": who, "bad": found.get("first_bad"), "n": number(found.get("entries"))}
    facts["fault"] = Fault.DEFINITION.label
    is_definition = found.get("fault") == Fault.DEFINITION
    if "asked_by" in found:
        facts["who"] = actor_name(found["asked_by"], names)
        if is_definition:
            return _("%(who)s a fait vérifier le registre : ROMPU, %(fault)s") % facts
        if found.get("first_bad") is not None:
            return _("%(who)s a fait vérifier le registre : ROMPU à l’entrée n° %(bad)s") % facts
        return _("%(who)s a fait vérifier le registre : intact, %(n)s entrées") % facts
    if is_definition:
        return _("%(who)s a vérifié le registre : ROMPU, %(fault)s") % facts
    if found.get("first_bad") is not None:
        return _("%(who)s a vérifié le registre : ROMPU à l’entrée n° %(bad)s") % facts
    return _("%(who)s a vérifié le registre : intact, %(n)s entrées") % facts


_SPECIAL: dict[str, Callable[[LedgerEntry, str, str, Mapping[str, str]], str]] = {
    "alert.assign": _assigned,
    "alert.resolve": _resolved,
    "ledger.verify": _verified,
}


def note_of(entry: LedgerEntry) -> str:
    """What the person wrote, or why the machine did it; empty when there is nothing to read."""
    said = entry.after or {}
    for key in ("body", "reopening_note", "acknowledgement_note", "resolution_note"):
        if said.get(key):
            return str(said[key])
    if entry.action == "delegation.grant" and said.get("ends_at"):
        return _("Jusqu’au %(at)s.") % {"at": instant_text(said["ends_at"], write=until)}
    return ""


def _between(since: Any, until: Any) -> str:
    """How long it took from one instant of the ledger to another; empty where one is missing."""
    try:
        lasted = datetime.fromisoformat(until) - datetime.fromisoformat(since)
    except (TypeError, ValueError, OverflowError):
        return ""
    return duration(max(lasted, timedelta(0)))


def _alerts(count: Any) -> str:
    n = _int(count)
    return ngettext("%(n)s alerte", "%(n)s alertes", max(n, 1)) % {"n": number(n)}


def _int(value: Any) -> int:
    return value if isinstance(value, int) else 0


def _choice(choices: Any, value: Any) -> str:
    return str(choices(value).label).lower() if value in choices.values else ""


def _day(value: Any) -> str:
    day = parse_date(value) if isinstance(value, str) else None
    return quantity(day) if day else ""
