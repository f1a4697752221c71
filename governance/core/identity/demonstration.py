"""The demonstration's public password: what it is, and which accounts it opens where it must open none."""

from django.contrib.auth.hashers import check_password
from django.db import connection

from governance.core.identity.acting import acting_as_system
from governance.core.identity.roles import Role

PASSWORD = "demo-governance"  # noqa: S105  # public on purpose, and refused to everybody else
IDENTITY = "demo"  # of the machine that makes the accounts; the ledger remembers it for ever

# Accounts that were ever made for a demonstration, renamed or not, and those that are called like one.
SUSPECTS = """
SELECT u.username, u.password FROM governance_user u
WHERE u.is_active AND (
  u.username = ANY (%s)
  OR u.id::text IN (SELECT e.subject_id FROM ledger_entry e
                    WHERE e.subject_type = 'user' AND e.action = 'user.create' AND e.actor = %s))
ORDER BY u.username
"""


def accounts_open() -> list[str]:
    """Names of suspects whom the demonstration password lets in.

    One slow comparison for each of them, not for every account: a person who chose that very password is
    refused when choosing it (governance/access/sign_in/passwords.py).
    """
    with acting_as_system("accounts"), connection.cursor() as cursor:
        cursor.execute(SUSPECTS, [account_names(), f"system:{IDENTITY}"])
        suspects = cursor.fetchall()
    return [name for name, hashed in suspects if check_password(PASSWORD, hashed)]


def account_names() -> list[str]:
    """One account per role, named after it."""
    return [role.value for role in Role]
