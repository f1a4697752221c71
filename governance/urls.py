"""Every address of the console; a test fails when one is missing from the permission matrix."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import include, path

from governance.core.web.language import set_language


@login_not_required
def root(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("/governance")


urlpatterns = [
    path("", root),
    path("", include("governance.desk.urls")),
    path("", include("governance.access.urls")),
    path("", include("governance.guide.urls")),
    path("governance/language", set_language, name="set_language"),
    path("accounts/", include("governance.access.sign_in_urls")),
    path("", include("governance.operations.urls")),
]
handler403 = "governance.core.web.errors.forbidden"
handler404 = "governance.core.web.errors.not_found"
handler500 = "governance.core.web.errors.server_error"
