"""`/governance/integrity`: what is wrong, the gravest and the longest open first."""

from collections.abc import Callable, Iterable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from alerts.kinds import kinds_now, reader_language
from alerts.models import ACTIVE, Severity, Status
from alerts.presentation import people
from alerts.queries import (
    AlertFilter,
    Counters,
    ListedAlert,
    alert_counters,
    alert_page,
    counters_listed,
    counters_today,
)
from alerts.sorting import AGE, CHANGED, DUE, OBJECT, RULE, order_by
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.identity.sources import source_name
from governance.core.ledger.queries import is_known_broken
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.listing import Asked
from governance.core.web.macros import page_with_rows
from governance.core.web.paging import Page
from governance.desk.alerts.density import density_of
from governance.desk.alerts.filters import ALERTS, AlertReader, alerts_selected
from governance.desk.alerts.groups import group_links, groups_context
from governance.desk.alerts.rows import may_act_on_any, rows_html
from governance.desk.models import Density
from governance.history.as_of import (
    alerts_as_of,
    alerts_pending,
    as_of_read,
    freshness_as_of,
    proofs_as_of,
    views_as_of,
)
from integrity.proofs.current import SourceProof, source_proofs
from integrity.scans.freshness import Freshness, source_freshness
from integrity.scans.kinds import kinds_by
from integrity.scans.pending import Pending, pending_now, pending_summed, pending_then

SORT_WORDS = {
    "": _lazy("Gravité, puis âge"),
    DUE: _lazy("Échéance"),
    AGE: _lazy("Âge"),
    OBJECT: _lazy("Objet"),
    RULE: _lazy("Règle"),
    CHANGED: _lazy("Dernier changement"),
}
# Of the compact list: name, words, and what its head sorts by (None: it does not).
COLUMNS = (
    ("sev", _lazy("Gravité"), ""),
    ("object", _lazy("Objet"), OBJECT),
    ("fact", _lazy("Constat"), RULE),
    ("figure", _lazy("Valeur"), None),
    ("age", _lazy("Depuis"), AGE),
    ("due", _lazy("Échéance"), DUE),
    ("turn", _lazy("À qui"), None),
)


@require_safe
@requires(Permission.VIEW)
def screen(request: ConsoleRequest) -> HttpResponse:
    """The whole page; with a script its filters fetch it anew and take what changed out of it."""
    sources = request.access.sources[Permission.VIEW]
    then = as_of_read(request.GET, request.access)
    past = then if then and then.is_past else None
    views = views_as_of(past) if past else {}
    kinds = kinds_by(views, past.instant) if past else kinds_now()
    asked = ALERTS.read(request.GET, AlertReader(sources, request.user.pk))
    asked = asked.staying(as_of=past.text if past else "")
    selected = alerts_selected(asked, now=past.instant if past else None, kind_of=kinds)
    statuses = selected.status or ACTIVE
    chosen = selected.apply(alerts_as_of(past, statuses) if past else None)
    groups = (
        groups_context(asked, selected, then=chosen if past else None, kind_of=kinds)
        if asked.text("group")
        else None
    )
    freshness = freshness_as_of(past) if past else source_freshness(sources - {CONSOLE_SOURCE})
    counters = None if past else counters_today(selected, sources)
    compact = not groups and (
        density_of(request.user.pk, counters.total if counters else 0) == Density.COMPACT
    )
    page: Page[ListedAlert] = (
        Page()
        if groups
        else alert_page(
            chosen,
            cursor=asked.cursor,
            order=order_by(asked.text("sort"), sources, kinds),
            payloads=compact or reader_language() != "fr",
        )
    )
    if counters is None:  # where the page shows them all, the past need not be put together twice
        is_whole = not (asked.cursor or page.next_cursor or groups)
        counters = counters_listed(page.rows) if is_whole else alert_counters(chosen)

    def is_proved() -> bool:
        may_read = request.access.may(Permission.HISTORY)
        return not is_known_broken(reads_history=may_read) and all(one.is_whole for one in proofs())

    def proofs() -> Iterable[SourceProof]:
        if past:
            return proofs_as_of(past, views)
        return source_proofs(one.slug for one in freshness).values()

    is_empty = not (page.rows or (groups and groups["found"]))
    pending = Pending()
    if is_empty and not asked.in_force:
        found = (
            pending_then(*alerts_pending(past, freshness), freshness)
            if past
            else pending_now(freshness)
        )
        pending = pending_summed(found.values())
    rows = rows_html(
        page.rows,
        request.access,
        people(page.rows),
        past=bool(past),
        compact=compact,
        kind_of=kinds,
    )
    query = request.GET.urlencode()
    context = {
        "bulk": (
            # the address keeps the filter, so that the way back shows the same rows
            {
                "url": _with_query("integrity_bulk", query),
                "matching": counters.total if counters.total > len(page.rows) else 0,
            }
            if not past and may_act_on_any(page.rows, request.access)
            else None
        ),
        "compact": compact,
        "heads": _heads(asked),
        "density_url": _with_query("integrity_density", query),
        "groups": groups,
        "may_act": not past and request.access.may(Permission.ACT),
        "group_links": group_links(asked),
        "sorts": sort_links(asked),
        "counters": counters_context(asked, counters, _unfiltered(asked, selected)),
        "sources": freshness,
        "doubtful": [one for one in freshness if one.state != "ok"],
        "oldest": min(
            (one.last_complete_at for one in freshness if one.last_complete_at), default=None
        ),
        "asked": asked,
        "pager": asked.pager(page.next_cursor, shown=len(page.rows), total=counters.total),
        "then": then,
        "then_hides": sorted(map(source_name, sources - past.sources)) if past else [],
        "empty": _empty(asked, freshness, pending, is_proved) if is_empty else "",
        "resolved_url": _resolved_url(asked),
        "pending": pending,
        "evidence": _evidence(freshness),
        "list_url": asked.list_url,
        "saved_url": asked.address(view="integrity_filters"),
        "exports": [] if past else export_links(query),
        "pulse_url": "" if past else _pulse_url(request, asked),
    }
    return page_with_rows(request, "integrity/list.html", context, rows)


