"""The list's rows as HTML, each rendered once for as long as it reads the same.

A row depends on the alert's version (every change that a row shows moves it), on what its reader may do
there, on the names of people, on the language and on how old it reads. All of that is the key under which
the HTML is kept, so nothing is ever invalidated and nobody is shown a row that was made for somebody who
may do something else.
"""

from collections.abc import Container, Hashable, Iterable, Mapping
from functools import cache
from uuid import UUID

from django.template.loader import get_template
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from alerts.due import due_at
from alerts.kinds import Kind, KindOf, kinds_now
from alerts.presentation import alert_row, may_resolve
from alerts.queries import ListedAlert
from governance.core.identity.roles import Permission
from governance.core.web.cache import Bounded
from governance.core.web.http import Access
from governance.core.web.templatetags.ui import reading

# Rows in the memory of each process: thirty pages of 200, at about 2 KB a row.
KEPT = 6000

_kept: Bounded[Hashable, str] = Bounded(KEPT)


def rows_html(
    alerts: Iterable[ListedAlert],
    access: Access,
    names: Mapping[UUID, str],
    *,
    past: bool = False,
    ticked: Container[str] = (),
    kind_of: KindOf | None = None,
) -> SafeString:
    """The rows in order. `past`: nobody acts on them; `ticked`: ids whose box is ticked, as text."""
    kind_here = cache(kind_of or kinds_now())
    acting = access.sources[Permission.ACT]
    language, now = get_language(), timezone.now()
    html = []
    for alert in alerts:
        selected = str(alert.id) in ticked if ticked else False

        kind = kind_here(alert.check_code, alert.source)

        def made(
            alert: ListedAlert = alert, selected: bool = selected, kind: Kind | None = kind
        ) -> str:
            return _rendered(alert, access, names, kind, past=past, selected=selected)

        due = None if past else due_at(alert, kind)
        key = (
            alert.id,
            alert.version,
            language,
            past,
            selected,
            kind is not None,
            alert.source in acting,
            names.get(alert.assignee) if alert.assignee else None,
            names.get(alert.acknowledged_by) if alert.acknowledged_by else None,
            names.get(alert.contradicted_by) if alert.contradicted_by else None,
            reading(now - alert.first_detected_at),
            due and (due < now, reading(now - due)),
        )
        html.append(_kept.get(key, made))
    return mark_safe("".join(html))  # noqa: S308  # each part comes out of a template that escapes


def _rendered(
    alert: ListedAlert,
    access: Access,
    names: Mapping[UUID, str],
    kind: Kind | None,
    *,
    past: bool,
    selected: bool,
) -> str:
    row = alert_row(alert, access, names, kind) | {"selected": selected}
    if past:  # nobody acts on the past, and an age would be today's
        row |= {"can_ack": False, "can_resolve": False, "is_past": True, "due": None}
    return get_template("integrity/_row.html").render({"row": row})


def may_act_on_any(alerts: Iterable[ListedAlert], access: Access) -> bool:
    """Whether some row has a box to tick."""
    return any(may_resolve(alert, access) for alert in alerts)
