"""`/governance/rules`: what is watched, at which threshold, and whether the rule can see it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.rules.queries import (
    WEEKS,
    RuleCard,
    fault_cards,
    rule_cards,
    runbook_html,
    unused_cards,
)


@require_safe
@requires(Permission.VIEW)
def rules(request: ConsoleRequest) -> HttpResponse:
    context = {
        "cards": _cards(request),
        "faults": fault_cards(request.access.sources[Permission.VIEW]),
        "unused": unused_cards(request.access.sources[Permission.VIEW]),
        "weeks": WEEKS,
    }
    return render(request, "integrity/rules.html", context)


@require_safe
@requires(Permission.VIEW)
def rule(request: ConsoleRequest, code: str) -> HttpResponse:
    """One rule; where two packs have the code, `pack` says which, and the page names the others."""
    pack = request.GET.get("pack", "")
    cards = [one for one in _cards(request) if one.rule.code == code]
    card = next((one for one in cards if pack in ("", one.pack_name)), None)
    if card is None:
        return _fault(request, code, pack)
    runbook, language = runbook_html(card.rule)
    context = {
        "card": card,
        "others": [one for one in cards if one is not card],
        "weeks": WEEKS,
        "runbook": runbook,
        "runbook_language": language,
    }
    return render(request, "integrity/rule.html", context)


def _fault(request: ConsoleRequest, code: str, pack: str) -> HttpResponse:
    """What is wrong with a rule that its pack cannot use."""
    found = fault_cards(request.access.sources[Permission.VIEW])
    fault = next((f for f in found if f.code == code and pack in ("", f.pack_name)), None)
    if fault is None:
        raise Http404
    return render(request, "integrity/rule_fault.html", {"fault": fault})


def _cards(request: ConsoleRequest) -> list[RuleCard]:
    held = request.access.sources
    return rule_cards(sources=held[Permission.VIEW], history=held[Permission.HISTORY])
