"""The page of the first administrator, which opens by a link alone and while there is none."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation

from governance.access.people.services import first_administrator
from governance.access.sign_in.forms import FirstAdministratorForm
from governance.access.sign_in.link.links import link_of, link_use
from governance.access.sign_in.link.views import let_in, open_to_strangers, void
from governance.core.identity.acting import acting_as_system, acting_as_user


@open_to_strangers
def first(request: HttpRequest, secret: str) -> HttpResponse:
    """The first administrator's account, by the link that a fresh installation prints."""
    if link_of(secret) != (None, "first"):
        return void(request)
    form = FirstAdministratorForm(request.POST or None)
    with acting_as_system("install"):  # the form asks whether the name is taken
        is_good = form.is_valid()
        if is_good:
            if not link_use(secret):
                return void(request)
            person = first_administrator(
                account=form.save(commit=False), language=translation.get_language() or ""
            )
    if not is_good:
        status = 422 if request.method == "POST" else 200
        return render(request, "account/first.html", {"form": form}, status=status)
    with acting_as_user(person.pk):
        return let_in(request, person)
