"""Says on every page that the record is broken, until it is found whole, and what is being entered."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from governance.core.capability import PageWarning
from governance.core.identity.roles import Permission
from governance.core.ledger.queries import verification_for_all
from governance.core.web.http import Access
from governance.core.web.templatetags.ui import moment, number


def page_warnings(access: Access) -> list[PageWarning]:
    """Whoever may read the history gets the way to the page that says more."""
    if not access.may(Permission.VIEW):
        return []
    may_read = access.may(Permission.HISTORY)
    said = [_being_entered(access.waiting)] if access.waiting and may_read else []
    found = verification_for_all(reads_history=may_read)
    if found is None or found.is_whole:
        return said
    text = _(
        "Entrée n° %(seq)d : %(fault)s ; constaté le %(at)s. Ce qu’il dit n’est plus prouvé."
    ) % {
        "seq": found.first_bad,
        "fault": found.fault.label if found.fault else "",
        "at": moment(found.at),
    }
    return [
        PageWarning(
            title=_("Registre ROMPU."),
            text=text,
            url=reverse("ledger") if may_read else "",
            link_label=_("Voir le registre") if may_read else "",
        ),
        *said,
    ]


def _being_entered(waiting: int) -> PageWarning:
    """What the history and what stood at an instant do not have yet, after a scan that wrote much."""
    return PageWarning(
        title=_("Inscription au registre en cours."),
        text=ngettext(
            "%(n)s entrée est en cours d’inscription : elle est acquise, et paraîtra dans l’historique "
            "sous peu.",
            "%(n)s entrées sont en cours d’inscription : elles sont acquises, et paraîtront dans "
            "l’historique sous peu.",
            waiting,
        )
        % {"n": number(waiting)},
        url=reverse("ledger"),
        link_label=_("Voir le registre"),
    )
