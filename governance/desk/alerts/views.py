"""`/governance/integrity`: what is wrong, the gravest and the longest open first."""

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from alerts.kinds import kinds_now, reader_language
from alerts.models import ACTIVE, Severity, Status
from alerts.presentation import people
from alerts.queries import (
    AlertFilter,
    Counters,
    Page,
    alert_counters,
    alert_page,
    counters_listed,
    counters_today,
)
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.identity.sources import source_name
from governance.core.ledger.queries import is_known_broken
from governance.core.web.cache import Bounded
from governance.core.web.etag import unchanged_is_304
from governance.core.web.http import Access, ConsoleRequest, requires
from governance.desk.alerts.filters import (
    ScreenFilter,
    filter_address,
    filter_context,
    filter_read,
)
from governance.desk.alerts.groups import group_links, groups_context
from governance.desk.alerts.rows import may_act_on_any, rows_html
from governance.desk.forms import BulkForm
from governance.history.as_of import (
    alerts_as_of,
    as_of_read,
    proofs_as_of,
    standings_as_of,
    views_as_of,
)
from integrity.proofs.current import SourceProof, source_proofs
from integrity.scans.freshness import Standing, source_standings
from integrity.scans.kinds import kinds_by
from integrity.scans.pending import Pending, pending_now, pending_then, together

# Parts of the page that many requests share; none holds anything of a request.
_kept: Bounded[Hashable, str] = Bounded(64)


@require_safe
@requires(Permission.VIEW)
@unchanged_is_304
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
    current = filter_read(
        request.GET,
        sources=sources,
        person=request.user.pk,
        now=past.instant if past else None,
        kind_of=kinds,
    )
    current.as_of = past.text if past else ""
    statuses = current.alerts.status or ACTIVE
    chosen = current.alerts.apply(alerts_as_of(past, statuses) if past else None)
    cursor = request.GET.get("cursor", "")
    groups = (
        groups_context(
            current,
            sources=sources,
            then=chosen if past else None,
            cursor=cursor,
            kind_of=kinds,
        )
        if current.group
        else None
    )
    page = (
        Page() if groups else alert_page(chosen, cursor=cursor, payloads=reader_language() != "fr")
    )
    standings = standings_as_of(past) if past else source_standings(sources - {CONSOLE_SOURCE})
    if not past:
        counters = counters_today(current.alerts, sources)
    elif cursor or page.next_cursor or groups:
        counters = alert_counters(chosen)
    else:  # the page shows them all: the past need not be put together twice
        counters = counters_listed(page.alerts)

    def is_proved() -> bool:
        may_read = request.access.may(Permission.HISTORY)
        return not is_known_broken(reads_history=may_read) and all(one.is_whole for one in proofs())

    def proofs() -> Iterable[SourceProof]:
        if past:
            return proofs_as_of(past, views)
        return source_proofs(one.slug for one in standings).values()

    is_empty = not (page.alerts or (groups and groups["found"]))
    pending = Pending()
    if is_empty and not current.in_force:
        found = (
            pending_then(alerts_as_of(past, (*ACTIVE, Status.RESOLVED)), standings)
            if past
            else pending_now(standings)
        )
        pending = together(found.values())
    context = {
        "rows": rows_html(
            page.alerts,
            request.access,
            people(page.alerts),
            past=bool(past),
            ticked=ticked,
            kind_of=kinds,
        ),
        "bulk": (
            _bulk_html(request, bulk_form)
            if not past and may_act_on_any(page.alerts, request.access)
            else ""
        ),
        "moved": len(set(ticked) - {str(one.id) for one in page.alerts}),
        "groups": groups,
        "may_act": not past and request.access.may(Permission.ACT),
        "group_links": group_links(current),
        "counters": counters_context(current, counters, _unfiltered(current, sources)),
        "sources": standings,
        "filters": _filters_html(current, request.access),
        "pager": {
            "shown": len(page.alerts),
            "total": counters.total,
            "first_url": filter_address(current) if cursor else "",
            "next_url": (
                filter_address(current, cursor=page.next_cursor) if page.next_cursor else ""
            ),
        },
        "ignored": current.ignored,
        "then": then,
        "then_hides": sorted(map(source_name, sources - past.sources)) if past else [],
        "empty": _empty(current, standings, pending, is_proved) if is_empty else "",
        "pending": pending,
        "evidence": _evidence(standings),
        "list_url": reverse("integrity"),
        "saved_url": _beside("integrity_filters", current),
        "pulse_url": "" if past else _pulse_url(request, current),
    }
    return render(request, "integrity/list.html", context, status=status)


