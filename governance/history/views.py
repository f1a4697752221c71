"""`/governance/history`: everything that happened and that the reader may see, newest first."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.listing import Reader
from governance.history.entries import history_page
from governance.history.filters import HISTORY, ROUTINE, day_of, entries_selected, shows_routine
from governance.history.rows import days_html


@require_safe
@requires(Permission.HISTORY)
def history(request: ConsoleRequest) -> HttpResponse:
    sources = request.access.sources[Permission.HISTORY]
    asked = HISTORY.read(request.GET, Reader(sources))
    selected = entries_selected(asked)
    page = history_page(
        selected, sources=sources, routine=shows_routine(asked), cursor=asked.cursor
    )
    context = {
        "days": days_html(page.rows),
        "asked": asked,
        "since": day_of(selected.since),
        "until": day_of(selected.until),
        "hides_routine": not shows_routine(asked),
        "routine_url": asked.address(routine="1"),
        "telling_url": asked.address(routine="") if asked.text(ROUTINE) else "",
        "pager": asked.pager(page.next_cursor),
        "csv_url": asked.address(view="history_csv", routine=""),
        "jsonl_url": asked.address(view="history_jsonl", routine=""),
        "is_closed": selected.until is not None,
        "screen_url": reverse("integrity"),
    }
    return render(request, "integrity/history.html", context)
