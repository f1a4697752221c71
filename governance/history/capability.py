"""What the history brings: its page and exports, and the page about the ledger itself."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import Capability, Field, LedgerAction, MenuEntry
from governance.core.identity.roles import Permission

CAPABILITY = Capability(
    menu=(
        MenuEntry("history", _("Entrées"), group=_("Historique")),
        MenuEntry("attention", _("Ce qui mérite un regard"), group=_("Historique")),
        MenuEntry("ledger", _("Registre"), group=_("Historique")),
    ),
    urls=("governance.history.urls",),
    actions={
        "export.csv": LedgerAction(
            _("Export CSV"),
            _("%(who)s a exporté l’historique vers un tableur"),
            subject_type="export",
            permission=Permission.HISTORY,
        ),
        "export.alerts": LedgerAction(
            _("Export de la liste"),
            _("%(who)s a exporté la liste des alertes"),
            subject_type="export",
            permission=Permission.VIEW,
        ),
        "export.jsonl": LedgerAction(
            _("Export JSON"),
            _("%(who)s a exporté l’historique pour vérification"),
            subject_type="export",
            permission=Permission.HISTORY,
        ),
    },
    fields={
        "selection": Field(_("Filtre")),
    },
)
