"""Values before and after, each with its label; knows columns and rules, reads no entry by itself."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from alerts.models import Cause, ClosedBecause, Decision, Severity, Status
from alerts.presentation import reader_language
from governance.core.identity.roles import Role
from governance.core.web.templatetags.ui import instant_parse, moment, quantity, until
from integrity.rules.rule import Rule

TEXT_LIMIT = 2_000  # characters of one value; an export has all of it

# Bookkeeping that says nothing that the other values do not say; exports have it.
TECHNICAL = {
    *("id", "version", "updated_at", "created_at", "material", "acknowledged_material"),
    *("episode_at", "first_acknowledged_at", "contradicted_at", "acceptance_proposed_for"),
}

_EMPTY: tuple[Any, ...] = (None, "", [], {})
_PEOPLE = {
    "acknowledged_by",
    "resolved_by",
    "assignee",
    "acceptance_proposed_by",
    "contradicted_by",
    "delegated_by",
    "holder",
    "granted_by",
    "asked_by",
}
_CHOICES: dict[str, dict[str, Any]] = {
    "severity": dict(Severity.choices),
    "acknowledged_severity": dict(Severity.choices),
    "status": dict(Status.choices),
    "resolution_decision": dict(Decision.choices),
    "contradicted_decision": dict(Decision.choices),
    "resolution_cause": {**dict(Cause.choices), **dict(ClosedBecause.choices)},
    "role": dict(Role.choices),
}

_LABELS: dict[str, Promise] = {
    "source": _lazy("Source"),
    "check_code": _lazy("Règle"),
    "severity": _lazy("Gravité"),
    "entity_type": _lazy("Type d’entité"),
    "entity_id": _lazy("Identifiant"),
    "message": _lazy("Message"),
    "payload": _lazy("Valeurs constatées"),
    "occurrences": _lazy("Occurrences"),
    "status": _lazy("État"),
    "episode": _lazy("Épisode"),
    "first_detected_at": _lazy("Première constatation"),
    "last_detected_at": _lazy("Dernière constatation"),
    "acknowledged_at": _lazy("Acquittée le"),
    "acknowledged_by": _lazy("Acquittée par"),
    "acknowledged_severity": _lazy("Gravité acquittée"),
    "acknowledgement_note": _lazy("Note d’acquittement"),
    "resolved_at": _lazy("Résolue le"),
    "resolved_by": _lazy("Résolue par"),
    "resolution_cause": _lazy("Cause"),
    "resolution_decision": _lazy("Décision"),
    "resolution_note": _lazy("Note de résolution"),
    "accepted_until": _lazy("Attend jusqu’au"),
    "dated_by_data": _lazy("Début dit par les données"),
    "absent_at": _lazy("Absente d’un contrôle complet"),
    "reopening_note": _lazy("Note de réouverture"),
    "contradicted_decision": _lazy("Décision contredite"),
    "contradicted_by": _lazy("Décidée par"),
    "contradicted_resolved_at": _lazy("Décidée le"),
    "contradicted_until": _lazy("Décidée jusqu’au"),
    "delegated_by": _lazy("Par délégation de"),
    "delegated_until": _lazy("Délégation jusqu’au"),
    "rule_version": _lazy("Version de la règle"),
    "acceptance_proposed_by": _lazy("Acceptation proposée par"),
    "acceptance_proposed_at": _lazy("Acceptation proposée le"),
    "assignee": _lazy("Prise en charge par"),
    "body": _lazy("Commentaire"),
    "role": _lazy("Rôle"),
    "username": _lazy("Compte"),
    "first_name": _lazy("Prénom"),
    "last_name": _lazy("Nom"),
    "email": _lazy("Adresse e-mail"),
    "holder": _lazy("Titulaire"),
    "granted_by": _lazy("Accordée par"),
    "ends_at": _lazy("Fin"),
    "is_active": _lazy("En service"),
    "is_staff": _lazy("Accès technique"),
    "is_superuser": _lazy("Tous les droits"),
    "password_changed": _lazy("Mot de passe changé"),
    "rules": _lazy("Versions des règles"),
    "rows": _lazy("Lignes lues"),
    "per_code": _lazy("Lignes par règle"),
    "quarantined": _lazy("Lignes mises à l’écart"),
    "faults": _lazy("Défauts des lignes"),
    "opened": _lazy("Nouvelles"),
    "reopened": _lazy("Revenues"),
    "lapsed": _lazy("Acquittements caducs"),
    "changed": _lazy("Changées"),
    "closed": _lazy("Closes"),
    "error": _lazy("Erreur"),
    "held": _lazy("Absentes, laissées ouvertes"),
    "view_hash": _lazy("Empreinte de la vue"),
    "number": _lazy("Numéro"),
    "evidence_hash": _lazy("Empreinte de ce que la vue lit"),
    "started_at": _lazy("Début"),
    "finished_at": _lazy("Fin"),
    "seen": _lazy("Revues"),
    "except": _lazy("Sauf"),
    "selection": _lazy("Filtre"),
    "first_seq": _lazy("De l’entrée"),
    "last_seq": _lazy("Jusqu’à l’entrée"),
    "last_hash": _lazy("Empreinte de la dernière"),
    "entries": _lazy("Entrées"),
    "whole": _lazy("Intact"),
    "first_bad": _lazy("Première entrée fausse"),
    "fault": _lazy("Défaut"),
    "checkpoints": _lazy("Points de contrôle comparés"),
    "milliseconds": _lazy("Durée (ms)"),
    "drifts": _lazy("Objets qui diffèrent"),
    "known": _lazy("Retenu hors de la base"),
    "expected": _lazy("Attendu"),
    "accepted": _lazy("Écart accepté"),
    "asked_by": _lazy("Demandée par"),
    "alerts": _lazy("Alertes"),
    "comments": _lazy("Commentaires"),
}


def people_in(values: Mapping[str, Any] | None) -> set[str]:
    """The people whom a `before` or an `after` names."""
    return {str(value) for key, value in (values or {}).items() if key in _PEOPLE and value}


def changes(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    kind: Rule | None,
    names: Mapping[str, str],
) -> list[dict[str, str]]:
    """What an entry changed, as rows of {key, label, before, after}; of a new thing only what it has."""
    was, now = dict(before or {}), dict(after or {})
    rows = []
    for key in [*now, *(key for key in was if key not in now)]:
        if key in TECHNICAL or (was.get(key) in _EMPTY and now.get(key) in _EMPTY):
            continue
        old, new = was.get(key), now.get(key)
        if key in was and key in now and old == new:
            continue  # said again, not changed
        if key == "payload" and isinstance(old or {}, dict) and isinstance(new or {}, dict):
            rows += _payload(old or {}, new or {}, kind)
        else:
            texts = value_text(key, old, names), value_text(key, new, names)
            rows.append(_row(key, _label(key), *texts))
    return rows


def _row(key: str, label: str, old: str, new: str) -> dict[str, str]:
    return {"key": key, "label": label, "before": old, "after": new}


def _payload(
    old: Mapping[str, Any], new: Mapping[str, Any], kind: Rule | None
) -> list[dict[str, str]]:
    rows = []
    for key in [*new, *(key for key in old if key not in new)]:
        if key in old and key in new and old[key] == new[key]:
            continue
        known = kind.payload.get(key) if kind else None
        label = known.label.in_(reader_language()) if known else key.replace("_", " ")
        unit = (known.unit or "") if known else ""
        form = "at" if known and known.type == "timestamp" else ""
        texts = (value_text(form, part.get(key), {}, unit) for part in (old, new))
        rows.append(_row(key, label, *texts))
    return rows


def value_text(key: str, value: Any, names: Mapping[str, str], unit: str = "") -> str:
    """One value of an entry in words; a dash for none."""
    if key in _PEOPLE and isinstance(value, str):
        return names.get(value) or _("compte inconnu")
    if key in _CHOICES and isinstance(value, str) and value in _CHOICES[key]:
        return str(_CHOICES[key][value])
    if key == "ends_at" and isinstance(value, str):
        return instant_text(value, write=until)
    if isinstance(value, str) and (key in ("at", "delegated_until") or key.endswith("_at")):
        return instant_text(value)
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False)
    text = quantity(value, unit)
    if len(text) > TEXT_LIMIT:
        more = _("(%(n)s caractères ; l’export a tout)") % {"n": len(text)}
        return f"{text[:TEXT_LIMIT]}… {more}"
    return text


def instant_text(value: str, write: Callable[[datetime], str] = moment) -> str:
    """An instant of the ledger in the zone of display; anything else as it is."""
    instant = instant_parse(value)
    return write(instant) if instant else value


def _label(key: str) -> str:
    return str(_LABELS[key]) if key in _LABELS else key.replace("_", " ")
