"""`/governance/access/journal`: who tried what they may not, the newest first."""

import ipaddress
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_safe

from governance.access.journal.models import AccessEvent
from governance.access.journal.queries import event_page, kinds_lately
from governance.access.journal.suspicion import Kind
from governance.core.identity.models import SourceRole
from governance.core.identity.people import names_of, people
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.instants import instant_read
from governance.core.web.listing import Asked, Filter, Listing, Reader, in_order

DAYS = 7


def _people(reader: Reader, chosen: Sequence[str]) -> list[tuple[str, str]]:
    """Who holds a role where the reader administers, and whoever is asked for."""
    roles = SourceRole.objects.filter(source__in=reader.sources)
    found = people({*roles.values_list("user_id", flat=True), *map(UUID, chosen)})
    return in_order((str(one), str(person)) for one, person in found.items())


def _uuid(text: str, _reader: Reader) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _address(text: str, _reader: Reader) -> str | None:
    """As it is noted: of IPv6 the network."""
    try:
        if "/" in text:
            return str(ipaddress.ip_network(text))
        return str(ipaddress.ip_address(text))
    except ValueError:
        return None


def _day(*, last: bool) -> Any:
    return lambda text, _reader: instant_read(text, last=last)


JOURNAL = Listing(
    view="access_journal",
    filters=(
        Filter("from", _lazy("Du"), reads=_day(last=False), says=str, selects="since"),
        Filter("to", _lazy("Au"), reads=_day(last=True), says=str, selects="until"),
        Filter("kind", _lazy("Genre"), lambda *_args: Kind.choices, everything=_lazy("Tous")),
        Filter(
            "person",
            _lazy("Personne"),
            _people,
            reads=_uuid,
            everything=_lazy("Tout le monde"),
        ),
        Filter("address", _lazy("Adresse réseau"), reads=_address, says=str),
    ),
    pages=_lazy("Pages du journal"),
    further=_lazy("Plus ancien"),
)


@require_safe
@requires(Permission.ADMINISTER)
def journal(request: ConsoleRequest) -> HttpResponse:
    """The lines that the reader may see, narrowed by period, kind, person and address."""
    asked = JOURNAL.read(request.GET, Reader(request.access.sources[Permission.ADMINISTER]))
    page = event_page(asked.values, cursor=asked.cursor)
    names = names_of(row.person for row in page.rows if row.person)
    lately = kinds_lately(DAYS)
    context = {
        "rows": [_row(row, names, asked) for row in page.rows],
        "asked": asked,
        "days": DAYS,
        "lately": [
            {"label": Kind(kind).label, "count": count, "url": asked.address(kind=kind)}
            for kind, count in lately.items()
        ],
        "pager": asked.pager(page.next_cursor),
    }
    return render(request, "access/journal.html", context)


def _row(row: AccessEvent, names: dict[UUID, str], asked: Asked) -> dict[str, Any]:
    return {
        "id": row.pk,
        "at": row.at,
        "kind": row.kind,
        "label": Kind(row.kind).label,
        "person": names.get(row.person, "") if row.person else "",
        "address": row.address,
        "address_url": asked.address(address=row.address),
        "agent": row.agent,
        "method": row.method,
        "path": row.path,
        "status": row.status,
        "request_id": row.request_id,
        "merged": row.merged,
    }
