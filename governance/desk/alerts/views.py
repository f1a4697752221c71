"""`/governance/integrity`: what is wrong, the gravest and the longest open first."""

from collections.abc import Callable, Collection, Iterable
from functools import cache
from typing import Any

from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import get_language
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
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.identity.sources import source_name
from governance.core.ledger.queries import is_known_broken
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.listing import Asked
from governance.core.web.macros import macros, page_with_rows
from governance.core.web.paging import Page
from governance.desk.alerts.filters import ALERTS, AlertReader, alerts_selected
from governance.desk.alerts.groups import group_links, groups_context
from governance.desk.alerts.rows import may_act_on_any, rows_html
from governance.desk.forms import BulkForm
from governance.history.as_of import (
    alerts_as_of,
    as_of_read,
    freshness_as_of,
    proofs_as_of,
    views_as_of,
)
from integrity.proofs.current import SourceProof, source_proofs
from integrity.scans.freshness import Freshness, source_freshness
from integrity.scans.kinds import kinds_by
from integrity.scans.pending import Pending, pending_now, pending_summed, pending_then


@require_safe
@requires(Permission.VIEW)
def screen(request: ConsoleRequest) -> HttpResponse:
    return screen_page(request)


def screen_page(
    request: ConsoleRequest,
    *,
    status: int = 200,
    bulk_form: BulkForm | None = None,
    ticked: Collection[str] = (),
) -> HttpResponse:
    """The whole page; a refused bulk form comes back with what was typed and ticked (uuids as text)."""
    sources = request.access.sources[Permission.VIEW]
    then = as_of_read(request.GET, request.access)
    past = then if then and then.is_past else None
    views = views_as_of(past) if past else {}
    kinds = kinds_by(views) if past else kinds_now()
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
    page: Page[ListedAlert] = (
        Page()
        if groups
        else alert_page(chosen, cursor=asked.cursor, payloads=reader_language() != "fr")
    )
    freshness = freshness_as_of(past) if past else source_freshness(sources - {CONSOLE_SOURCE})
    if not past:
        counters = counters_today(selected, sources)
    elif asked.cursor or page.next_cursor or groups:
        counters = alert_counters(chosen)
    else:  # the page shows them all: the past need not be put together twice
        counters = counters_listed(page.rows)

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
            pending_then(alerts_as_of(past, (*ACTIVE, Status.RESOLVED)), freshness)
            if past
            else pending_now(freshness)
        )
        pending = pending_summed(found.values())
    rows = rows_html(
        page.rows,
        request.access,
        people(page.rows),
        past=bool(past),
        ticked=ticked,
        kind_of=kinds,
    )
    context = {
        "bulk": (
            # the address keeps filter and page, so that the answer shows the same rows
            {
                "url": f"{reverse('integrity_bulk')}?{request.GET.urlencode()}".rstrip("?"),
                "refused": bulk_form,
                "fields": bulk_fields(bulk_form) if bulk_form else _fields(get_language()),
            }
            if not past and may_act_on_any(page.rows, request.access)
            else None
        ),
        "moved": len(set(ticked) - {str(one.id) for one in page.rows}),
        "groups": groups,
        "may_act": not past and request.access.may(Permission.ACT),
        "group_links": group_links(asked),
        "counters": counters_context(asked, counters, _unfiltered(asked, selected)),
        "sources": freshness,
        "asked": asked,
        "pager": asked.pager(page.next_cursor, shown=len(page.rows), total=counters.total),
        "then": then,
        "then_hides": sorted(map(source_name, sources - past.sources)) if past else [],
        "empty": _empty(asked, freshness, pending, is_proved) if is_empty else "",
        "pending": pending,
        "evidence": _evidence(freshness),
        "list_url": asked.list_url,
        "saved_url": asked.address(view="integrity_filters"),
        "pulse_url": "" if past else _pulse_url(request, asked),
    }
    return page_with_rows(request, "integrity/list.html", context, rows, status=status)


@cache
def _fields(language: str | None) -> str:
    """Those of the form that nobody has filled in: the same on every page in a language."""
    return bulk_fields(BulkForm())


def bulk_fields(form: BulkForm) -> str:
    fields: str = macros("forms.html").bulk_fields(form)
    return fields


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


def _evidence(freshness: list[Freshness]) -> dict[str, Any]:
    complete = [one.last_complete_at for one in freshness if one.last_complete_at]
    return {
        "at": min(complete) if complete else None,
        "rules_count": sum(standing.rules_count for standing in freshness),
    }
