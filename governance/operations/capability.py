"""What operations brings: the probes, and the identity under which they look."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import READ, Capability
from governance.operations import preflight

CAPABILITY = Capability(
    preflight={"operations": preflight.own},
    urls=("governance.operations.urls",),
    identities={"health": _("La sonde de santé")},
    tables={"django_migrations": READ},
)