def export_links(query: str) -> list[dict[str, str]]:
    """The list as a file: what each is called, and where its form posts to."""
    files = {"integrity_csv": _lazy("Tableur (CSV)"), "integrity_json": _lazy("Données (JSON)")}
    return [{"label": str(label), "url": _with_query(view, query)} for view, label in files.items()]


def _with_query(view: str, query: str) -> str:
    return reverse(view) + (f"?{query}" if query else "")


def sort_links(asked: Asked) -> list[dict[str, Any]]:
    """Every order of the list: what it is called, its address, whether it is the one in force."""
    return [
        {"name": name, "label": label, "url": asked.address(sort=name), "current": current}
        for name, label in SORT_WORDS.items()
        for current in [asked.text("sort") == name]
    ]


def _heads(asked: Asked) -> list[dict[str, str]]:
    """The heads of the compact list's columns, in order; what can be sorted by says so."""
    chosen, heads = asked.text("sort"), []
    for name, label, sort in COLUMNS:
        is_sorted = sort is not None and sort == chosen
        heads.append(
            {
                "name": name,
                "label": str(label),
                "url": "" if sort is None else asked.address(sort=sort),
                "sorted": ("descending" if sort == "" else "ascending") if is_sorted else "",
            }
        )
    return heads


def _pulse_url(request: ConsoleRequest, asked: Asked) -> str:
    """Where to ask what happened since the state that this page shows."""
    access = request.access
    if access.state is None or access.state_at is None:
        return ""
    url = asked.address(view="integrity_pulse")
    since = urlencode({"state": access.state.hex(), "since": access.state_at.isoformat()})
    return f"{url}{'&' if '?' in url else '?'}{since}"


def counters_context(asked: Asked, counters: Counters, of: Counters | None) -> dict[str, Any]:
    """The three figures, each a way to narrow the list. `of`: what stands unresolved without any filter."""
    return {
        "total": counters.total,
        "critical": counters.critical,
        "warn": counters.warn,
        # Of how many, where the filter leaves some out: "0" alone would read as "none".
        "of": of if of is not None and of != counters else None,
        "is_part": asked.in_force and of != counters,
        "total_url": asked.address(severity=""),
        "critical_url": asked.address(severity=Severity.CRITICAL),
        "warn_url": asked.address(severity=Severity.WARN),
    }


def _unfiltered(asked: Asked, selected: AlertFilter) -> Counters | None:
    """The figures of the page without its filter; None where it has none, or shows the past (too dear).

    Of the active alerts; where it selects resolved ones too, of all in the states that it selects.
    """
    if not asked.in_force or asked.stays:
        return None
    active_only = set(selected.status) <= set(ACTIVE)
    everything = AlertFilter(status=() if active_only else selected.status)
    return counters_today(everything, asked.reader.sources)


def counters_of(request: ConsoleRequest, address: str) -> dict[str, Any]:
    """The figures for the filter in `address`, the page from which an action was sent."""
    sources = request.access.sources[Permission.VIEW]
    query = QueryDict(address.partition("?")[2])
    asked = ALERTS.read(query, AlertReader(sources, request.user.pk))
    selected = alerts_selected(asked)
    counters = counters_today(selected, sources)
    return counters_context(asked, counters, _unfiltered(asked, selected))


def _empty(
    asked: Asked,
    freshness: list[Freshness],
    pending: Pending,
    is_proved: Callable[[], bool],
) -> str:
    """Which sentence an empty list deserves: silence is good news only with fresh evidence and proof."""
    if not freshness:
        return "no_source"
    if asked.in_force:
        return "no_match"
    if all(standing.state == "never" for standing in freshness):
        return "never"
    if not all(standing.state == "ok" for standing in freshness):
        return "unknown"
    if pending:
        return "pending"
    return "fine" if is_proved() else "unproved"


def _resolved_url(asked: Asked) -> str:
    """The same filters among what is resolved, where last week's decision is; empty where they say which.

    Not counted: a text is looked for in each alert, and nearly all that is stored is resolved.
    """
    if not asked.in_force or asked.text("status"):
        return ""
    return asked.address(status=Status.RESOLVED, sort=CHANGED, due="", waits="")


def _evidence(freshness: list[Freshness]) -> dict[str, Any]:
    complete = [one.last_complete_at for one in freshness if one.last_complete_at]
    return {
        "at": min(complete) if complete else None,
        "rules_count": sum(standing.rules_count for standing in freshness),
    }
