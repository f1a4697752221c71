"""Pages of who may do what: delegations for everybody whom they concern, roles for administrators."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.access import services
from governance.access.forms import LendForm
from governance.access.queries import (
    PAST_SHOWN,
    delegations_seen,
    lending_sources,
    possible_holders,
    roles_held,
)
from governance.core.identity.models import Delegation
from governance.core.identity.people import names_of
from governance.core.identity.roles import (
    CONSOLE_SOURCE,
    DELEGATE_ROLE,
    DELEGATED,
    Permission,
    Role,
    roles_with,
)
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires


@require_safe
@requires(Permission.VIEW)
def delegations(request: ConsoleRequest) -> HttpResponse:
    return _delegations(request)


@posted
@requires(DELEGATED)
def delegation_lend(request: ConsoleRequest) -> HttpResponse:
    """Lend the right to act from a day to a day."""
    sources = lending_sources()
    if not sources:
        raise RoleNotAllowed(DELEGATED)  # what is lent is not lent on
    form = LendForm(request.POST, holders=possible_holders(sources))
    if not form.is_valid():
        return _delegations(request, form=form, status=422)
    holder_id, source = form.holder()
    try:
        services.delegation_lend(
            holder_id=holder_id,
            source=source,
            starts_at=form.cleaned_data["since"],
            ends_at=form.cleaned_data["until"],
            reason=form.cleaned_data["reason"],
        )
    except services.NotAllowed as refused:
        raise RoleNotAllowed(DELEGATED) from refused
    except services.AlreadyLent:
        form.add_error(
            "to", _("Cette personne en a déjà une ici pour ces jours : mettez-y fin d’abord.")
        )
        return _delegations(request, form=form, status=422)
    except services.NotLendable:
        form.add_error("to", _("Cette personne n’est plus gérante de cette source."))
        return _delegations(request, form=form, status=422)
    messages.success(request, _("Délégation accordée."))
    return _back()


@posted
@requires(DELEGATED)
def delegation_end(request: ConsoleRequest, delegation_id: UUID) -> HttpResponse:
    """End a delegation before its day."""
    try:
        services.delegation_end(delegation_id=delegation_id)
    except services.DelegationGone as gone:
        raise Http404 from gone
    except services.NotAllowed as refused:
        raise RoleNotAllowed(DELEGATED) from refused
    except services.AlreadyEnded:
        messages.warning(request, _("Cette délégation était déjà terminée."))
        return _back()
    messages.success(request, _("Délégation terminée."))
    return _back()


@require_safe
@requires(Permission.ADMINISTER)
def access(request: ConsoleRequest) -> HttpResponse:
    """Who holds which role on the sources that the person administers."""
    sources = request.access.sources[Permission.ADMINISTER] - {CONSOLE_SOURCE}
    lent = {(one.holder_id, one.source): one.ends_at for one in delegations_seen().current}
    rows = [
        {
            "source": held.source,
            "name": f"{holder.first_name} {holder.last_name}".strip() or holder.username,
            "username": holder.username,
            "role": Role(held.role).label,
            "is_active": holder.is_active,
            "last_login": holder.last_login,
            "lent_until": lent.get((held.user_id, held.source)),
        }
        for held, holder in roles_held(sources)
    ]
    context = {
        "sources": [
            {"slug": slug, "rows": list(found)}
            for slug, found in groupby(rows, key=lambda row: str(row["source"]))
        ],
        "permissions": [
            {
                "label": permission.label,
                "roles": _roles_with(permission),
            }
            for permission in Permission
        ],
    }
    return render(request, "access/access.html", context)


def _roles_with(permission: Permission) -> list[str]:
    names = [str(role.label) for role in roles_with(permission)]
    if permission == DELEGATED:
        names.append(_("%(role)s (par délégation)") % {"role": DELEGATE_ROLE.label})
    return names


def _delegations(
    request: ConsoleRequest, *, form: LendForm | None = None, status: int = 200
) -> HttpResponse:
    seen = delegations_seen()
    lending = lending_sources()
    names = names_of(
        person
        for one in [*seen.current, *seen.coming, *seen.past]
        for person in (one.holder_id, one.granted_by)
    )
    context = {
        "current": [_row(one, names, lending) for one in seen.current],
        "coming": [_row(one, names, lending) for one in seen.coming],
        "past": [_row(one, names, frozenset()) for one in seen.past],
        "past_shown": PAST_SHOWN,
        "may_lend": bool(lending),
        "form": form or LendForm(holders=possible_holders(lending)) if lending else None,
        "lend_url": reverse("delegation_lend"),
    }
    return render(request, "access/delegations.html", context, status=status)


def _row(one: Delegation, names: dict[UUID, str], lending: frozenset[str]) -> dict[str, Any]:
    return {
        "id": one.pk,
        "holder": names[one.holder_id],
        "source": one.source,
        "granted_by": names[one.granted_by],
        "starts_at": one.starts_at,
        "ends_at": one.ends_at,
        "was_withdrawn": one.ends_at <= one.starts_at,
        "reason": one.reason,
        "end_url": reverse("delegation_end", args=[one.pk]) if one.source in lending else "",
    }


def _back() -> HttpResponse:
    response = HttpResponseRedirect(reverse("delegations"))
    response.status_code = 303
    return response
