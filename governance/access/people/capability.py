"""What people bring: their pages, the configuration page, the menu entry."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, MenuEntry

CAPABILITY = Capability(
    menu=(
        MenuEntry("people", _("Personnes"), below=("/governance/people/",)),
        MenuEntry("configuration", _("Configuration")),
    ),
    urls=("governance.access.people.urls",),
)
