"""Which picture a payload can carry, and its figures; told by the payload's keys, not by the rule's name."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from math import isfinite
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.kinds import Kind, kinds_now, reader_language
from alerts.kinds.wording import Language
from alerts.models import ACTIVE, Alert
from governance.core.cache.per_state import once_per_state
from governance.core.identity.roles import Permission
from governance.core.web.charts.ruler import ruler_of
from governance.core.web.charts.tank import Tank, tank_of
from governance.core.web.http import ConsoleRequest
from governance.core.web.templatetags.ui import instant_parse, moment, number, quantity

LOOKED_AT, SHOWN = 200, 6


def picture_context(alert: Alert, kind: Kind | None) -> dict[str, Any]:
    """`picture_template` and what it reads; empty where the payload carries no picture.

    Without a rule of ours (`kind`) its keys have a meaning that we do not know.
    """
    if kind is None:
        return {}
    pictures = [one for one in (_picture(part, alert, kind) for part in _parts(alert)) if one]
    if not pictures:
        return {}
    numbered = [one | {"id": f"image-{n}"} for n, one in enumerate(pictures, 1)]
    return {"picture_template": "integrity/_picture.html", "pictures": numbered}


def tanks_in_alert(request: ConsoleRequest) -> dict[str, Any]:
    """Context of `_tanks.html`: those that an active alert speaks of, the SHOWN most urgent of `total`.

    Looks at the LOOKED_AT most urgent alerts; `looked_at` says so where there are more.
    """
    return _tanks(request.access.sources[Permission.VIEW], reader_language())


@once_per_state
def _tanks(_sources: frozenset[str], _language: Language) -> dict[str, Any]:
    """For a reader who holds these sources and reads this language."""
    urgent = list(
        Alert.objects.filter(status__in=ACTIVE)
        .order_by("severity_rank", "first_detected_at", "id")
        .only("id", "payload", "entity_id", "source", "severity", "check_code")[: LOOKED_AT + 1]
    )
    found: dict[tuple[str, str], tuple[Alert, _Filled]] = {}
    kind_of = kinds_now()
    for alert in urgent[:LOOKED_AT]:
        if kind_of(alert.check_code, alert.source) is None:
            continue
        for part in _parts(alert):
            filled = _filled(part)
            if filled:
                found.setdefault((alert.source, alert.entity_id), (alert, filled))
    if not found:
        return {}
    shown = list(found.values())[:SHOWN]
    return {
        "tanks": [
            _tank(filled)
            | {
                "url": reverse("alert", args=[alert.pk]),
                "source": alert.source,
                "names_site": len({one.source for one, _filled in shown}) > 1,
                "id": f"tank-{n}",
            }
            for n, (alert, filled) in enumerate(shown, 1)
        ],
        "total": len(found),
        "looked_at": LOOKED_AT if len(urgent) > LOOKED_AT else 0,
    }


def _parts(alert: Alert) -> list[Mapping[str, Any]]:
    parts = alert.payload if isinstance(alert.payload, list) else [alert.payload]
    return [part for part in parts if isinstance(part, Mapping)]


def _picture(part: Mapping[str, Any], alert: Alert, kind: Kind) -> dict[str, Any] | None:
    filled = _filled(part)
    return _tank(filled) if filled else _deviation(part, alert, kind) or _wait(part, alert)


@dataclass(frozen=True)
class _Filled:
    """A tank by the figures of a payload (`part`): `stock`, called `label`, is the one out of bounds."""

    part: Mapping[str, Any]
    label: str
    stock: float
    ambient: float | None
    capacity: float
    margin: float | None
    drawing: Tank


def _filled(part: Mapping[str, Any]) -> _Filled | None:
    ambient = stock = _number(part, "stock_total")
    label = _("Stock")
    if stock is None:
        ambient = stock = _number(part, "stock_ambiant")
        at_15 = _number(part, "stock_15c")
        if at_15 is not None and at_15 < 0 and (stock is None or at_15 < stock):
            stock, label = at_15, _("Stock à 15\u00a0°C")
    capacity, margin = _number(part, "capacite_totale"), _number(part, "capacite_securite")
    if stock is None or capacity is None:
        return None
    drawing = tank_of(stock=stock, capacity=capacity, margin=margin)
    if drawing is None:
        return None
    return _Filled(part, label, stock, ambient, capacity, margin, drawing)


def _tank(filled: _Filled) -> dict[str, Any]:
    part, tank, stock = filled.part, filled.drawing, filled.stock
    capacity, margin = filled.capacity, filled.margin
    owner = part.get("proprietaire") if "stock_total" not in part else None
    name = " · ".join(str(one) for one in (part.get("citerne"), owner) if one)
    usable = capacity - (margin or 0)
    verdict = {
        "negative": _("Sous zéro de %(by)s") % {"by": quantity(abs(stock), "L")},
        "full": _("Plus que la citerne entière"),
        "over": _("%(by)s de trop") % {"by": quantity(stock - usable, "L")},
        "inside": _("Dans les limites"),
    }[tank.state]
    figures = [
        (filled.label, quantity(stock, "L")),
        (_("Capacité totale"), quantity(capacity, "L")),
    ]
    if margin is not None:
        figures.append((_("Marge de sécurité"), quantity(margin, "L")))
        figures.append((_("Capacité utile"), quantity(usable, "L")))
    return {
        "kind": "tank",
        "title": name or _("Citerne"),
        "drawing": tank,
        "has_margin": bool(margin),
        "share": f"{number(round(tank.share))}\u00a0%" if stock >= 0 else "<\u00a00\u00a0%",
        "verdict": verdict,
        "is_wrong": tank.state != "inside",
        "text": _("%(name)s contient %(stock)s pour une capacité de %(capacity)s : %(verdict)s.")
        % {
            "name": name or _("La citerne"),
            "stock": quantity(stock, "L") + ("" if stock == filled.ambient else " (15 °C)"),
            "capacity": quantity(capacity, "L"),
            "verdict": verdict[0].lower() + verdict[1:],
        },
        "figures": figures,
    }


def _deviation(part: Mapping[str, Any], alert: Alert, kind: Kind) -> dict[str, Any] | None:
    # Another version of the rule had another threshold, perhaps.
    parameter = kind.parameters.get("seuil_pct") if alert.rule_version == kind.version else None
    value = _number(part, "ecart_pct")
    if value is None or parameter is None:
        return None
    threshold = float(str(parameter.value))
    return _ruler(
        title=_("Écart et seuil"),
        value=abs(value),
        threshold=threshold,
        unit="%",
        value_label=_("Écart"),
        threshold_label=_("Seuil"),
        text=_("Un écart de %(value)s pour un seuil de %(threshold)s : %(times)s fois le seuil.")
        % {
            "value": quantity(abs(value), "%"),
            "threshold": quantity(threshold, "%"),
            "times": number(abs(value) / threshold, 1) if threshold else "\u2014",
        },
    )


def _wait(part: Mapping[str, Any], alert: Alert) -> dict[str, Any] | None:
    has_arrived = "arrive_le" in part
    arrived = _instant(part, "arrive_le" if has_arrived else "enregistre_le")
    limit = _instant(part, "limite")
    if arrived is None or limit is None or limit <= arrived:
        return None
    until = alert.resolved_at or timezone.now()
    value = max((until - arrived).total_seconds() / 86400, 0)
    threshold = (limit - arrived).total_seconds() / 86400
    return _ruler(
        title=_("Jours depuis l’arrivée") if has_arrived else _("Jours depuis l’enregistrement"),
        value=value,
        threshold=threshold,
        unit=_("j"),
        value_label=_("Attente"),
        threshold_label=_("Limite"),
        text=_("Depuis le %(arrived)s : %(value)s d’attente pour une limite de %(threshold)s.")
        % {
            "arrived": moment(arrived),
            "value": quantity(round(value, 1), _("j")),
            "threshold": quantity(round(threshold, 1), _("j")),
        },
    )


def _ruler(*, value: float, threshold: float, unit: str, **words: str) -> dict[str, Any]:
    drawing = ruler_of(value=value, threshold=threshold)
    return {
        "kind": "ruler",
        "drawing": drawing,
        "value": quantity(round(value, 2), unit),
        "threshold": quantity(round(threshold, 2), unit),
        "tick_labels": [(tick.at, quantity(round(tick.value, 1), unit)) for tick in drawing.ticks],
        **words,
    }


def _number(part: Mapping[str, Any], key: str) -> float | None:
    value = part.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if isfinite(value) else None


def _instant(part: Mapping[str, Any], key: str) -> datetime | None:
    found = instant_parse(str(part.get(key)))
    if found is None:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
