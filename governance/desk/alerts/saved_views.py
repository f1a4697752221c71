"""`/governance/integrity/filters`: filters that people keep, and what they do with them."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from django.views.decorators.http import require_http_methods

from governance.core.identity.people import names_of
from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.alerts.filters import ALERTS, AlertReader
from governance.desk.alerts.saved import (
    LIMIT,
    NameTaken,
    TooMany,
    address_of,
    filter_delete,
    filter_save,
    filter_share,
    query_kept,
    saved_filters_of,
)

NAME_LIMIT = 60


class NameForm(forms.Form):
    """A name, and whether others may use the filter."""

    use_required_attribute = False

    name = forms.CharField(label=_lazy("Nom du filtre"), max_length=NAME_LIMIT)
    shared = forms.BooleanField(
        label=_lazy("Partagé avec qui voit les mêmes sources"), required=False
    )


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.VIEW)
def saved_filters(request: ConsoleRequest) -> HttpResponse:
    """GET: what is kept, and the filter of the address to be kept. POST: keep it."""
    if request.method != "POST":
        return _page(request, NameForm())
    form = NameForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    try:
        filter_save(person=request.user.pk, query=_asked(request), **form.cleaned_data)
    except NameTaken:
        form.add_error("name", _("Vous avez déjà un filtre de ce nom."))
        return _page(request, form, status=422)
    except TooMany:
        text = _("Vous avez déjà %(n)s filtres : supprimez-en un d’abord.") % {"n": LIMIT}
        form.add_error(None, text)
        return _page(request, form, status=422)
    messages.success(request, _("Filtre enregistré."))
    return _back()


@posted
@requires(Permission.VIEW)
def saved_filter(request: ConsoleRequest, filter_id: UUID) -> HttpResponse:
    """One's own filter: `action` is share, unshare or delete."""
    action, person = request.POST.get("action", ""), request.user.pk
    if action == "delete":
        found, said = filter_delete(person=person, filter_id=filter_id), _("Filtre supprimé.")
    elif action in ("share", "unshare"):
        shared = action == "share"
        found = filter_share(person=person, filter_id=filter_id, shared=shared)
        said = _("Filtre partagé.") if shared else _("Filtre gardé pour vous.")
    else:
        return _page(request, NameForm(), status=422)
    if not found:
        raise Http404
    messages.success(request, said)
    return _back()


def _asked(request: ConsoleRequest) -> str:
    sources = request.access.sources[Permission.VIEW]
    return query_kept(request.GET, sources=sources, person=request.user.pk)


def _page(request: ConsoleRequest, form: NameForm, *, status: int = 200) -> HttpResponse:
    person, sources = request.user.pk, request.access.sources[Permission.VIEW]
    query = _asked(request)
    saved = saved_filters_of(person)
    owners = names_of(one.owner_id for one in saved.others)

    def shown(query: str) -> list[dict[str, Any]]:
        return ALERTS.read(QueryDict(query), AlertReader(sources, person)).chips

    context = {
        "form": form,
        "query": query,
        "chips": shown(query),
        "own": [
            {"filter": one, "url": address_of(one), "chips": shown(one.query)} for one in saved.own
        ],
        "others": [
            {
                "filter": one,
                "who": owners[one.owner_id],
                "url": address_of(one),
                "chips": shown(one.query),
            }
            for one in saved.others
        ],
        "list_url": reverse("integrity") + (f"?{query}" if query else ""),
    }
    return render(request, "integrity/saved_filters.html", context, status=status)


def _back() -> HttpResponse:
    response = HttpResponseRedirect(reverse("integrity_filters"))
    response.status_code = 303
    return response
