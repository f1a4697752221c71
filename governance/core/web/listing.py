"""Lists that an address narrows: what it asks for, the chips and choices for that, and further addresses.

A page declares its list as data (`Listing`), reads an address with it (`Listing.read`) and asks what came of
that (`Asked`) for everything its template needs. Knows no list and no model.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _lazy

from governance.core.identity.sources import source_name

TEXT_LIMIT = 200  # characters of a value; nothing longer names anything
CURSOR = "cursor"
ALL, PAGES = _lazy("Toutes"), _lazy("Pages de la liste")
NEWEST = _lazy("Revenir au plus récent")

Words = str | Promise


@dataclass(frozen=True)
class Reader:
    """For whom a list is read: the sources that the person holds, and who that is."""

    sources: frozenset[str]
    person: UUID | None = None


# What a form offers: (value, words); of what was chosen already, everything that it must still offer.
Offer = Callable[[Any, Sequence[str]], Sequence[tuple[str, Any]]]
# The value that a text means for a reader; None where it means nothing.
Read = Callable[[str, Any], Any]


@dataclass(frozen=True)
class Filter:
    """One parameter of an address that narrows a list."""

    name: str
    label: Words
    offers: Offer | None = None  # the choices of its select; None: the form has none
    reads: Read | None = None  # by default a text means itself where it is offered
    says: Callable[[str], Any] | None = None  # a chosen text in words; by default as it is offered
    everything: Words = ALL  # how its select says that it does not narrow
    selects: str = (
        ""  # what its value is called where rows are selected; by default like the parameter
    )
    many: bool = False  # may be named several times, and then any of them will do
    is_cut: bool = False  # free text, of which the first TEXT_LIMIT characters count
    is_exact: bool = False  # blanks around it are part of it
    narrows: bool = True  # False: it says how the list is shown, and has no chip
    former: Mapping[str, str] = field(default_factory=dict)  # values of older addresses


@dataclass(frozen=True)
class Listing:
    """A list page, as data. `view`: its name in the addresses; the order is that of the address."""

    view: str
    filters: tuple[Filter, ...]
    pages: Words = PAGES
    first: Words = NEWEST
    further: Words = ""
    former: Mapping[str, str] = field(
        default_factory=dict
    )  # names of parameters in older addresses

    def read(self, query: QueryDict, reader: Reader) -> "Asked":
        """Read an address. A value that means nothing is left out and reported, never an error."""
        chosen: dict[str, list[str]] = {}
        values: dict[str, Any] = {}
        ignored: list[dict[str, str]] = []
        for one in self.filters:
            found = []
            for text in self._texts(one, query):
                kept, rest = text[:TEXT_LIMIT], text[TEXT_LIMIT:]
                value = _value(one, kept, reader) if one.is_cut or not rest else None
                if value is not None:
                    chosen.setdefault(one.name, []).append(kept)
                    found.append(value)
                    if rest:
                        ignored.append({"name": str(one.label), "value": rest})
                else:
                    ignored.append({"name": str(one.label), "value": text})
            if found:
                values[one.selects or one.name] = tuple(found) if one.many else found[0]
        return Asked(self, reader, chosen, values, ignored, query.get(CURSOR, ""))

    def _texts(self, one: Filter, query: QueryDict) -> list[str]:
        """What an address says of a filter, by its name or a former one; the last where one counts."""
        names = [one.name, *(old for old, name in self.former.items() if name == one.name)]
        texts = [text.replace("\x00", "") for name in names for text in query.getlist(name)]
        if not one.is_exact:
            texts = [text.strip() for text in texts]
        texts = [one.former.get(text, text) for text in texts if text]
        return texts if one.many else texts[-1:]


def _value(one: Filter, text: str, reader: Reader) -> Any:
    if one.reads:
        return one.reads(text, reader)
    offered = one.offers(reader, ()) if one.offers else ()
    return text if any(text == value for value, _words in offered) else None


@dataclass(frozen=True)
class Asked:
    """What an address asks of a list. `values`: what to select by; `ignored`: what was left out, and why."""

    listing: Listing
    reader: Reader
    chosen: dict[str, list[str]]  # by parameter the texts that mean something
    values: dict[str, Any]
    ignored: list[dict[str, str]]
    cursor: str = ""
    stays: dict[str, str] = field(default_factory=dict)  # parameters that no clearing takes away

    def staying(self, **parameters: str) -> "Asked":
        """The same, with parameters that stay in each of its addresses."""
        return replace(self, stays={name: text for name, text in parameters.items() if text})

    def text(self, name: str) -> str:
        """What was chosen of a filter that counts once; empty for nothing."""
        return next(iter(self.chosen.get(name, ())), "")

    @property
    def narrowing(self) -> list[tuple[Filter, str]]:
        """Each filter in force with a text that was chosen of it."""
        return [
            (one, text)
            for one in self.listing.filters
            if one.narrows
            for text in self.chosen.get(one.name, ())
        ]

    @property
    def in_force(self) -> bool:
        return bool(self.narrowing)

    def address(
        self,
        *,
        view: str = "",
        cursor: str = "",
        without: tuple[str, str] | None = None,
        **other: str,
    ) -> str:
        """The page's own address, or that of `view` with what is asked here.

        `without`: a parameter and its text to be left out; `other`: parameters that read otherwise there.
        """
        asked = [
            (one.name, text)
            for one in self.listing.filters
            for text in ([other[one.name]] if one.name in other else self.chosen.get(one.name, ()))
            if text and (one.name, text) != without
        ]
        asked += self.stays.items()
        if cursor:
            asked.append((CURSOR, cursor))
        return _address(view or self.listing.view, asked)

    @property
    def url(self) -> str:
        """The list's first page."""
        return self.address()

    @property
    def clear_url(self) -> str:
        """The list without any filter."""
        return _address(self.listing.view, [*self.stays.items()])

    @property
    def list_url(self) -> str:
        return _reversed(self.listing.view)

    @property
    def shown(self) -> dict[str, str]:
        """By parameter what was chosen, for the fields and hidden fields of a form."""
        return {name: texts[0] for name, texts in self.chosen.items()} | self.stays

    @property
    def choices(self) -> list[dict[str, Any]]:
        """The form's selects, see ui/select.html."""
        found = []
        for one in self.listing.filters:
            if one.offers is None:
                continue
            chosen = self.chosen.get(one.name, [])
            options = [("", one.everything), *one.offers(self.reader, chosen)]
            found.append(
                {
                    "name": one.name,
                    "label": one.label,
                    "options": [
                        {"value": value, "label": words, "selected": value in chosen}
                        for value, words in options
                    ],
                }
            )
        return found

    @property
    def chips(self) -> list[dict[str, Any]]:
        """A chip for each filter in force, with the address of the page without it."""
        return [
            {
                "label": one.label,
                "value": self._words(one, text),
                "url": self.address(without=(one.name, text)),
            }
            for one, text in self.narrowing
        ]

    def _words(self, one: Filter, text: str) -> Any:
        if one.says:
            return one.says(text)
        offered = one.offers(self.reader, [text]) if one.offers else ()
        return dict(offered).get(text, text)

    def pager(
        self, next_cursor: str, *, shown: int | None = None, total: int | None = None
    ) -> dict[str, Any]:
        """The way to the first and to the next page, see ui/pager.html."""
        return {
            "shown": shown,
            "total": total,
            "label": self.listing.pages,
            "first_label": self.listing.first,
            "next_label": self.listing.further,
            "first_url": self.url if self.cursor else "",
            "next_url": self.address(cursor=next_cursor) if next_cursor else "",
        }


def source_choices(reader: Reader, _chosen: Sequence[str]) -> list[tuple[str, str]]:
    """The reader's sources by the names that people gave them."""
    return [(slug, source_name(slug)) for slug in sorted(reader.sources)]


def in_order(pairs: Iterable[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Choices by their words."""
    return sorted(pairs, key=lambda pair: str(pair[1]).casefold())


def _address(view: str, query: Sequence[tuple[str, str]]) -> str:
    encoded = urlencode(query)
    return _reversed(view) + (f"?{encoded}" if encoded else "")


@cache
def _reversed(view: str) -> str:
    return reverse(view)
