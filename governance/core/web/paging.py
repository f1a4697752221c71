"""Pages of a list, each after the place where the last one ended; knows no list.

A cursor names the last row of a page, so that page 1 000 costs what page 1 costs and a row that arrives
meanwhile moves nothing. A cursor that we never wrote is the first page.
"""

import base64
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar, cast
from uuid import UUID

from django.db.models import BooleanField, Model, Q, QuerySet
from django.db.models.expressions import Combinable, RawSQL

T = TypeVar("T")
M = TypeVar("M", bound=Model)
DIGITS = 18  # what a bigint can hold whatever the digits are


@dataclass(frozen=True)
class Page(Generic[T]):
    """The rows of one page; `next_cursor` is empty on the last."""

    rows: list[T] = field(default_factory=list)
    next_cursor: str = ""


def whole_number(value: Any) -> int:
    """A number that a cursor names; ValueError for anything else."""
    text = str(value)
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS):
        raise ValueError(text)
    return int(text)


@dataclass(frozen=True)
class Order:
    """In what order a list shows its rows and how many a page has. Together the columns are unique.

    `reads`: by column, what makes its value out of a cursor's text.
    """

    reads: dict[str, Callable[[Any], Any]]
    size: int
    newest_first: bool = False  # all columns downwards
    # What the first of them, then called "sort_key", is computed from where it is no column.
    key: Combinable | None = None

    def ordered(self, rows: "QuerySet[M]") -> "QuerySet[M]":
        if self.key:
            rows = cast("QuerySet[M]", rows.annotate(sort_key=self.key))
        return rows.order_by(*(f"-{name}" if self.newest_first else name for name in self.reads))

    def after(self, rows: "QuerySet[M]", cursor: str) -> "QuerySet[M]":
        """Those that come after the cursor's place, unordered."""
        place = self.place(cursor)
        if place is None:
            return rows
        if self.key:  # no column, so that PostgreSQL cannot compare the whole place by name
            rows = cast("QuerySet[M]", rows.annotate(sort_key=self.key))
            later, equal = Q(), Q()
            for name, value in zip(self.reads, place, strict=True):
                later |= equal & Q(**{f"{name}__gt": value})
                equal &= Q(**{name: value})
            return rows.filter(later)
        columns, values = ", ".join(self.reads), ", ".join(["%s"] * len(place))
        comparison = f"({columns}) {'<' if self.newest_first else '>'} ({values})"
        # names of columns that an order is declared with; the values are bound
        return rows.filter(RawSQL(comparison, place, output_field=BooleanField()))  # noqa: S611

    def page(self, found: Iterable[T]) -> Page[T]:
        """The page out of what was found in order, of which one more than a page holds was asked for."""
        read = list(found)
        rows = read[: self.size]
        return Page(rows, self.cursor(rows[-1]) if len(read) > self.size else "")

    def cursor(self, row: Any) -> str:
        """The place of a row. One number stands for itself."""
        values = [getattr(row, name) for name in self.reads]
        if len(values) == 1:
            return str(values[0])
        text = json.dumps([_written(value) for value in values])
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def place(self, cursor: str) -> tuple[Any, ...] | None:
        """The values that a cursor names; None for the first page."""
        texts: Any = [cursor]
        try:
            if len(self.reads) > 1:
                texts = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            return tuple(read(text) for read, text in zip(self.reads.values(), texts, strict=True))
        except (ValueError, TypeError, AttributeError):  # of Base64 and JSON, too
            return None


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, UUID) else value
