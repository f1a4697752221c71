"""The history as a file: streamed, filtered like the page, and itself an entry of the ledger, so a POST."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from governance.core.identity.acting import acting_as_user
from governance.core.identity.roles import Permission
from governance.core.ledger.export import export_lines
from governance.core.ledger.models import LedgerEntry, LedgerHead
from governance.core.ledger.notes import ledger_note
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, access_of_actor, requires
from governance.core.web.listing import Reader
from governance.history.entries import history_entries, seq_range
from governance.history.export.sheet import SheetHeader, sheet_lines
from governance.history.filters import HISTORY, entries_selected, selection_words

LOOK_S = 1.0  # between two looks whether the session that asked for a file goes on


@dataclass(frozen=True)
class _Order:
    """What to export, settled before the first byte: entries written later are not in the file."""

    user_id: UUID
    user_name: str
    entries: QuerySet[LedgerEntry]
    selection: dict[str, str]
    first_seq: int
    last_seq: int
    goes_on: Callable[[], bool]  # whether the session that asks does


@posted
@requires(Permission.HISTORY)
def export_csv(request: ConsoleRequest) -> HttpResponseBase:
    order = _order(request)
    _enter(order, "csv")
    header = SheetHeader(
        order.user_id, order.user_name, order.selection, order.first_seq, order.last_seq
    )
    return _file(_allowed(order, sheet_lines(entries=order.entries, header=header)), "csv")


@posted
@requires(Permission.HISTORY)
def export_jsonl(request: ConsoleRequest) -> HttpResponseBase:
    order = _order(request)
    _enter(order, "jsonl")
    lines = export_lines(
        entries=order.entries,
        user_id=order.user_id,
        user_name=order.user_name,
        selection=order.selection,
    )
    return _file(_allowed(order, lines), "jsonl")


def _order(request: ConsoleRequest) -> _Order:
    asked = HISTORY.read(request.GET, Reader(request.access.sources[Permission.HISTORY]))
    selected = entries_selected(asked)
    head = LedgerHead.objects.values_list("seq", flat=True).first() or 0
    low, high = seq_range(selected.since, selected.until)
    session = request.session
    return _Order(
        user_id=request.user.pk,
        user_name=str(request.user),
        entries=history_entries(selected, upto=head),
        selection=selection_words(asked),
        first_seq=low,
        last_seq=head if high is None else min(head, high),
        goes_on=lambda: session.exists(str(session.session_key)),
    )


def _enter(order: _Order, kind: str) -> None:
    """Before the file begins, in a transaction that is committed by then: an export cut short happened."""
    ledger_note(
        action=f"export.{kind}",
        subject_id=kind,
        details={
            "selection": order.selection,
            "first_seq": order.first_seq,
            "last_seq": order.last_seq,
        },
    )


def _allowed(order: _Order, chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The stream outlives the view's transaction, so whoever lost the right meanwhile gets no byte.

    Whose session is ended gets none from then on: the file breaks off without its last line.
    """
    with acting_as_user(order.user_id):
        if not access_of_actor().may(Permission.HISTORY):
            raise RoleNotAllowed(Permission.HISTORY)
    looked = time.monotonic()
    for chunk in chunks:
        if time.monotonic() >= looked + LOOK_S:
            looked = time.monotonic()
            if not order.goes_on():
                raise ConnectionAbortedError("the session that asked for this file was ended")
        yield chunk


def _file(content: Iterator[bytes], kind: str) -> HttpResponseBase:
    media = {"csv": "text/csv; charset=utf-8", "jsonl": "application/x-ndjson"}[kind]
    name = f"historique-{timezone.localtime():%Y%m%d-%H%M}.{kind}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(content, content_type=media, headers=headers)
