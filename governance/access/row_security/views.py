"""The page of the row-security audit, for administrators: the picture, and the signature under it."""

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.access.row_security.baseline import NothingToApprove, baseline_approve
from governance.access.row_security.behaviour.attempts import REFUSED
from governance.access.row_security.forms import ApproveForm
from governance.access.row_security.queries import row_security_of
from governance.core.identity.people import names_of
from governance.core.identity.roles import CONSOLE_SOURCE, Permission
from governance.core.web.errors import posted
from governance.core.web.http import ConsoleRequest, requires


@require_safe
@requires(Permission.ADMINISTER)
def row_security(request: ConsoleRequest) -> HttpResponse:
    """Who may do what with whose rows, on one source that the person administers."""
    sources = _sources(request)
    source = request.GET.get("source") or next(iter(sources), "")
    if source and source not in sources:
        raise Http404
    return _page(request, source)


@posted
@requires(Permission.ADMINISTER)
def row_security_approve(request: ConsoleRequest) -> HttpResponse:
    """Answer for what an audit says: later ones are compared with it."""
    source = request.POST.get("source", "")
    if source not in _sources(request):
        raise Http404
    form = ApproveForm(request.POST)
    if not form.is_valid():
        return _page(request, source, form=form, status=422)
    try:
        baseline_approve(
            source=source, audit_id=form.cleaned_data["audit"], note=form.cleaned_data["note"]
        )
    except NothingToApprove:
        messages.warning(request, _("Il n’y a pas de tel résultat à approuver."))
    else:
        messages.success(request, _("Résultat approuvé et inscrit au registre."))
    response = HttpResponseRedirect(f"{reverse('row_security')}?{urlencode({'source': source})}")
    response.status_code = 303
    return response


def _sources(request: ConsoleRequest) -> list[str]:
    return sorted(request.access.sources[Permission.ADMINISTER] - {CONSOLE_SOURCE})


def _page(
    request: ConsoleRequest, source: str, *, form: ApproveForm | None = None, status: int = 200
) -> HttpResponse:
    page = row_security_of(source)
    rows = page.rows
    approved_by = page.baseline.approved_by if page.baseline else None
    names = names_of([approved_by]) if approved_by else {}
    is_approved = bool(page.audit and page.baseline and page.baseline.audit_id == page.audit.pk)
    context = {
        "source": source,
        "others": [slug for slug in _sources(request) if slug != source],
        "audit": page.audit,
        "newer": page.newer,
        "baseline": page.baseline,
        "approved_by": names.get(approved_by) if approved_by else "",
        "changed": len(page.changed),
        "findings": [one for one in page.findings if not one["excused"]],
        "excused": [one for one in page.findings if one["excused"]],
        "unknowns": page.audit.unknowns if page.audit else [],
        "rows": [row for row in rows if row["worst"] != REFUSED],
        "closed": [row["relation"] for row in rows if row["worst"] == REFUSED],
        "form": None
        if page.audit is None or is_approved
        else form or ApproveForm(initial={"audit": page.audit.pk}),
    }
    return render(request, "access/row_security.html", context, status=status)
