"""Entries as HTML, each rendered once for as long as it reads the same; knows no request.

What an entry's HTML is made of is what it is kept under (`reads_as`), so nothing is invalidated: a person
who changed their name, another language, or a reader who may not know a message is another key. Which
entries a reader sees is decided before. What that saves: decision 0060.
"""

from collections.abc import Hashable, Mapping, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.utils import timezone
from django.utils.safestring import SafeString

from governance.core.cache.lru import Cache
from governance.core.ledger.models import LedgerEntry
from governance.core.web.macros import joined, macros
from governance.history.bundles import bundle_of, together_by
from governance.history.lines import known_of, line_of, reads_as, timeline_item

# Entries in the memory of each process: thirty pages of 50, at about 3 KB an entry.
_entries: Cache[Hashable, str] = Cache(1500)


def days_html(entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    """The entries in their order, as {day, html} for each local day; what was done at once is one line."""
    known = known_of(entries)
    macro = macros("history_entry.html")

    def html(entry: LedgerEntry) -> str:
        return _entries.get(
            reads_as(entry, known), lambda: macro.history_entry(line_of(entry, known))
        )

    def line(together: list[LedgerEntry]) -> str:
        inside = joined(map(html, together))
        return macro.history_bundle(bundle_of(together, known), inside) if together[1:] else inside

    return [
        {
            "day": day,
            "html": joined(line(list(part)) for _key, part in groupby(found, together_by(known))),
        }
        for day, found in groupby(entries, _day)
    ]


def timeline_html(
    entries: Sequence[LedgerEntry], *, about: Mapping[str, str] | None = None
) -> SafeString:
    """The record of one alert, or of several together: `about` names each by its id."""
    known, named = known_of(entries), about or {}
    html = macros("timeline_item.html").timeline_item
    return joined(
        html(timeline_item(line_of(entry, known), about=named.get(entry.subject_id, "")))
        for entry in entries
    )


def _day(entry: LedgerEntry) -> date:
    return timezone.localtime(entry.at).date()