def _beside(name: str, current: ScreenFilter, **more: str) -> str:
    """Another address with this page's filter."""
    query = QueryDict(filter_address(current).partition("?")[2], mutable=True)
    for key, value in more.items():
        query[key] = value
    return reverse(name) + (f"?{query.urlencode()}" if query else "")


def _pulse_url(request: ConsoleRequest, current: ScreenFilter) -> str:
    """Where to ask what happened since the state that this page shows."""
    access = request.access
    if access.state is None or access.state_at is None:
        return ""
    since = access.state_at.isoformat()
    return _beside("integrity_pulse", current, state=access.state.hex(), since=since)


def _filters_html(current: ScreenFilter, access: Access) -> str:
    """The form with all its choices: the same for as long as the state and the filter are."""
    sources = access.sources[Permission.VIEW]

    def made() -> str:
        filters = filter_context(current, sources=sources)
        context = {"filters": filters, "list_url": reverse("integrity")}
        return get_template("integrity/_filters.html").render(context)

    return _kept.get((access.state, sources, get_language(), filter_address(current)), made)


def _bulk_html(request: ConsoleRequest, form: BulkForm | None) -> str:
    # the address keeps filter and page, so that the answer shows the same rows
    url = f"{reverse('integrity_bulk')}?{request.GET.urlencode()}".rstrip("?")

    def made() -> str:
        bulk = {"url": url, "form": form or BulkForm()}
        return get_template("integrity/_bulk.html").render({"bulk": bulk})

    return made() if form else _kept.get((url, get_language()), made)


def counters_context(
    current: ScreenFilter, counters: Counters, of: Counters | None
) -> dict[str, Any]:
    """The three figures, each a way to narrow the list. `of`: what stands unresolved without any filter."""
    return {
        "total": counters.total,
        "critical": counters.critical,
        "warn": counters.warn,
        # Of how many, where the filter leaves some out: "0" alone would read as "none".
        "of": of if of is not None and of != counters else None,
        "is_part": current.in_force and of != counters,
        "total_url": filter_address(current, severity=""),
        "critical_url": filter_address(current, severity=Severity.CRITICAL),
        "warn_url": filter_address(current, severity=Severity.WARN),
    }


def _unfiltered(current: ScreenFilter, sources: frozenset[str]) -> Counters | None:
    """The figures of the page without its filter; None where it has none, or shows the past (too dear).

    Of the active alerts; where it selects resolved ones too, of all in the states that it selects.
    """
    if not current.in_force or current.as_of:
        return None
    statuses = current.alerts.status
    return counters_today(
        AlertFilter(status=() if set(statuses) <= set(ACTIVE) else statuses), sources
    )


def counters_of(request: ConsoleRequest, address: str) -> dict[str, Any]:
    """The figures for the filter in `address`, the page from which an action was sent."""
    query = QueryDict(address.partition("?")[2])
    sources = request.access.sources[Permission.VIEW]
    current = filter_read(query, sources=sources, person=request.user.pk)
    return counters_context(
        current, counters_today(current.alerts, sources), _unfiltered(current, sources)
    )


def _empty(
    current: ScreenFilter,
    standings: list[Standing],
    pending: Pending,
    is_proved: Callable[[], bool],
) -> str:
    """Which sentence an empty list deserves: silence is good news only with fresh evidence and proof."""
    if not standings:
        return "no_source"
    if current.in_force:
        return "no_match"
    if all(standing.state == "never" for standing in standings):
        return "never"
    if not all(standing.state == "ok" for standing in standings):
        return "unknown"
    if pending:
        return "pending"
    return "fine" if is_proved() else "unproved"


def _evidence(standings: list[Standing]) -> dict[str, Any]:
    complete = [one.last_complete_at for one in standings if one.last_complete_at]
    return {
        "at": min(complete) if complete else None,
        "rules_count": sum(standing.rules_count for standing in standings),
    }
