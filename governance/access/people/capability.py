"""What people bring: their pages, and a provider that knows them."""

from django.utils.translation import gettext_lazy as _

from governance.access.people import oidc
from governance.core.capability import OWNER_ALONE, Capability, MenuEntry

CAPABILITY = Capability(
    menu=(MenuEntry("people", _("Personnes"), below=("/governance/people/",), group=_("Accès")),),
    urls=("governance.access.people.urls",),
    identities={oidc.IDENTITY: _("L’annuaire")},
    tables={
        # Whom a provider means; of the library's other two tables nothing is used.
        "socialaccount_socialaccount": (
            "SELECT",
            "INSERT",
            "DELETE",
            "UPDATE (last_login, extra_data)",
        ),
        "socialaccount_socialtoken": ("SELECT", "DELETE"),
        "socialaccount_socialapp": OWNER_ALONE,
    },
)
