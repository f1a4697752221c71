"""What people decided about an alert, in words; reads nothing."""

from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from alerts.models import DATED, Decision
from governance.core.web.templatetags.ui import quantity

ACCEPTED, PROPOSED, DECIDED = "accepted", "proposed", "decided"


def decision_words(decision: str | None, until: date | str | None) -> str:
    """“Acceptée jusqu’au 3 décembre 2026”; empty for what is no decision of a person."""
    if decision not in Decision.values:
        return ""
    day = parse_date(until) if isinstance(until, str) else until
    if decision not in DATED or day is None:
        return str(Decision(decision).label)
    text = _("Acceptée jusqu’au %(until)s")
    if decision == Decision.LITIGE:
        text = _("En litige jusqu’au %(until)s")
    return text % {"until": quantity(day)}


def waits(decision: Any) -> bool:
    """Whether a decision leaves the anomaly in the data until a day: it is not over, so it is not green."""
    return decision in DATED
