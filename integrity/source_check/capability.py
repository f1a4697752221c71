"""What the examination of a source brings: the identity under which it looks."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability
from integrity.source_check import rules

CAPABILITY = Capability(identities={rules.IDENTITY: _("L’examen d’une source")})
