"""The list's rows as HTML, each rendered once for as long as it reads the same.

What a row is made of is what it is kept under: the alert, what its reader may do there, the names of people,
the language and how old it reads. So nothing is ever invalidated, and nobody is shown a row that was made for
somebody who may do something else. What that saves: decision 0060.
"""

from collections.abc import Hashable, Iterable, Mapping
from types import SimpleNamespace
from uuid import UUID

from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from alerts.kinds import KindOf, kinds_now
from alerts.kinds.due import due_at
from alerts.presentation import alert_row, may_resolve
from alerts.queries import ListedAlert
from governance.core.cache.lru import Cache
from governance.core.database.stored_json import stored_json
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.http import Access
from governance.core.web.macros import joined, macros
from governance.core.web.templatetags.ui import reading

# Rows in the memory of each process: thirty pages of 200, at about 2 KB a row.
_rows: Cache[Hashable, str] = Cache(6000)

# Nobody acts on the past, and an age would be today's.
PAST = {"can_ack": False, "can_resolve": False, "undo_url": "", "is_past": True, "due": None}


def rows_html(
    alerts: Iterable[ListedAlert],
    access: Access,
    names: Mapping[UUID, str],
    *,
    past: bool = False,
    compact: bool = False,
    kind_of: KindOf | None = None,
) -> SafeString:
    """The rows in order. `past`: nobody acts on them."""
    kinds = kind_of or kinds_now()
    acting = access.sources[Permission.ACT]
    language, now = get_language(), timezone.now()
    has_site = compact and len(access.sources[Permission.VIEW] - {CONSOLE_SOURCE}) > 1

    def row(alert: ListedAlert) -> str:
        kind = kinds(alert.check_code, alert.source)
        due = None if past else due_at(alert, kind, kinds.calendar(kind, alert.source))

        def made() -> str:
            seen = alert
            if alert.payload is not None:
                seen = alert._replace(payload=stored_json(alert.payload))
            row = alert_row(seen, access, names, kinds) | {"has_site": has_site}
            return row_html(row | PAST if past else row, compact=compact)

        key = (
            # All that the alert says; its payload changes with its version.
            *(alert.says, language, past, compact, has_site, kind is not None),
            alert.source in acting,
            *(
                names.get(person) if person else None
                for person in (alert.assignee, alert.acknowledged_by, *alert.signers)
            ),
            reading(now - alert.first_detected_at),
            due and (due, due < now, reading(now - due)),
        )
        return _rows.get(key, made)

    return joined(map(row, alerts))


def row_html(row: Mapping[str, object], *, compact: bool = False) -> str:
    """One row as `alerts.presentation.alert_row` gives it."""
    made = macros("alert_line.html").alert_line if compact else macros("alert_row.html").alert_row
    html: str = made(SimpleNamespace(**row))
    return html


def may_act_on_any(alerts: Iterable[ListedAlert], access: Access) -> bool:
    """Whether some row has a box to tick."""
    return any(may_resolve(alert, access) for alert in alerts)
