"""What signing would do, told before it is done: will it come back, who signs second, the record's line.

Writes nothing. The line is made by the same code that the history uses, of an entry that does not exist.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alerts.decisions import is_proposal, waits
from alerts.kinds import kind_of, message_in_words
from alerts.models import Alert, Decision, Severity
from alerts.services import Resolution
from governance.core.identity.models import Delegation, SourceRole
from governance.core.identity.people import names_of, people
from governance.core.identity.roles import CONSOLE_SOURCE, Permission, Role, roles_with
from governance.core.identity.sources import source_slugs
from governance.core.ledger.models import LedgerEntry
from governance.core.web.http import ConsoleRequest
from governance.core.web.templatetags.ui import age_words, duration, quantity
from governance.history.lines import Known, line_of
from integrity.scans.live import Look, LookRefused, alert_look, look_count, look_place
from integrity.sources.connections import SourceError

SIGNERS_NAMED = 4


@dataclass(frozen=True)
class Loan:
    """By whose right a delegate acts, and until when."""

    lender: UUID
    ends_at: Any


def rehearsal_of(request: ConsoleRequest, alert: Alert, said: Resolution) -> dict[str, Any]:
    """Context of `integrity/_rehearsal.html`: sentences, and the entry's line and note."""
    proposes = needs_second(alert) and said.decision == Decision.ACCEPTE
    confirms = proposes and confirms_proposal(alert, request.user.pk, said)
    return {
        "truth": _truth(alert, said),
        "second": "" if not proposes else _second(alert, request.user.pk, confirms=confirms),
        "line": _line(
            request, alert, said, action="propose" if proposes and not confirms else "resolve"
        ),
        "note": said.note,
        "label": _("Proposer")
        if proposes and not confirms
        else _("Confirmer")
        if confirms
        else _("Résoudre"),
    }


def needs_second(alert: Alert) -> bool:
    """Whether accepting it takes two people."""
    return alert.severity == Severity.CRITICAL


def confirms_proposal(alert: Alert, person: UUID, said: Resolution) -> bool:
    """Whether this signature would be the second one under what somebody else proposed."""
    return (
        is_proposal(alert)
        and alert.acceptance_proposed_by != person
        and alert.accepted_until == said.accepted_until
    )


def second_signers(alert: Alert, first: UUID) -> list[str]:
    """Names of those who may sign after `first`: whoever may act there and does not act by the same right."""
    roles = roles_with(Permission.ACT)
    sources = Q(source=alert.source, role__in=roles)
    if alert.source == CONSOLE_SOURCE:
        sources = Q(role=Role.ADMIN)
    able = set(SourceRole.objects.filter(sources).values_list("user_id", flat=True))
    now = timezone.now()
    lent = Delegation.objects.filter(source=alert.source, starts_at__lte=now, ends_at__gt=now)
    loan = _loan(alert)
    right = loan.lender if loan else first
    able |= {one.holder_id for one in lent}
    able -= {one.holder_id for one in lent if one.granted_by == right}
    able -= {first, right}
    known = people(able)
    ordered = sorted((one for one in known.values() if one.is_active), key=lambda one: one.order)
    return [str(one) for one in ordered]


def signers_words(names: list[str]) -> str:
    """“X ou Y”, a few at most; empty for nobody."""
    shown, more = names[:SIGNERS_NAMED], len(names) - SIGNERS_NAMED
    if more > 0:
        return ngettext("%(names)s ou %(n)s autre", "%(names)s ou %(n)s autres", more) % {
            "names": ", ".join(shown),
            "n": more,
        }
    return _(" ou ").join([", ".join(shown[:-1]), shown[-1]] if len(shown) > 1 else shown)


def second_sentence(names: list[str]) -> str:
    """From whom the second signature may come."""
    if not names:
        return _(
            "Une deuxième signature sera nécessaire, et personne d’autre ne peut la donner aujourd’hui :"
            " un administrateur doit confier le rôle à une deuxième personne."
        )
    return _("Une deuxième signature sera nécessaire, de %(who)s.") % {"who": signers_words(names)}


