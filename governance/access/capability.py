"""What access brings: delegations, roles, accounts, and what the history says of them."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, Field, LedgerAction, MenuEntry
from governance.core.identity.roles import Role, role_label
from governance.core.ledger.models import LedgerEntry
from governance.core.web.templatetags.ui import instant_parse, moment, until


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    holder = known.get("holder") or (entry.subject_id if entry.subject_type == "user" else "")
    return {
        "role": role_label(str(known.get("role") or "")),
        "holder": names.get(str(holder)) or known.get("username"),
    }


def _lent(entry: LedgerEntry) -> str:
    """From when to when, and why; what began at once says only the end."""
    known = entry.after or {}
    starts_at, ends_at = (instant_parse(str(known.get(name))) for name in ("starts_at", "ends_at"))
    if ends_at is None:
        return ""
    words = str(_("Jusqu’au %(at)s.")) % {"at": until(ends_at)}
    if starts_at and starts_at > entry.at + timedelta(minutes=1):
        words = str(_("À partir du %(at)s.")) % {"at": moment(starts_at)} + " " + words
    return f"{words} {known.get('reason') or ''}".strip()


# Recorded by the triggers of accounts, roles and delegations.
ACTIONS = {
    "user.create": LedgerAction(_("Compte créé"), _("%(who)s a créé le compte de %(what)s")),
    "user.change": LedgerAction(_("Compte modifié"), _("%(who)s a modifié le compte de %(what)s")),
    "user.password": LedgerAction(
        _("Mot de passe changé"), _("%(who)s a changé le mot de passe de %(what)s")
    ),
    "user.delete": LedgerAction(
        _("Compte supprimé"), _("%(who)s a supprimé le compte de %(what)s")
    ),
    "role.grant": LedgerAction(
        _("Rôle donné"), _("%(who)s a donné à %(what)s le rôle « %(role)s » sur %(on)s")
    ),
    "role.change": LedgerAction(
        _("Rôle changé"), _("%(who)s a changé le rôle de %(what)s sur %(on)s : « %(role)s »")
    ),
    "role.revoke": LedgerAction(
        _("Rôle retiré"), _("%(who)s a retiré à %(what)s le rôle « %(role)s » sur %(on)s")
    ),
    "delegation.grant": LedgerAction(
        _("Délégation accordée"),
        _("%(who)s a délégué à %(holder)s le droit d’agir sur %(on)s"),
        note=_lent,
    ),
    "delegation.change": LedgerAction(
        _("Délégation modifiée"), _("%(who)s a modifié une délégation sur %(on)s")
    ),
    "delegation.revoke": LedgerAction(
        _("Délégation retirée"), _("%(who)s a retiré à %(holder)s le droit d’agir sur %(on)s")
    ),
}

CAPABILITY = Capability(
    menu=(
        MenuEntry("access", _("Rôles"), group=_("Accès")),
        MenuEntry("delegations", _("Délégations"), group=_("Accès")),
    ),
    urls=("governance.access.urls",),
    actions=ACTIONS,
    facts=dict.fromkeys(("user", "role", "delegation"), _facts),
    fields={
        "role": Field(_("Rôle"), choices=dict(Role.choices)),
        "username": Field(_("Compte")),
        "first_name": Field(_("Prénom")),
        "last_name": Field(_("Nom")),
        "email": Field(_("Adresse e-mail")),
        "holder": Field(_("Titulaire"), is_person=True),
        "granted_by": Field(_("Accordée par"), is_person=True),
        "starts_at": Field(_("Début")),
        "ends_at": Field(_("Fin"), write=until),
        "reason": Field(_("Motif")),
        "is_active": Field(_("En service")),
        "is_staff": Field(_("Accès technique")),
        "is_superuser": Field(_("Tous les droits")),
        "password_changed": Field(_("Mot de passe changé")),
    },
)
