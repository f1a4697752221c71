"""`/governance/ledger`: whether the record is whole, who says so, and how to check it without us."""

import logging

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from governance.core.identity.roles import Permission
from governance.core.ledger.actors import actor_name
from governance.core.ledger.models import LedgerHead
from governance.core.ledger.queries import last_checkpoint, last_verification, last_whole_reading
from governance.core.ledger.verification.memory import MemoryUnusable
from governance.core.ledger.verification.verify import NO_ENTRY, TooLong, ledger_verify
from governance.core.ledger.verification.words import broken, read_on, reasons
from governance.core.web.errors import method_not_allowed
from governance.core.web.http import ConsoleRequest, requires
from governance.core.web.templatetags.ui import number
from governance.history.entries import names_of

# Entries that a request may verify: about a second. A longer chain is read on from where the last
# verification ended; by night all of it is read.
AT_ONCE = 200_000
logger = logging.getLogger(__name__)


def _within(actor: str) -> str:
    """Who it was, inside a sentence: an identity of the machine begins with an article."""
    name = actor_name(actor, names_of([actor]))
    return name[:1].lower() + name[1:] if actor.startswith("system:") else name


@require_safe
@requires(Permission.HISTORY)
def ledger(request: ConsoleRequest) -> HttpResponse:
    head = LedgerHead.objects.first()
    verified, signed = last_verification(), last_checkpoint()
    seq = head.seq if head else 0
    read = verified.last_seq if verified and verified.is_whole else 0
    whole = last_whole_reading() if verified and verified.read_after else None
    context = {
        "head_seq": seq,
        "head_hash": bytes(head.hash).hex() if head else "",
        "head_at": head.at if head and seq else None,
        "verified": verified,
        "verified_by": _within(verified.asked_by) if verified else "",
        "whole_at": whole.at if whole else None,
        "reasons": reasons(verified) if verified else [],
        "only_definitions": verified is not None and verified.fault in NO_ENTRY,
        # But for the verification's own.
        "since_verified": max(seq - verified.last_seq - 1, 0) if verified else seq,
        "signed": signed,
        "verify_url": reverse("ledger_verify") if seq - read <= AT_ONCE else "",
        "history_url": reverse("history"),
        "jsonl_url": reverse("history_jsonl"),
    }
    return render(request, "integrity/ledger.html", context)


def ledger_verification(request: HttpRequest) -> HttpResponseBase:
    """POST: verify the chain now, at the person's wish, while it is short enough to wait for."""
    if request.method != "POST":
        return method_not_allowed(request, allowed="POST")
    return _verify(request)


@requires(Permission.HISTORY)
def _verify(request: ConsoleRequest) -> HttpResponse:
    _verify_now(request)
    response = HttpResponseRedirect(reverse("ledger"))
    response.status_code = 303
    return response


def _verify_now(request: ConsoleRequest) -> None:
    try:
        found = ledger_verify(by=request.user.pk, at_most=AT_ONCE)
    except TooLong:
        messages.warning(
            request, _("Le registre est trop long pour attendre : il est vérifié chaque nuit.")
        )
        return
    except MemoryUnusable:
        logger.exception("the ledger was not verified")
        messages.error(
            request,
            _("Registre non vérifié : ce qui en est retenu hors de la base ne peut pas être lu."),
        )
        return
    if found.is_whole:
        said = _("Registre intact : %(n)s entrées.") % {"n": number(found.entries)}
        if found.read_after:
            said = f"{said} {capfirst(read_on(found.read_after))}."
        messages.success(request, said)
    else:
        messages.error(request, f"{broken(found)}.")
