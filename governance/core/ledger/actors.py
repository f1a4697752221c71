"""What the actors of ledger entries are called: people by name, the machine by what its rooms call it."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from governance.core.capability import registry


def system_name(name: str) -> str:
    """What one of the machine's identities is called."""
    known = registry().identities.get(name)
    return str(known) if known else _("La console (%(name)s)") % {"name": name}


def actor_name(actor: str, names: Mapping[str, str]) -> str:
    """Who did it: the person's name, or the machine's."""
    kind, _colon, name = actor.partition(":")
    if kind == "system" and name:
        return system_name(name)
    return names.get(actor) or _("compte inconnu")
