"""The two-minute page."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.http import ConsoleRequest, requires
from governance.roles import Permission


@require_safe
@requires(Permission.VIEW)
def home(request: ConsoleRequest) -> HttpResponse:
    return render(request, "governance/home.html")