def _second(alert: Alert, person: UUID, *, confirms: bool) -> str:
    if not confirms:
        return second_sentence(second_signers(alert, person))
    first = alert.acceptance_proposed_by
    who = names_of([first])[first] if first else ""
    return _("C’est la deuxième signature, après celle de %(who)s : l’alerte sera résolue.") % {
        "who": who
    }


def _truth(alert: Alert, said: Resolution) -> str:
    """Whether the anomaly is still in the data, and what the next scan will make of the decision."""
    seen = _("vraie %(age)s, au dernier contrôle") % {
        "age": age_words(timezone.now() - alert.last_detected_at)
    }
    holds: bool | None = True
    if alert.source in source_slugs():
        look = _looked(alert)
        if look is None:
            seen = _("%(seen)s ; la source n’a pas pu être relue à l’instant") % {"seen": seen}
        else:
            holds = any(one.now is not None for one in look.shown)
            if holds:
                seen = _("toujours vraie dans les données, relues à l’instant")
            elif look.other_eyes or look.outcome.quarantined:
                holds, seen = None, _("INCONNU : la vue n’est plus lue de la même façon")
    if holds is None:
        return _("%(seen)s.") % {"seen": seen}
    if not holds:
        return _(
            "L’anomalie n’est plus dans les données : le prochain contrôle confirmera la décision."
        )
    every = duration(timedelta(seconds=settings.SCAN_INTERVAL_S))
    if waits(said.decision):
        text = _("%(seen)s. Elle ne reviendra qu’après le %(until)s, ou si elle s’aggrave.")
        return _first(text % {"seen": seen, "until": quantity(said.accepted_until)})
    text = _(
        "%(seen)s. Si les données ne changent pas d’ici le prochain contrôle (dans %(every)s au plus),"
        " elle reviendra avec son âge, et dira que votre «\u00a0%(decision)s\u00a0» n’a pas tenu."
    )
    return _first(text % {"seen": seen, "every": every, "decision": said.decision.label})


def _first(text: str) -> str:
    return text[:1].upper() + text[1:]


def _looked(alert: Alert) -> Look | None:
    try:
        with look_place():
            look_count()
            return alert_look(alert)
    except (LookRefused, SourceError):
        return None


def _loan(alert: Alert) -> Loan | None:
    """The right by which the acting person acts on the alert's source, where it is a lent one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lender, ends_at FROM governance_loans(statement_timestamp()) WHERE source = %s",
            [alert.source],
        )
        row = cursor.fetchone()
    return Loan(*row) if row else None


def _line(request: ConsoleRequest, alert: Alert, said: Resolution, *, action: str) -> str:
    """The sentence that the history will show of the entry."""
    after: dict[str, Any] = {"resolution_note": said.note}
    confirms = action == "resolve" and confirms_proposal(alert, request.user.pk, said)
    if not (confirms and said.decision == Decision.ACCEPTE):
        until = said.accepted_until.isoformat() if said.accepted_until else None
        after |= {
            "resolution_decision": said.decision.value,
            "resolution_cause": said.cause.value,
            "accepted_until": until,
        }
    loan = _loan(alert)
    if loan:
        after |= {"delegated_by": str(loan.lender), "delegated_until": loan.ends_at.isoformat()}
    entry = LedgerEntry(
        seq=0,
        at=timezone.now(),
        actor=str(request.user.pk),
        role="",
        source=alert.concerns,
        subject_type="alert",
        subject_id=str(alert.pk),
        check_code=alert.check_code,
        action=f"alert.{action}",
        before={},
        after=after,
        hash=b"",
    )
    kind = kind_of(alert.check_code, alert.source)
    message = message_in_words(alert.message, alert.payload, alert.rule_version, kind)
    ids = {request.user.pk, *([loan.lender] if loan else [])}
    names = {str(one): str(person) for one, person in people(ids).items()}
    return line_of(entry, Known(names, {0: message})).sentence
