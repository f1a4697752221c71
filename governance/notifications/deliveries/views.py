"""`/governance/notifications…`: what was sent to whom, what was given up, sending that again."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import ProgrammingError, transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from governance.core.identity.people import names_of
from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires
from governance.core.web.listing import Filter, Listing, Reader, source_choices
from governance.notifications.deliveries.forms import ReplayForm
from governance.notifications.deliveries.queries import (
    attempts_of,
    channels,
    dead_letters,
    delivery_page,
)
from governance.notifications.models import Attempt, Delivery, DeliveryState, Kind
from governance.notifications.outbox.replay import deliveries_replay, replay_tried_dry

DEAD_SHOWN = 200


def _channels(_reader: Reader, _chosen: Sequence[str]) -> list[tuple[str, str]]:
    return [(str(one.pk), one.name) for one in channels()]


MESSAGES = Listing(
    view="notifications",
    filters=(
        Filter(
            "state", _lazy("État"), lambda *_args: DeliveryState.choices, everything=_lazy("Tous")
        ),
        Filter("kind", _lazy("Sujet"), lambda *_args: Kind.choices, everything=_lazy("Tous")),
        Filter("source", _lazy("Source"), source_choices),
        Filter(
            "channel", _lazy("Canal"), _channels, everything=_lazy("Tous"), selects="channel_id"
        ),
    ),
    pages=_lazy("Pages des messages"),
    further=_lazy("Plus ancien"),
)


@require_safe
@requires(Permission.HISTORY)
def deliveries(request: ConsoleRequest) -> HttpResponse:
    """The messages about sources that the reader sees, the newest first."""
    asked = MESSAGES.read(request.GET, Reader(request.access.sources[Permission.HISTORY]))
    page = delivery_page(asked.values, cursor=asked.cursor)
    context = {
        "rows": _rows(page.rows),
        "asked": asked,
        "pager": asked.pager(page.next_cursor),
    }
    return render(request, "notifications/deliveries.html", context)


@require_safe
@requires(Permission.HISTORY)
def delivery(request: ConsoleRequest, delivery_id: UUID) -> HttpResponse:
    """One message: its words, and each attempt with what the provider answered."""
    one = Delivery.objects.select_related("channel").filter(pk=delivery_id).first()
    if one is None:
        raise Http404
    (row,) = _rows([one])
    return render(request, "notifications/delivery.html", row)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def dead(request: ConsoleRequest) -> HttpResponse:
    """GET: what was given up. POST: send the chosen again, or with `dry` say what stands in their way."""
    found = dead_letters(request.access.sources[Permission.ADMINISTER])
    form = ReplayForm(request.POST if request.method == "POST" else None)
    form.fields["delivery"].queryset = found  # type: ignore[attr-defined]
    if request.method != "POST":
        return _dead_page(request, form)
    if not form.is_valid():
        return _dead_page(request, form, status=422)
    chosen = list(form.cleaned_data["delivery"])
    if "dry" in request.POST:
        obstacles = {one.delivery.pk: one.obstacle for one in replay_tried_dry(chosen)}
        return _dead_page(request, form, obstacles=obstacles)
    try:
        with transaction.atomic():
            count = deliveries_replay(
                ids=[one.pk for one in chosen], note=form.cleaned_data["note"]
            )
    except ProgrammingError as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused
    text = ngettext(
        "%(n)s message remis en file, inscrit au registre.",
        "%(n)s messages remis en file, inscrits au registre.",
        count,
    )
    messages.success(request, text % {"n": count})
    response = HttpResponseRedirect(reverse("notifications_dead"))
    response.status_code = 303
    return response


def _dead_page(
    request: ConsoleRequest,
    form: ReplayForm,
    *,
    obstacles: dict[UUID, str] | None = None,
    status: int = 200,
) -> HttpResponse:
    found = form.fields["delivery"].queryset  # type: ignore[attr-defined]
    total = found.count()
    rows = _rows(found[:DEAD_SHOWN])
    chosen = set(form.data.getlist("delivery")) if form.is_bound else set()  # type: ignore[attr-defined]
    for row in rows:
        row["is_chosen"] = str(row["one"].pk) in chosen
        row["verdict"] = None if obstacles is None else obstacles.get(row["one"].pk)
    context = {"rows": rows, "total": total, "form": form, "is_dry": obstacles is not None}
    return render(request, "notifications/dead.html", context, status=status)


def _rows(found: Any) -> list[dict[str, Any]]:
    found = list(found)
    names = names_of(one.person_id for one in found if one.person_id)
    tries = attempts_of(found)
    return [
        {
            "one": one,
            "kind": one.get_kind_display(),
            "state": one.get_state_display(),
            "is_dead": one.state == DeliveryState.DEAD,
            "who": names.get(one.person_id, "") if one.person_id else "",
            "tries": [_attempt(attempt) for attempt in tries.get(one.pk, [])],
        }
        for one in found
    ]


def _attempt(attempt: Attempt) -> dict[str, Any]:
    return {
        "began_at": attempt.began_at,
        "ended_at": attempt.ended_at,
        "outcome": attempt.get_outcome_display() if attempt.outcome else "",
        "answer": attempt.answer,
    }
