"""Pages of people and their roles, for administrators; each act is a POST and comes back to the person."""

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alerts.models import Alert
from alerts.services import Conflict, NotAssignable
from governance.access.people import services
from governance.access.people.forms import CloseForm, DetailsForm, InviteForm, RoleForm
from governance.access.people.invitations import link_sent
from governance.access.people.queries import SHOWN, Holder, heirs, holder, holders
from governance.core.identity.people import Person
from governance.core.identity.roles import CONSOLE_SOURCE, Permission, Role
from governance.core.identity.sources import source_name
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, RoleNotAllowed, requires

ASSIGNMENTS_SHOWN = 50
LINK = "link_once"  # where a session keeps a link until the page has shown it


@require_safe
@requires(Permission.ADMINISTER)
def people(request: ConsoleRequest) -> HttpResponse:
    words, closed = request.GET.get("q", "")[:100], request.GET.get("closed") == "1"
    found, count = holders(words=words, closed=closed)
    context = {"rows": found, "count": count, "shown": SHOWN, "q": words, "closed": closed}
    return render(request, "people/people.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def invite(request: ConsoleRequest) -> HttpResponse:
    """Open an account and let the person choose a password by a link."""
    form = InviteForm(request.POST or None, sources=_administered(request))
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            with _or_forbidden():
                person_id = services.person_invite(
                    username=said["username"],
                    first_name=said["first_name"],
                    last_name=said["last_name"],
                    email=said["email"],
                    language=said["language"],
                    roles={said["source"]: said["role"]},
                )
        except services.NameTaken as taken:
            form.add_error(taken.field, _taken(taken))
        else:
            messages.success(request, _("Compte ouvert."))
            _link(request, person_id, "invite")
            return _to(person_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "people/invite.html", {"form": form}, status=status)


@require_safe
@requires(Permission.ADMINISTER)
def person(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    return _person(request, _found(person_id))


@posted
@requires(Permission.ADMINISTER)
def person_change(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    found = _theirs(person_id)
    form = DetailsForm(request.POST)
    if form.is_valid():
        try:
            with _or_forbidden():
                services.person_change(person_id=person_id, **form.cleaned_data)
        except services.NameTaken as taken:
            form.add_error(taken.field, _taken(taken))
        else:
            messages.success(request, _("Modifications enregistrées."))
            return _to(person_id)
    return _person(request, found, details=form, status=422)


@posted
@requires(Permission.ADMINISTER)
def person_role(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    """Give the role on a source, change or take it."""
    found = _found(person_id)
    form = RoleForm(request.POST, sources=_sources_of(request, found))
    if not form.is_valid():
        return _person(request, found, role=form, status=422)
    try:
        with _or_forbidden():
            services.role_set(person_id=person_id, **form.cleaned_data)
    except services.LastAdministrator:
        form.add_error("role", _last())
        return _person(request, found, role=form, status=422)
    messages.success(request, _("Rôle enregistré."))
    return _to(person_id)


@require_http_methods(["GET", "HEAD", "POST"])
@requires(Permission.ADMINISTER)
def person_close(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    """What the person takes care of, who takes over, and the account is closed in the same act."""
    found = _theirs(person_id, but=request.user.pk)
    if not found.account.is_active:
        return _to(person_id)
    left = services.assignments_open(person_id=person_id)
    form = CloseForm(
        request.POST if request.method == "POST" else None, heirs=_heirs(left, person_id)
    )
    if request.method == "POST" and form.is_valid():
        try:
            with _or_forbidden():
                count = services.person_close(person_id=person_id, heirs=form.chosen())
        except services.LastAdministrator:
            form.add_error(None, _last())
        except (NotAssignable, Conflict):
            form.add_error(
                None, _("Une affectation a changé entre-temps : vérifiez la liste et recommencez.")
            )
        else:
            said = _("Compte fermé, sessions terminées.")
            if count:
                said += " " + _("Affectations transmises : %(n)s.") % {"n": count}
            messages.success(request, said)
            return _to(person_id)
    context = {
        "person": found,
        "form": form,
        "left": left[:ASSIGNMENTS_SHOWN],
        "count": len(left),
        "shown": ASSIGNMENTS_SHOWN,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "people/close.html", context, status=status)


@posted
@requires(Permission.ADMINISTER)
def person_reopen(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    _theirs(person_id, but=request.user.pk)
    with _or_forbidden():
        services.person_reopen(person_id=person_id)
    messages.success(request, _("Compte rouvert, avec ses rôles et son mot de passe."))
    return _to(person_id)


@posted
@requires(Permission.ADMINISTER)
def person_link(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    """A link to choose a password, by mail, or shown once."""
    found = _theirs(person_id, but=request.user.pk)
    with _or_forbidden():
        _link(request, person_id, "invite" if found.is_new else "reset")
    return _to(person_id)


@posted
@requires(Permission.ADMINISTER)
def person_sessions(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    _theirs(person_id, but=request.user.pk)
    with _or_forbidden():
        services.person_sessions_end(person_id=person_id)
    messages.success(request, _("Les sessions de cette personne sont terminées."))
    return _to(person_id)


@posted
@requires(Permission.ADMINISTER)
def person_factors(request: ConsoleRequest, person_id: UUID) -> HttpResponse:
    """Lost telephone: no second factor until the person sets up another."""
    _theirs(person_id, but=request.user.pk)
    with _or_forbidden():
        services.person_factors_reset(person_id=person_id)
    messages.success(
        request, _("Double authentification retirée ; la personne en active une autre.")
    )
    return _to(person_id)


def _person(
    request: ConsoleRequest,
    found: Holder,
    *,
    details: DetailsForm | None = None,
    role: RoleForm | None = None,
    status: int = 200,
) -> HttpResponse:
    account = found.account
    is_self = account.pk == request.user.pk
    sources = _sources_of(request, found)
    context = {
        "person": found,
        "roles": [
            {"source": one.source, "label": Role(one.role).label, "code": one.role}
            for one in found.roles
        ],
        "is_self": is_self,
        "may_act": found.may_change and not is_self,
        "details": details
        or DetailsForm(
            initial={
                "first_name": account.first_name,
                "last_name": account.last_name,
                "email": account.email,
            }
        ),
        "role_forms": [_role_form(one, found, sources, refused=role) for one in sources],
        "may_give": bool(sources) and not is_self and account.is_active,
        "link_once": request.session.pop(LINK, None) if request.method == "GET" else None,
    }
    return render(request, "people/person.html", context, status=status)


def _role_form(
    source: str, found: Holder, sources: list[str], *, refused: RoleForm | None
) -> RoleForm:
    """The one of a source, with the role that is held there, or as it was refused."""
    if refused is not None and refused.data.get("source") == source:
        form = refused
        form.auto_id = f"id_{source}_%s"
    else:
        form = RoleForm(
            initial={"source": source, "role": found.roles_by_source.get(source, "")},
            sources=sources,
            auto_id=f"id_{source}_%s",
        )
    form.fields["role"].label = _("Rôle sur %(source)s") % {"source": source_name(source)}
    return form


def _link(request: ConsoleRequest, person_id: UUID, purpose: str) -> None:
    """Make a link and send it; what cannot be sent is shown once, on the next page."""
    url = request.build_absolute_uri(
        reverse("link", args=[services.person_link(person_id=person_id, purpose=purpose)])
    )
    found = _found(person_id).account
    if link_sent(account=found, url=url, purpose=purpose, by=str(request.user)):
        messages.success(request, _("Un lien est parti à %(email)s.") % {"email": found.email})
    else:
        request.session[LINK] = url


def _found(person_id: UUID) -> Holder:
    found = holder(person_id)
    if found is None:
        raise Http404
    return found


def _theirs(person_id: UUID, but: UUID | None = None) -> Holder:
    """Somebody whose account the reader changes; `but` is nobody to act upon."""
    found = _found(person_id)
    if not found.may_change or person_id == but:
        raise RoleNotAllowed(Permission.ADMINISTER)
    return found


def _administered(request: ConsoleRequest) -> list[str]:
    return sorted(request.access.sources[Permission.ADMINISTER] - {CONSOLE_SOURCE})


def _sources_of(request: ConsoleRequest, found: Holder) -> list[str]:
    """Where the reader may give this person a role: what is administered, and where one is held."""
    held = set(found.roles_by_source) & request.access.sources[Permission.ADMINISTER]
    return sorted({*_administered(request), *held})


def _heirs(left: list[Alert], person_id: UUID) -> dict[str, list[Person]]:
    concerns: dict[str, set[str]] = {}
    for one in left:
        concerns.setdefault(one.source, set()).add(one.concerns)
    return {source: heirs(source, about, person_id) for source, about in sorted(concerns.items())}


@contextmanager
def _or_forbidden() -> Iterator[None]:
    try:
        yield
    except services.NotAllowed as refused:
        raise RoleNotAllowed(Permission.ADMINISTER) from refused


def _taken(taken: services.NameTaken) -> str:
    if taken.field == "email":
        return _("Un autre compte a cette adresse.")
    return _("Un autre compte porte cet identifiant.")


def _last() -> str:
    return _(
        "C’est le dernier administrateur d’une source : donnez d’abord ce rôle à quelqu’un d’autre."
    )


def _to(person_id: UUID) -> HttpResponse:
    response = HttpResponseRedirect(reverse("person", args=[person_id]))
    response.status_code = 303
    return response
