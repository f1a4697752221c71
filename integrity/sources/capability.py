"""What sources bring: the record of the views that the console put into them."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, LedgerAction
from integrity.sources import installs, preflight

CAPABILITY = Capability(
    preflight={"sources": preflight.preflight},
    actions={
        installs.ACTION: LedgerAction(
            _("Vue des contrôles installée"),
            _("%(who)s a installé une vue des contrôles"),
            subject_type=installs.SUBJECT,
            system=installs.IDENTITY,
        ),
    },
)
