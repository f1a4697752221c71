"""`/governance/history`: everything that happened and that the reader may see, newest first."""

from collections.abc import Hashable

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import get_template
from django.urls import reverse
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from governance.core.identity.roles import Permission
from governance.core.web.cache import Bounded
from governance.core.web.etag import unchanged_is_304
from governance.core.web.http import Access, ConsoleRequest, requires
from governance.history.entries import history_page
from governance.history.filters import HistoryAsked, history_address, history_filters, history_read
from governance.history.rows import days_html

# The form with its choices, which many requests share; it holds nothing of a request.
_kept: Bounded[Hashable, str] = Bounded(64)


@require_safe
@requires(Permission.HISTORY)
@unchanged_is_304
def history(request: ConsoleRequest) -> HttpResponse:
    sources = request.access.sources[Permission.HISTORY]
    asked = history_read(request.GET, sources=sources)
    page = history_page(
        asked.entries, sources=sources, routine=asked.shows_routine, before=asked.before
    )
    next_url = history_address(asked, before=page.next_before) if page.next_before else ""
    context = {
        "days": days_html(page.entries),
        "filters": _filters_html(asked, request.access),
        "ignored": asked.ignored,
        "in_force": asked.in_force,
        "hides_routine": not asked.shows_routine,
        "routine_url": history_address(asked, routine=True),
        "telling_url": history_address(asked, routine=False) if asked.routine else "",
        "first_url": history_address(asked) if asked.before else "",
        "next_url": next_url,
        "csv_url": history_address(asked, page="history_csv"),
        "jsonl_url": history_address(asked, page="history_jsonl"),
        "is_closed": asked.entries.until is not None,
        "list_url": reverse("history"),
        "ledger_url": reverse("ledger"),
        "screen_url": reverse("integrity"),
    }
    return render(request, "integrity/history.html", context)


def _filters_html(asked: HistoryAsked, access: Access) -> str:
    """The same for as long as the state, which covers people and their names, and the filter are."""
    sources = access.sources[Permission.HISTORY]

    def made() -> str:
        filters = history_filters(asked, sources=sources)
        context = {"filters": filters, "list_url": reverse("history")}
        return get_template("integrity/_history_filters.html").render(context)

    return _kept.get((access.state, sources, get_language(), history_address(asked)), made)
