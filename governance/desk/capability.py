"""What the desk brings: the two-minute page, the integrity screen, the alert's page, saved filters."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import ROWS, Capability, MenuEntry, Panel
from governance.desk.pictures import tanks_in_alert

CAPABILITY = Capability(
    menu=(
        MenuEntry("home", _("Accueil")),
        MenuEntry(
            "integrity",
            _("Intégrité"),
            below=("/governance/alerts/", "/governance/entities/", "/governance/live"),
        ),
    ),
    urls=("governance.desk.urls",),
    panels=(Panel("home", "governance/_tanks.html", tanks_in_alert),),
    tables={"saved_filter": ROWS, "desk_choice": ("SELECT", "INSERT", "UPDATE")},
    functions=("saved_filter_near",),
)
