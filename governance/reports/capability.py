"""What the reports bring."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, LedgerAction, MenuEntry
from governance.core.identity.roles import Permission

CAPABILITY = Capability(
    menu=(MenuEntry("report", _("Rapport"), below=("/governance/rapport/",)),),
    urls=("governance.reports.urls",),
    actions={
        "report.keep": LedgerAction(
            _("Rapport gardé"),
            _("%(who)s a gardé un rapport : son empreinte est ici"),
            subject_type="report",
            permission=Permission.HISTORY,
        ),
    },
)
