"""What the reports bring."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, MenuEntry

CAPABILITY = Capability(
    menu=(MenuEntry("report", _("Rapport")),),
    urls=("governance.reports.urls",),
)
