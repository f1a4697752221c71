"""`/governance/rules`: what is watched, at which threshold, and whether the rule can see it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.http import ConsoleRequest, requires
from governance.roles import Permission
from integrity.catalog import catalog
from integrity.rulebook import WEEKS, rule_cards, runbook_html


@require_safe
@requires(Permission.VIEW)
def rules(request: ConsoleRequest) -> HttpResponse:
    cards = rule_cards(with_weeks=request.access.may(Permission.HISTORY))
    return render(request, "integrity/rules.html", {"cards": cards, "weeks": WEEKS})


@require_safe
@requires(Permission.VIEW)
def rule(request: ConsoleRequest, code: str) -> HttpResponse:
    if code not in catalog():
        raise Http404
    cards = rule_cards(with_weeks=request.access.may(Permission.HISTORY))
    (card,) = [one for one in cards if one.rule.code == code]
    context = {"card": card, "weeks": WEEKS, "runbook": runbook_html(card.rule)}
    return render(request, "integrity/rule.html", context)
