"""`/governance/history`: everything that happened and that the reader may see, newest first."""

from itertools import groupby

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.http import ConsoleRequest, requires
from governance.roles import Permission
from integrity.history.entries import history_page
from integrity.history.filters import history_address, history_filters, history_read
from integrity.history.lines import history_lines


@require_safe
@requires(Permission.HISTORY)
def history(request: ConsoleRequest) -> HttpResponse:
    sources = request.access.sources[Permission.HISTORY]
    asked = history_read(request.GET, sources=sources)
    page = history_page(
        asked.entries, sources=sources, routine=asked.shows_routine, before=asked.before
    )
    lines = history_lines(page.entries)
    next_url = history_address(asked, before=page.next_before) if page.next_before else ""
    context = {
        "days": [
            {"day": day, "entries": list(found)}
            for day, found in groupby(lines, key=lambda line: line.day)
        ],
        "filters": history_filters(asked, sources=sources),
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
