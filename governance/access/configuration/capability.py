"""What the configuration brings: its page."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, MenuEntry

CAPABILITY = Capability(
    menu=(MenuEntry("configuration", _("Configuration"), group=_("Accès")),),
    urls=("governance.access.configuration.urls",),
)
