"""Filters that people keep: made from an address of the screen, given back as one."""

from dataclasses import dataclass
from uuid import UUID

from django.db import IntegrityError, transaction
from django.http import QueryDict
from django.urls import reverse

from governance.desk.alerts.filters import ALERTS, AlertReader
from governance.desk.models import SavedFilter

LIMIT = 30  # filters of one person; a longer list is no help


class TooMany(Exception):
    """The person has LIMIT filters already."""


class NameTaken(Exception):
    """The person has a filter of that name already."""


@dataclass(frozen=True)
class SavedFilters:
    """What a person can choose from, by name; `others` are shared and belong to somebody else."""

    own: list[SavedFilter]
    others: list[SavedFilter]


def saved_filters_of(person: UUID) -> SavedFilters:
    """One query; row security leaves out what is neither the person's nor shared with them."""
    found = list(SavedFilter.objects.order_by("name", "created_at"))
    return SavedFilters(
        [one for one in found if one.owner_id == person],
        [one for one in found if one.owner_id != person],
    )


def query_kept(query: QueryDict, *, sources: frozenset[str], person: UUID) -> str:
    """The part of an address that a filter keeps: known parameters with values that mean something."""
    return ALERTS.read(query, AlertReader(sources, person)).url.partition("?")[2]


def filter_save(*, person: UUID, name: str, query: str, shared: bool) -> SavedFilter:
    """Raises TooMany and NameTaken."""
    if SavedFilter.objects.filter(owner_id=person).count() >= LIMIT:
        raise TooMany
    try:
        with transaction.atomic():
            return SavedFilter.objects.create(
                owner_id=person, name=name, query=query, shared=shared
            )
    except IntegrityError as error:
        raise NameTaken from error


def filter_share(*, person: UUID, filter_id: UUID, shared: bool) -> bool:
    """Share one's own filter, or no longer; False when there is none."""
    return bool(SavedFilter.objects.filter(pk=filter_id, owner_id=person).update(shared=shared))


def filter_delete(*, person: UUID, filter_id: UUID) -> bool:
    """Remove one's own filter; False when there is none."""
    done, _kinds = SavedFilter.objects.filter(pk=filter_id, owner_id=person).delete()
    return bool(done)


def address_of(one: SavedFilter) -> str:
    """The screen as the filter shows it."""
    return reverse("integrity") + (f"?{one.query}" if one.query else "")
