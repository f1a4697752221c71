"""What signing in brings: second factors, sessions, devices, links, and what the history says of them."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import OWNER_ALONE, Capability, Field, LedgerAction

CAPABILITY = Capability(
    actions={
        "user.link": LedgerAction(
            _("Lien de connexion créé"), _("%(who)s a créé un lien de connexion pour %(what)s")
        ),
        "user.sessions": LedgerAction(
            _("Sessions terminées"), _("%(who)s a mis fin aux sessions de %(what)s")
        ),
        "user.factor.on": LedgerAction(
            _("Double authentification activée"),
            _("%(who)s a activé la double authentification du compte de %(what)s"),
        ),
        "user.factor.off": LedgerAction(
            _("Double authentification retirée"),
            _("%(who)s a retiré la double authentification du compte de %(what)s"),
        ),
    },
    fields={
        "purpose": Field(
            _("Motif du lien"),
            choices={"invite": _("invitation"), "reset": _("nouveau mot de passe")},
        ),
        "factor": Field(
            _("Preuve"),
            choices={
                "totp": _("application de codes"),
                "webauthn": _("clé d’accès"),
                "recovery_codes": _("codes de secours"),
            },
        ),
        "sessions": Field(_("Sessions")),
        "ended_for": Field(
            _("Raison"),
            choices={
                "ended": _("décision d’un administrateur"),
                "disowned": _("connexion signalée comme inconnue"),
            },
        ),
    },
    tables={
        "person_session": ("SELECT", "INSERT"),
        "person_device": ("SELECT", "INSERT", "DELETE", "UPDATE (last_at, address, agent)"),
        "person_link": OWNER_ALONE,
        "mfa_authenticator": (
            "SELECT",
            "INSERT",
            "DELETE",
            "UPDATE (user_id, type, data, created_at, last_used_at)",
        ),
    },
    functions=(
        "session_moved",
        "session_over",
        "sessions_end",
        "link_make",
        "link_of",
        "link_use",
        "administrator_exists",
        "factor_due",
        "factors_reset",
    ),
    owner_alone=("sessions_close", "admin_remains", "link_stands"),
)
