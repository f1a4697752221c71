"""What accounts bring to the database: who may read and change whom, and who acts."""

from django.utils.translation import gettext_lazy as _

from governance.core.capability import OWNER_ALONE, READ, ROWS, Capability
from governance.core.identity import backend, demonstration

# What an administrator changes of an account, and what else is written: by the person, or the machine.
ACCOUNT = "username, first_name, last_name, email, is_active"
PERSONAL = (
    "password, last_login, language, tour_dismissed_at, device_notice_at,"
    " is_staff, is_superuser, date_joined"
)

CAPABILITY = Capability(
    identities={
        "install": _("L’installation"),
        demonstration.IDENTITY: _("La démonstration"),
        backend.IDENTITY: _("La connexion"),
    },
    tables={
        # Every column but the id. Whose row it is, and which columns of it: sql/governance_user/.
        "governance_user": ("SELECT", "INSERT", "DELETE", f"UPDATE ({ACCOUNT}, {PERSONAL})"),
        "account": ("SELECT", f"UPDATE ({ACCOUNT})"),
        # Read and emptied by the libraries when the machine removes an account; nothing is ever added.
        "governance_user_groups": ("SELECT", "DELETE"),
        "governance_user_user_permissions": ("SELECT", "DELETE"),
        "account_emailaddress": ("SELECT", "DELETE"),
        "account_emailconfirmation": ("SELECT", "DELETE"),
        "source_role": ("SELECT", "INSERT", "DELETE", "UPDATE (source, role)"),
        "delegation": ROWS,
        "role_permission": READ,
        "django_content_type": READ,
        "auth_permission": OWNER_ALONE,
        "auth_group": OWNER_ALONE,
        "auth_group_permissions": OWNER_ALONE,
        "django_session": OWNER_ALONE,  # sessions.py and the limits ask functions
        "sign_in_count": OWNER_ALONE,
    },
    functions=(
        # who acts, and where
        "governance_user_id",
        "governance_system",
        "governance_sources",
        "governance_own_sources",
        "governance_loans",
        # accounts, sessions, tries to sign in
        "governance_administers",
        "governance_people",
        "account_of",
        "session_read",
        "session_write",
        "session_delete",
        "session_tidy",
        "sign_in_try",
        "sign_in_good",
        "sign_in_tidy",
    ),
    owner_alone=("delegation_is_theirs", "governance_role_on", "trigger_serves"),
)
