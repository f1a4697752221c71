"""What operations brings: the probes, and the identity under which they look."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import READ, Capability

CAPABILITY = Capability(
    urls=("governance.operations.urls",),
    identities={"health": _("La sonde de santé")},
    tables={"django_migrations": READ},
)
