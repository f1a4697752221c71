"""How much room a row takes: what the person chose, else compact where there are many."""

from uuid import UUID

from django.db import connection
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from governance.core.identity.roles import Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.models import Density, DeskChoice

MANY = 50  # rows; beyond them compact unless the person chose otherwise


def density_of(person: UUID, rows: int) -> str:
    """The person's own choice, else by the number of rows."""
    with connection.cursor() as cursor:  # asked with each page: without a queryset
        cursor.execute("SELECT density FROM desk_choice WHERE owner_id = %s", [person])
        chosen = cursor.fetchone()
    if chosen and chosen[0]:
        return str(chosen[0])
    return Density.COMPACT if rows > MANY else Density.COMFORTABLE


@posted
@requires(Permission.VIEW)
def density(request: ConsoleRequest) -> HttpResponse:
    """POST: remember `density` for the person; back to the list as it was filtered."""
    chosen = request.POST.get("density", "")
    if chosen in Density.values:
        DeskChoice.objects.update_or_create(owner_id=request.user.pk, defaults={"density": chosen})
    query = request.GET.urlencode()
    response = HttpResponseRedirect(reverse("integrity") + (f"?{query}" if query else ""))
    response.status_code = 303
    return response
