"""Says on every page that the record is broken, to everybody, until a verification finds it whole."""

from django.urls import reverse
from django.utils.translation import gettext as _

from governance.core.capability import PageWarning
from governance.core.identity.roles import Permission
from governance.core.ledger.queries import verification_for_all
from governance.core.web.http import Access
from governance.core.web.templatetags.ui import moment


def page_warnings(access: Access) -> list[PageWarning]:
    """Whoever may read the history gets the way to the page that says more."""
    if not access.may(Permission.VIEW):
        return []
    may_read = access.may(Permission.HISTORY)
    found = verification_for_all(reads_history=may_read)
    if found is None or found.is_whole:
        return []
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
        )
    ]
