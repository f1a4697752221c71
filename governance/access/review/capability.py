"""What the review brings: its page, its table, and what the ledger says of it."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from governance.core.capability import Capability, Field, LedgerAction, MenuEntry
from governance.core.identity.roles import role_label
from governance.core.ledger.models import LedgerEntry


def _facts(entry: LedgerEntry, names: Mapping[str, str]) -> dict[str, Any]:
    known = entry.values
    confirmed, withdrawn = (
        count if isinstance(count := known.get(name), int) else 0
        for name in ("confirmed", "withdrawn")
    )
    return {
        "role": role_label(str(known.get("role") or "")),
        "confirmed": ngettext("%(n)s rôle confirmé", "%(n)s rôles confirmés", max(confirmed, 1))
        % {"n": confirmed},
        "withdrawn": ngettext("%(n)s retiré", "%(n)s retirés", max(withdrawn, 1))
        % {"n": withdrawn},
    }


# Recorded by the trigger of access_review.
CAPABILITY = Capability(
    menu=(MenuEntry("access_review", _("Revue"), group=_("Accès")),),
    urls=("governance.access.review.urls",),
    actions={
        "review.confirm": LedgerAction(
            _("Rôle confirmé"), _("%(who)s a confirmé à %(what)s le rôle « %(role)s » sur %(on)s")
        ),
        "review.withdraw": LedgerAction(
            _("Rôle retiré à la revue"),
            _("%(who)s a retiré à %(what)s, à la revue, le rôle « %(role)s » sur %(on)s"),
        ),
        "review.sign": LedgerAction(
            _("Revue des accès signée"),
            _("%(who)s a signé la revue des accès de %(on)s : %(confirmed)s, %(withdrawn)s"),
        ),
    },
    facts={"review": _facts},
    fields={
        "note": Field(_("Motif"), is_note=True),
        "last_login": Field(_("Dernière connexion")),
        "last_act": Field(_("Dernier acte")),
        "has_mfa": Field(_("Double authentification")),
        "review": Field(_("Revue")),
        "confirmed": Field(_("Confirmés")),
        "withdrawn": Field(_("Retirés")),
    },
    tables={"access_review": ("SELECT", "INSERT")},
    record=("access_review",),
)
