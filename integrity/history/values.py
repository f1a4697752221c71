"""Values before and after, each with its label; knows columns and rules, reads no entry by itself."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alerts.models import Cause, ClosedBecause, Decision, Severity, Status
from governance.roles import Role
from governance.templatetags.ui import moment, quantity
from integrity.catalog import catalog
from integrity.present import reader_language

TEXT_LIMIT = 2_000  # characters of one value; an export has all of it

# Bookkeeping that says nothing that the other values do not say; exports have it.
TECHNICAL = {"id", "version", "updated_at", "created_at", "material", "acknowledged_material"}

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_PEOPLE = {
    "acknowledged_by",
    "resolved_by",
    "assignee",
    "acceptance_proposed_by",
    "holder",
    "granted_by",
}
_CHOICES: dict[str, tuple[Any, ...]] = {
    "severity": (Severity,),
    "acknowledged_severity": (Severity,),
    "status": (Status,),
    "resolution_decision": (Decision,),
    "resolution_cause": (Cause, ClosedBecause),
    "role": (Role,),
}


def people_in(values: Mapping[str, Any] | None) -> set[str]:
    """The people whom a `before` or an `after` names."""
    return {str(value) for key, value in (values or {}).items() if key in _PEOPLE and value}


def changes(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    check_code: str | None,
    names: Mapping[str, str],
) -> list[dict[str, str]]:
    """What an entry changed, as rows of {key, label, before, after}; of a new thing only what it has."""
    was, now = dict(before or {}), dict(after or {})
    rows = []
    for key in [*now, *(key for key in was if key not in now)]:
        if key in TECHNICAL or (was.get(key) in _EMPTY and now.get(key) in _EMPTY):
            continue
        old, new = was.get(key), now.get(key)
        if key == "payload" and isinstance(old or {}, dict) and isinstance(new or {}, dict):
            rows += _payload(old or {}, new or {}, check_code)
        else:
            texts = value_text(key, old, names), value_text(key, new, names)
            rows.append(_row(key, _label(key), *texts))
    return rows


def _row(key: str, label: str, old: str, new: str) -> dict[str, str]:
    return {"key": key, "label": label, "before": old, "after": new}


def _payload(
    old: Mapping[str, Any], new: Mapping[str, Any], check_code: str | None
) -> list[dict[str, str]]:
    rule = catalog().get(check_code or "")
    rows = []
    for key in [*new, *(key for key in old if key not in new)]:
        if key in old and key in new and old[key] == new[key]:
            continue
        known = rule.payload.get(key) if rule else None
        label = known.label.in_(reader_language()) if known else key.replace("_", " ")
        unit = (known.unit or "") if known else ""
        kind = "at" if known and known.type == "timestamp" else ""
        texts = (value_text(kind, part.get(key), {}, unit) for part in (old, new))
        rows.append(_row(key, label, *texts))
    return rows


def value_text(key: str, value: Any, names: Mapping[str, str], unit: str = "") -> str:
    """One value of an entry in words; a dash for none."""
    if key in _PEOPLE and isinstance(value, str):
        return names.get(value) or _("compte inconnu")
    for choices in _CHOICES.get(key, ()):
        if value in choices.values:
            return str(choices(value).label)
    if isinstance(value, str) and (key == "at" or key.endswith("_at")):
        return instant_text(value)
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    text = quantity(value, unit)
    if len(text) > TEXT_LIMIT:
        more = _("(%(n)s caractères ; l’export a tout)") % {"n": len(text)}
        return f"{text[:TEXT_LIMIT]}… {more}"
    return text


def instant_text(value: str) -> str:
    """An instant of the ledger in the zone of display; anything else as it is."""
    try:
        instant = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment(instant)


def _label(key: str) -> str:
    return {
        "source": _("Source"),
        "check_code": _("Règle"),
        "severity": _("Gravité"),
        "entity_type": _("Type d’entité"),
        "entity_id": _("Identifiant"),
        "message": _("Message"),
        "payload": _("Valeurs constatées"),
        "occurrences": _("Occurrences"),
        "status": _("État"),
        "episode": _("Épisode"),
        "first_detected_at": _("Première constatation"),
        "last_detected_at": _("Dernière constatation"),
        "acknowledged_at": _("Acquittée le"),
        "acknowledged_by": _("Acquittée par"),
        "acknowledged_severity": _("Gravité acquittée"),
        "acknowledgement_note": _("Note d’acquittement"),
        "resolved_at": _("Résolue le"),
        "resolved_by": _("Résolue par"),
        "resolution_cause": _("Cause"),
        "resolution_decision": _("Décision"),
        "resolution_note": _("Note de résolution"),
        "accepted_until": _("Acceptée jusqu’au"),
        "rule_version": _("Version de la règle"),
        "acceptance_proposed_by": _("Acceptation proposée par"),
        "acceptance_proposed_at": _("Acceptation proposée le"),
        "assignee": _("Prise en charge par"),
        "body": _("Commentaire"),
        "role": _("Rôle"),
        "username": _("Compte"),
        "first_name": _("Prénom"),
        "last_name": _("Nom"),
        "email": _("Adresse e-mail"),
        "holder": _("Titulaire"),
        "granted_by": _("Accordée par"),
        "ends_at": _("Fin"),
        "is_active": _("En service"),
        "is_staff": _("Accès technique"),
        "is_superuser": _("Tous les droits"),
        "password_changed": _("Mot de passe changé"),
        "rules": _("Versions des règles"),
        "rows": _("Lignes lues"),
        "per_code": _("Lignes par règle"),
        "quarantined": _("Lignes mises à l’écart"),
        "faults": _("Défauts des lignes"),
        "opened": _("Nouvelles"),
        "reopened": _("Revenues"),
        "lapsed": _("Acquittements caducs"),
        "changed": _("Changées"),
        "closed": _("Closes"),
        "error": _("Erreur"),
        "view_hash": _("Empreinte de la vue"),
        "started_at": _("Début"),
        "finished_at": _("Fin"),
        "seen": _("Revues"),
        "except": _("Sauf"),
        "selection": _("Filtre"),
        "first_seq": _("De l’entrée"),
        "last_seq": _("Jusqu’à l’entrée"),
        "last_hash": _("Empreinte de la dernière"),
        "entries": _("Entrées"),
        "whole": _("Intact"),
        "first_bad": _("Première entrée fausse"),
        "fault": _("Défaut"),
        "checkpoints": _("Points de contrôle comparés"),
        "milliseconds": _("Durée (ms)"),
    }.get(key, key.replace("_", " "))
