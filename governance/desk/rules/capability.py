"""What the rules' pages bring."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, MenuEntry

CAPABILITY = Capability(
    menu=(MenuEntry("rules", _("Règles"), below=("/governance/rules/",)),),
    urls=("governance.desk.rules.urls",),
)
