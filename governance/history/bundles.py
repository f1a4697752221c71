"""Entries that one person or one scan made at once, as one line that unfolds into them; knows no request.

A transaction writes all its entries at one instant, so those that stand together under one instant, actor and
action are what one decision about many, or one scan, left behind. Where their sentences differ in more than
the alert's own words (another cause, another age), they are lines of their own.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from typing import Any

from django.utils.translation import ngettext

from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import number
from governance.history.lines import Known
from governance.history.sentences import note_of, sentence

# What an alert or a rule is called; with the words and quotation marks of either language around it.
_WHAT = "\ue000"
_QUOTED = re.compile(f"(?:la règle |rule )?(?:[«“]\\s*{_WHAT}\\s*[»”]|{_WHAT})")


def together_by(known: Known) -> Callable[[LedgerEntry], Hashable]:
    """A key that entries of one line share; each that is about neither alert nor rule has its own."""

    def key(entry: LedgerEntry) -> Hashable:
        if entry.subject_type not in ("alert", "rule"):
            return entry.seq
        said = sentence(entry, what=_WHAT, names=known.names)
        return entry.at, entry.actor, entry.action, entry.source, said, note_of(entry)

    return key


def bundle_of(entries: Sequence[LedgerEntry], known: Known) -> dict[str, Any]:
    """The line over entries, newest first, as `jinja/history_entry.html` takes it."""
    first, n = entries[0], len(entries)
    if first.subject_type == "rule":
        many = ngettext("%(n)s règle", "%(n)s règles", n) % {"n": number(n)}
    else:
        many = ngettext("%(n)s alerte", "%(n)s alertes", n) % {"n": number(n)}
    return {
        "at": first.at,
        "action": first.action,
        "count": n,
        "sentence": _QUOTED.sub(many, sentence(first, what=_WHAT, names=known.names)),
        "source": first.source or "",
        "note": note_of(first),
        "first": entries[-1].seq,
        "last": first.seq,
    }
