"""Every address of the console, room by room; a test fails when one is missing from the permission matrix."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from governance.core.capability import registry


@login_not_required
def root(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/governance")


urlpatterns = [path("", root), *(path("", include(module)) for module in registry().urls)]
handler403 = "governance.core.web.errors.forbidden"
handler404 = "governance.core.web.errors.not_found"
handler500 = "governance.core.web.errors.server_error"
