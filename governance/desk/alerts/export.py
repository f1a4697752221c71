"""The list of alerts as a file: what its filter selects, streamed; the ledger says who took it."""

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _

from alerts.kinds import KindOf, kinds_now, message_in_words, reader_language
from alerts.kinds.due import due_at
from alerts.models import Alert, Decision, Severity, Status
from governance.core.identity.acting import acting_as_user
from governance.core.identity.people import people
from governance.core.identity.roles import Permission
from governance.core.identity.sources import source_name
from governance.core.ledger.notes import ledger_note
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.alerts.filters import ALERTS, AlertReader, alerts_selected
from governance.history.export.sheet import BOM, cell

ROWS_PER_FETCH = 500
MEDIA = {"csv": "text/csv; charset=utf-8", "json": "application/json"}


@dataclass(frozen=True)
class _Order:
    """What to export and in whose name, settled before the first byte."""

    user_id: UUID
    user_name: str
    alerts: QuerySet[Alert]
    selection: list[str]
    names: dict[str, str]
    kind_of: KindOf
    at: datetime


@posted
@requires(Permission.VIEW)
def alerts_export(request: ConsoleRequest, form: str) -> HttpResponseBase:
    """`form`: csv or json. Only what stands today: the past has its own export, the history's."""
    asked = ALERTS.read(
        request.GET, AlertReader(request.access.sources[Permission.VIEW], request.user.pk)
    )
    chips = [f"{chip['label']} = {chip['value']}" for chip in asked.chips]
    chosen = alerts_selected(asked).apply()
    involved = {
        person
        for pair in chosen.values_list("assignee", "resolved_by")
        for person in pair
        if person
    }
    ledger_note(action="export.alerts", subject_id=form, details={"selection": {"alerts": chips}})
    order = _Order(
        request.user.pk,
        str(request.user),
        chosen.order_by("severity_rank", "first_detected_at", "id"),
        chips,
        {str(one): str(person) for one, person in people(involved).items()},
        kinds_now(),
        timezone.now(),
    )
    lines = _sheet(order) if form == "csv" else _json(order)
    name = f"alertes-{timezone.localtime():%Y%m%d-%H%M}.{form}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=MEDIA[form], headers=headers)


def _sheet(order: _Order) -> Iterator[bytes]:
    yield BOM + _text(
        [
            [_("Alertes"), f"{settings.APP_ENV} {settings.APP_RELEASE}"],
            [_("Exporté par"), order.user_name, str(order.user_id)],
            [_("Exporté le"), _local(order.at), settings.TIME_ZONE],
            [_("Filtre"), *(order.selection or [_("aucun")])],
            [],
            list(_words()),
        ]
    )
    for alerts in _fetched(order):
        yield _text(_row(order, one) for one in alerts)


def _json(order: _Order) -> Iterator[bytes]:
    about = {
        "console": f"{settings.APP_ENV} {settings.APP_RELEASE}",
        "exported_by": str(order.user_id),
        "exported_at": order.at.isoformat(),
        "selection": order.selection,
    }
    yield f'{json.dumps(about, ensure_ascii=False)[:-1]}, "alerts": ['.encode()
    separator = "\n"
    for alerts in _fetched(order):
        for one in alerts:
            yield f"{separator}{json.dumps(_record(one), ensure_ascii=False)}".encode()
            separator = ",\n"
    yield b"\n]}\n"


def _words() -> tuple[str, ...]:
    return (
        _("Gravité"),
        _("État"),
        _("Source"),
        _("Règle"),
        _("Code"),
        _("Sorte d’objet"),
        _("Objet"),
        _("Constat"),
        _("Depuis"),
        _("Vue la dernière fois"),
        _("Échéance"),
        _("À la charge de"),
        _("Décision"),
        _("Jusqu’au"),
        _("Décidé par"),
        _("Note"),
        _("Identifiant"),
    )


def _row(order: _Order, one: Alert) -> Sequence[Any]:
    kind = order.kind_of(one.check_code, one.source)
    due = due_at(one, kind, order.kind_of.calendar(kind, one.source))
    return (
        Severity(one.severity).label,
        Status(one.status).label,
        source_name(one.source),
        kind.title.in_(reader_language()) if kind else one.check_code,
        one.check_code,
        one.entity_type,
        one.entity_id,
        message_in_words(one.message, one.payload, one.rule_version, kind),
        _local(one.first_detected_at),
        _local(one.last_detected_at),
        _local(due) if due else "",
        order.names.get(str(one.assignee), ""),
        Decision(one.resolution_decision).label if one.resolution_decision else "",
        one.accepted_until or "",
        order.names.get(str(one.resolved_by), ""),
        one.resolution_note or "",
        one.pk,
    )


def _record(one: Alert) -> dict[str, Any]:
    """The stored values, for programs: codes, not words."""
    return {
        "id": str(one.pk),
        "source": one.source,
        "check_code": one.check_code,
        "severity": one.severity,
        "status": one.status,
        "entity_type": one.entity_type,
        "entity_id": one.entity_id,
        "message": one.message,
        "payload": one.payload,
        "occurrences": one.occurrences,
        "episode": one.episode,
        "first_detected_at": one.first_detected_at.isoformat(),
        "last_detected_at": one.last_detected_at.isoformat(),
        "assignee": one.assignee and str(one.assignee),
        "decision": one.resolution_decision,
        "accepted_until": one.accepted_until and one.accepted_until.isoformat(),
    }


def _fetched(order: _Order) -> Iterator[list[Alert]]:
    """The alerts, some hundred at a time: the stream outlives the view's transaction, and has one of its own.

    By the ids, which are read first, so that memory does not grow with payloads and every page of rows is
    under the reader's row security.
    """
    with acting_as_user(order.user_id):
        ids = list(order.alerts.values_list("pk", flat=True))
        for first in range(0, len(ids), ROWS_PER_FETCH):
            part = ids[first : first + ROWS_PER_FETCH]
            found = Alert.objects.in_bulk(part)
            yield [found[one] for one in part if one in found]


def _text(rows: Iterable[Sequence[Any]]) -> bytes:
    """As the history's sheet: semicolons, every cell quoted, no formula."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([cell(value) for value in row]) if row else out.write("\r\n")
    return out.getvalue().encode()


def _local(instant: datetime) -> str:
    return f"{timezone.localtime(instant):%d/%m/%Y %H:%M:%S}"
