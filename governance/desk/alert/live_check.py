"""A live look as pages show it: a verdict on one alert, or a list with marks; reads nothing."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from alerts.intake.comparison import Compared
from alerts.kinds import Kind, KindOf, kinds_now, message_in_words
from alerts.models import Alert, Status
from governance.core.identity.sources import source_slugs
from governance.desk.alert.side_by_side import rows_beside, rows_changed
from integrity.scans.live import Look

# In the order of the page: differences first.
MARKS = ("new", "back", "gone", "changed", "accepted", "same")


def verify_context(alert: Alert, said: dict[str, Any] | None) -> dict[str, Any]:
    """Context of `_look.html`; nothing for an alert that no configured source shows."""
    if alert.source not in source_slugs():
        return {}
    return {"verify_url": reverse("alert_verify", args=[alert.pk]), "look": said}


def alert_verdict(alert: Alert, look: Look) -> dict[str, Any]:
    """Whether the anomaly still holds: {state, tone, title, text, at, rows}."""
    found = next((one for one in look.shown if one.now is not None), None)
    active = alert.status != Status.RESOLVED
    said: dict[str, Any] = {"at": look.at, "tone": "info", "text": "", "rows": []}
    if found is None and look.outcome.quarantined:
        fault = look.outcome.faults[0]["fault"]
        title = _("La vue en parle, mais sa ligne ne respecte pas le contrat.")
        return said | {"state": "faulty", "tone": "warning", "title": title, "text": fault}
    if found is None and look.other_eyes:
        title = _(
            "INCONNU : la vue ne montre plus l’anomalie, mais elle n’est plus lue de la même façon."
        )
        text = _(
            "La vue, ou ce qu’elle lit, a changé depuis les contrôles qui l’ont vue :"
            " son absence ne dit pas qu’elle est corrigée."
        )
        return said | {"state": "unknown", "tone": "warning", "title": title, "text": text}
    if found is None:
        title = _("L’anomalie n’est plus dans les données.")
        text = _("Le prochain contrôle complet la clora.") if active else ""
        if alert.resolved_by and alert.absent_at is None:
            text = _("Le prochain contrôle complet confirmera sa résolution.")
        return said | {"state": "gone", "tone": "success", "title": title, "text": text}
    rows = rows_beside(found, _kind(look, found, alert.source, kinds_now()))
    changed = any(row["changed"] for row in rows)
    if changed:
        title = _("L’anomalie est toujours là, avec d’autres valeurs.")
    else:
        title = _("L’anomalie est toujours là, avec les mêmes valeurs.")
    if found.mark == "back":
        text = _("Le prochain contrôle complet rouvrira l’alerte.")
    elif found.mark == "accepted":
        text = _("Elle est acceptée ou en litige : le prochain contrôle ne la rouvrira pas.")
    else:
        text = _("Rien n’est enregistré : le prochain contrôle le fera.") if changed else ""
    state = "changed" if changed else "same"
    return said | {"state": state, "tone": "warning", "title": title, "text": text, "rows": rows}


def look_context(look: Look, source: str) -> dict[str, Any]:
    """A whole view beside what is stored: `at`, counts by mark, and the rows that are shown."""
    done, kind_of = look.outcome, kinds_now()
    counts = {
        "new": done.opened,
        "back": done.reopened,
        "gone": done.absent,
        "changed": done.changed + done.lapsed,
        "accepted": done.accepted,
        "same": done.same,
    }
    return {
        "at": look.at,
        "source": source,
        "counts": [
            {"mark": mark, "label": _count_label(mark, look), "count": counts[mark]}
            for mark in MARKS
            if counts[mark] or mark in ("new", "gone", "changed", "same")
        ],
        "differs": any(counts[mark] for mark in ("new", "back", "gone", "changed")),
        "quarantined": done.quarantined,
        "total": sum(counts.values()),
        "is_foreign": not look.is_ours,
        "is_edited": look.is_edited,
        "other_eyes": look.other_eyes,
        "rows": [_row(one, _kind(look, one, source, kind_of), look) for one in look.shown],
    }


def _count_label(mark: str, look: Look) -> str:
    if mark == "gone" and look.other_eyes:
        return _("Absentes, sans que l’on sache pourquoi")
    return {
        "new": _("Nouvelles : sans alerte encore"),
        "back": _("Revenues après leur résolution"),
        "gone": _("Disparues des données"),
        "changed": _("Changées"),
        "accepted": _("Acceptées ou en litige"),
        "same": _("Identiques"),
    }[mark]


def mark_label(mark: str, look: Look) -> str:
    if mark == "gone" and look.other_eyes:
        return _("Absente, INCONNU")
    return {
        "new": _("Nouvelle"),
        "back": _("Revenue"),
        "gone": _("Disparue"),
        "changed": _("Changée"),
        "accepted": _("Acceptée ou en litige"),
        "same": _("Identique"),
    }[mark]


def _kind(look: Look, one: Compared, source: str, kind_of: KindOf) -> Kind | None:
    """Both the view that was read just now and the one behind the stored alerts must be ours."""
    return kind_of(one.check_code, source) if look.is_ours else None


def _row(one: Compared, kind: Kind | None, look: Look) -> dict[str, Any]:
    seen = one.now or one.was
    return {
        "mark": one.mark,
        "label": mark_label(one.mark, look),
        "severity": seen.severity if seen else "",
        "message": message_in_words(seen.message, seen.payload, seen.rule_version, kind)
        if seen
        else "",
        "check_code": one.check_code,
        "entity_type": one.entity_type,
        "entity_id": one.entity_id,
        "url": reverse("alert", args=[one.alert_id]) if one.alert_id else "",
        "changes": [] if one.mark == "back" else rows_changed(one, kind),
    }
