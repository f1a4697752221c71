"""Values before and after, each with its label; knows columns and rules, reads no entry by itself."""

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from alerts.kinds import Fact, Kind, reader_language
from governance.core.capability import Field, registry
from governance.core.web.templatetags.ui import instant_parse, moment, quantity

TEXT_LIMIT = 2_000  # characters of one value; an export has all of it

_UNKNOWN = Field()
_EMPTY: tuple[Any, ...] = (None, "", [], {})


def _field(key: str) -> Field:
    return registry().fields.get(key, _UNKNOWN)


def people_in(values: Mapping[str, Any] | None) -> set[str]:
    """The people whom a `before` or an `after` names."""
    fields = registry().fields
    return {
        str(value)
        for key, value in (values or {}).items()
        if value and fields.get(key, _UNKNOWN).is_person
    }


def changes(
    before: Mapping[str, Any] | None,
    after: Mapping[str, Any] | None,
    *,
    kind: Kind | None,
    names: Mapping[str, str],
) -> list[dict[str, str]]:
    """What an entry changed, as rows of {key, label, before, after}; of a new thing only what it has."""
    was, now = dict(before or {}), dict(after or {})
    rows = []
    for key in [*now, *(key for key in was if key not in now)]:
        if not _field(key).is_shown or (was.get(key) in _EMPTY and now.get(key) in _EMPTY):
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
    old: Mapping[str, Any], new: Mapping[str, Any], kind: Kind | None
) -> list[dict[str, str]]:
    rows = []
    for key in [*new, *(key for key in old if key not in new)]:
        if key in old and key in new and old[key] == new[key]:
            continue
        known = kind.payload.get(key) if kind else None
        label = known.label.in_(reader_language()) if known else key.replace("_", " ")
        unit = (known.unit or "") if known else ""
        form = "at" if known and known.type in ("timestamp", "instant") else ""
        if known and known.type == "choice":
            old, new = (_in_words(part, key, known) for part in (old, new))
        texts = (value_text(form, part.get(key), {}, unit) for part in (old, new))
        rows.append(_row(key, label, *texts))
    return rows


def _in_words(part: Mapping[str, Any], key: str, choice: Fact) -> Mapping[str, Any]:
    return {**part, key: choice.text(part[key], reader_language())} if part.get(key) else part


def value_text(key: str, value: Any, names: Mapping[str, str], unit: str = "") -> str:
    """One value of an entry in words; a dash for none."""
    known = _field(key)
    if isinstance(value, str):
        if known.is_person:
            return names.get(value) or _("compte inconnu")
        if value in known.choices:
            return str(known.choices[value])
        if known.write or key == "at" or key.endswith("_at"):
            return instant_text(value, known.write or moment)
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
    label = _field(key).label
    return str(label) if label else key.replace("_", " ")
