"""Two states of one anomaly as a page shows them side by side, differences marked; reads nothing."""

from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext as _

from alerts.intake.comparison import Compared, Seen
from alerts.kinds import Kind, message_in_words
from alerts.models import Alert, Severity
from alerts.presentation import label_of, payload_facts

Row = dict[str, Any]


def rows_beside(one: Compared, kind: Kind | None) -> list[Row]:
    """Every value of an identity, then and now: rows of {label, key, unit, was, now, changed}."""
    was, now = one.was, one.now
    rows = [
        _row(_("Gravité"), "severity", _severity(was), _severity(now)),
        _row(_("Message"), "message", _message(was, kind), _message(now, kind)),
        _row(_("Occurrences"), "occurrences", was and was.occurrences, now and now.occurrences),
        _row(
            _("Version de la règle"),
            "rule_version",
            was and kind and was.rule_version,
            now and kind and now.rule_version,
        ),
    ]
    nothing: dict[str, Row] = {}
    pairs = list(zip_longest(_facts(one, was, kind), _facts(one, now, kind), fillvalue=nothing))
    for place, (old, new) in enumerate(pairs, start=1):
        number = place if len(pairs) > 1 else 0
        for key in [*new, *(key for key in old if key not in new)]:
            fact = new.get(key) or old[key]
            row = _row(fact["label"], key, _value(old, key), _value(new, key), fact["unit"])
            rows.append(row | {"occurrence": number})
    both = was is not None and now is not None
    return [
        row | {"changed": both and row["was"] != row["now"]}
        for row in rows
        if row["was"] is not None or row["now"] is not None
    ]


def rows_changed(one: Compared, kind: Kind | None) -> list[Row]:
    """Only the values that differ between then and now; the message where nothing else does."""
    changed = [row for row in rows_beside(one, kind) if row["changed"]]
    return [row for row in changed if row["key"] != "message"] or changed


def _row(label: str, key: str, was: Any, now: Any, unit: str = "") -> Row:
    return {"label": label, "key": key, "unit": unit, "was": was, "now": now, "occurrence": 0}


def _severity(seen: Seen | None) -> str | None:
    return label_of(Severity, seen.severity) if seen else None


def _message(seen: Seen | None, kind: Kind | None) -> str | None:
    if seen is None:
        return None
    return message_in_words(seen.message, seen.payload, seen.rule_version, kind)


def _facts(one: Compared, seen: Seen | None, kind: Kind | None) -> list[dict[str, Row]]:
    if seen is None:
        return []
    told = payload_facts(Alert(check_code=one.check_code, payload=seen.payload), kind)
    return [{fact["key"]: fact for fact in occurrence} for occurrence in told]


def _value(facts: dict[str, Row], key: str) -> Any:
    return facts[key]["value"] if key in facts else None
