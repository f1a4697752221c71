"""What alerts are about: all alerts of one thing, and those of other things that name it. Knows no page.

A thing is what a source calls (entity_type, entity_id). A fact that names what a kind is about (the tank
of a stock, the plate of a truck) names that thing wherever it stands: decision 0085.
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import BooleanField, Func, JSONField, Q, TextField, Value
from django.db.models.functions import Cast

from alerts.kinds import Kind
from alerts.models import ACTIVE, Alert, AlertTally
from alerts.queries import ListedAlert
from governance.core.database.stored_json import stored_json

NAMING_SHOWN = 12
KNOWN_SHOWN = 60  # alerts of one thing; a thing has a handful of rules


class Thing(NamedTuple):
    """What an alert is about."""

    source: str
    entity_type: str
    entity_id: str


# What names a thing: (key of the payload, value).
Names = frozenset[tuple[str, str]]


def alerts_of(thing: Thing) -> list[Alert]:
    """The alerts of a thing that the reader sees, active first, then the last resolved. Two queries.

    A uuid is one thing whatever its rules call its sort; any other id only together with its sort.
    """
    pairs = AlertTally.objects.filter(source=thing.source)
    if not is_uuid(thing.entity_id):
        pairs = pairs.filter(entity_type=thing.entity_type)
    known = set(pairs.values_list("check_code", "entity_type"))
    if not known:
        return []
    found = Alert.objects.filter(  # each value of the index that identifies an alert is named
        source=thing.source,
        check_code__in=sorted({code for code, _type in known}),
        entity_type__in=sorted({sort for _code, sort in known}),
        entity_id=thing.entity_id,
    )
    return sorted(
        found.order_by("-updated_at")[:KNOWN_SHOWN],
        key=lambda one: (
            one.status not in ACTIVE,
            one.severity_rank if one.status in ACTIVE else 0,
            one.first_detected_at if one.status in ACTIVE else 0,
            -one.updated_at.timestamp(),
        ),
    )


def is_uuid(text: str) -> bool:
    """Whether an id stands for one thing only, wherever it is met."""
    try:
        return str(UUID(text)) == text.lower()
    except ValueError:
        return False


def naming_keys(kinds: Mapping[str, Kind]) -> frozenset[str]:
    """Facts that name a thing: those by which some kind of the source names what it is about."""
    return frozenset(kind.object_key for kind in kinds.values() if kind.object_key)


def names_in(payload: Any, keys: Iterable[str]) -> Names:
    """What an alert's payload names, of each occurrence."""
    wanted = frozenset(keys)
    parts = payload if isinstance(payload, list) else [payload]
    return frozenset(
        (key, part[key])
        for part in parts
        if isinstance(part, dict)
        for key in wanted & part.keys()
        if isinstance(part[key], str) and part[key].strip()
    )


def alerts_naming(
    thing: Thing, names: Names, kinds: Mapping[str, Kind]
) -> tuple[list[ListedAlert], bool]:
    """Active alerts of other things that carry one of these names, the gravest first; whether there are more.

    One query over the source's active alerts of the rules that have such a fact.
    """
    any_of, codes = Q(pk__in=[]), set()
    for key, value in sorted(names):
        carrying = [code for code, kind in kinds.items() if key in kind.payload]
        codes |= {*carrying}
        said = Func(
            "payload",
            Cast(Value(f"$.{json.dumps(key)} ? (@ == $v)"), _JSONPath()),
            Value({"v": value}, JSONField()),
            function="jsonb_path_exists",
            output_field=BooleanField(),
        )
        any_of |= Q(said)
    if not codes:
        return [], False
    chosen = (
        Alert.objects.filter(
            any_of, source=thing.source, check_code__in=sorted(codes), status__in=ACTIVE
        )
        .exclude(_is(thing))
        .annotate(payload_text=Cast("payload", TextField()))
        .order_by("severity_rank", "first_detected_at", "id")
    )
    rows = chosen.values_list(*ListedAlert._fields[:-2], "payload_text")[: NAMING_SHOWN + 1]
    found = [ListedAlert(*row)._replace(payload=stored_json(row[-1])) for row in rows]
    return found[:NAMING_SHOWN], len(found) > NAMING_SHOWN


def _is(thing: Thing) -> Q:
    if is_uuid(thing.entity_id):
        return Q(entity_id=thing.entity_id)
    return Q(entity_id=thing.entity_id, entity_type=thing.entity_type)


class _JSONPath(TextField):  # type: ignore[type-arg]
    """PostgreSQL's jsonpath, for a cast."""

    def db_type(self, connection: Any) -> str:
        return "jsonpath"

    def cast_db_type(self, connection: Any) -> str:
        return "jsonpath"
