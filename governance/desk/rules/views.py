"""`/governance/rules`: what is watched, at which threshold, and whether the rule can see it."""

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from governance.core.identity.roles import Permission
from governance.core.web.http import ConsoleRequest, requires
from governance.desk.rules.queries import WEEKS, RuleCard, rule_cards, runbook_html


@require_safe
@requires(Permission.VIEW)
def rules(request: ConsoleRequest) -> HttpResponse:
    cards = _cards(request)
    return render(request, "integrity/rules.html", {"cards": cards, "weeks": WEEKS})


@require_safe
@requires(Permission.VIEW)
def rule(request: ConsoleRequest, code: str) -> HttpResponse:
    card = next((one for one in _cards(request) if one.rule.code == code), None)
    if card is None:
        raise Http404
    context = {"card": card, "weeks": WEEKS, "runbook": runbook_html(card.rule)}
    return render(request, "integrity/rule.html", context)


def _cards(request: ConsoleRequest) -> list[RuleCard]:
    held = request.access.sources
    return rule_cards(sources=held[Permission.VIEW], history=held[Permission.HISTORY])
