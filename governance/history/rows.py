"""Entries as HTML, each rendered once for as long as it reads the same; knows no request.

What an entry's HTML is made of is what it is kept under (`reads_as`), so nothing is invalidated: a person
who changed their name, another language, or a reader who may not know a message is another key. Which
entries a reader sees is decided before; nothing in the HTML depends on what else they may do.
"""

from collections.abc import Hashable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from django.template.defaultfilters import linebreaksbr
from django.template.loader import get_template
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from governance.core.ledger.models import LedgerEntry
from governance.core.web.cache import Bounded
from governance.core.web.templatetags.ui import reading
from governance.history.lines import Line, known_of, line_of, reads_as, timeline_item

# Entries in the memory of each process: thirty pages of 50, at about 3 KB an entry.
KEPT = 1500

_kept: Bounded[Hashable, str] = Bounded(KEPT)


def days_html(entries: Sequence[LedgerEntry]) -> list[dict[str, Any]]:
    """The entries in their order, as {day, html} for each local day."""
    known = known_of(entries)

    def html(entry: LedgerEntry) -> str:
        def made() -> str:
            line = line_of(entry, known)
            context = {"entry": line, "rows": _rows(line)}
            return get_template("integrity/_history_entry.html").render(context)

        return _kept.get(("history", reads_as(entry, known)), made)

    return [
        {"day": day, "html": _joined(map(html, found))} for day, found in groupby(entries, _day)
    ]


def timeline_html(entries: Sequence[LedgerEntry]) -> SafeString:
    """The record of one alert; how long ago it reads is part of the key."""
    known, now = known_of(entries), timezone.now()

    def html(entry: LedgerEntry) -> str:
        def made() -> str:
            context = {"item": timeline_item(line_of(entry, known))}
            return get_template("ui/timeline_item.html").render(context)

        return _kept.get(("timeline", reads_as(entry, known), reading(now - entry.at)), made)

    return _joined(map(html, entries))


def _rows(line: Line) -> SafeString:
    """The entry's changes as table rows. Not in the template: there they cost a third of a page."""
    value, before = escape(_("Valeur")), escape(_("Avant"))
    after = escape(_("Après") if line.has_before else _("Inscrite"))
    return _joined(
        f'<tr><td data-label="{value}">{escape(one["label"])}</td>'
        + (f'<td data-label="{before}">{_in_lines(one["before"])}</td>' if line.has_before else "")
        + f'<td data-label="{after}">{_in_lines(one["after"])}</td></tr>'
        for one in line.changes
    )


def _in_lines(text: str) -> str:
    """A value as HTML; it keeps its lines, though nearly all have one."""
    return linebreaksbr(text) if "\n" in text or "\r" in text else escape(text)


def _day(entry: LedgerEntry) -> date:
    return timezone.localtime(entry.at).date()


def _joined(parts: Any) -> SafeString:
    return mark_safe("".join(parts))  # noqa: S308  # each part was escaped, by a template or above
