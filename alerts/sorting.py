"""Orders of a list of alerts: by gravity and age as always, by due time, age, object, rule, last change.

Whatever they begin with, alerts that are equal in it stand by gravity and age. Knows no page.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import (
    Case,
    DateTimeField,
    DurationField,
    ExpressionWrapper,
    F,
    Func,
    Q,
    TextField,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone

from alerts.calendars.ordering import worked_after
from alerts.calendars.working_time import WorkingCalendar
from alerts.kinds import KindOf, reader_language
from alerts.kinds.due import deadlines
from alerts.models import Severity
from alerts.queries import ORDER
from governance.core.web.paging import Order

DUE, AGE, OBJECT, RULE, CHANGED = "due", "age", "object", "rule", "changed"
SORTS = (DUE, AGE, OBJECT, RULE, CHANGED)
NEVER = datetime(9000, 1, 1, tzinfo=UTC)  # when what nobody is asked about is due


def order_by(sort: str, sources: Iterable[str], kind_of: KindOf) -> Order:
    """The order of this name for a reader of `sources`; without a name by gravity, then age."""
    if sort == AGE:
        return Order({name: ORDER.reads[name] for name in ("first_detected_at", "id")}, ORDER.size)
    if sort == CHANGED:
        return Order(
            {"updated_at": datetime.fromisoformat, "id": UUID}, ORDER.size, newest_first=True
        )
    if sort == DUE:
        return _keyed(_due(sources, kind_of), datetime.fromisoformat)
    if sort == OBJECT:
        return _keyed(_object(sources, kind_of), str)
    if sort == RULE:
        return _keyed(_rule(sources, kind_of), str)
    return ORDER


def _keyed(key: Combinable, read: type[str] | type[datetime] | object) -> Order:
    return Order({"sort_key": read, **ORDER.reads}, ORDER.size, key=key)  # type: ignore[dict-item]


def _due(sources: Iterable[str], kind_of: KindOf) -> Combinable:
    # Who asks for the same is asked about at once: each row is compared with half as many conditions.
    asked: dict[WorkingCalendar | None, dict[timedelta, Q]] = defaultdict(lambda: defaultdict(Q))
    for one in deadlines(sources, kind_of):
        asked[one.calendar][one.within] |= Q(
            source__in=one.sources, check_code__in=one.check_codes, status=one.status
        )
    within = {
        calendar: Case(
            *(When(asks, then=Value(hours)) for hours, asks in cases.items()),
            default=None,
            output_field=DurationField(),
        )
        for calendar, cases in asked.items()
    }
    keys: list[Combinable] = [
        worked_after("first_detected_at", found, calendar, timezone.now())
        if calendar
        else ExpressionWrapper(F("first_detected_at") + found, DateTimeField())
        for calendar, found in within.items()
    ]
    never = Value(NEVER, DateTimeField())
    return Case(
        When(severity=Severity.INFO, then=never),
        default=Coalesce(*keys, never) if keys else never,
        output_field=DateTimeField(),
    )


def _object(sources: Iterable[str], kind_of: KindOf) -> Combinable:
    """The name that a row shows, so that TANK2 comes before TANK10; the identity where there is none."""
    codes: dict[str, set[str]] = defaultdict(set)
    for source in sources:
        for kind in kind_of.on(source).values():
            codes[kind.object_key].add(kind.code)
    named = [
        When(check_code__in=sorted(found), then=_fact(key))
        for key, found in sorted(codes.items())
        if key
    ]
    name = Coalesce(Case(*named, default=None, output_field=TextField()), F("entity_id"))
    padded = Func(
        Lower(name), Value(r"(\d+)"), Value(r"00000000\1"), Value("g"), function="regexp_replace"
    )
    return Func(
        *(padded, Value(r"\d*(\d{8})"), Value(r"\1"), Value("g")),
        function="regexp_replace",
        output_field=TextField(),
    )


def _fact(key: str) -> Combinable:
    """A text of the payload; of several occurrences the first one's."""
    found = Func("payload", Value(f"$.{key}"), function="jsonb_path_query_first")
    return Func(found, template="(%(expressions)s #>> '{}')", output_field=TextField())


def _rule(sources: Iterable[str], kind_of: KindOf) -> Combinable:
    """By the rules' titles in the reader's language, codes that have none among them."""
    language, on = reader_language(), defaultdict(list)
    for source in sorted(sources):
        for kind in kind_of.on(source).values():
            on[kind.code, _plain(kind.title.in_(language))].append(source)
    titles = [
        When(check_code=code, source__in=found, then=Value(title))
        for (code, title), found in sorted(on.items())
    ]
    return Case(*titles, default=Lower("check_code"), output_field=TextField())


def _plain(title: str) -> str:
    """Without accents and capitals: databases sort those their own way."""
    return "".join(c for c in unicodedata.normalize("NFD", title.casefold()) if c.isascii())
