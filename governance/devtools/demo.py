"""The demonstration accounts: one per role on the embedded depot, and nowhere else."""

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role

PASSWORD = "demo-governance"  # noqa: S105  # public on purpose, and refused to everybody else
SOURCE = "depot"
IDENTITY = "demo"  # of the machine that makes them; the ledger remembers it for ever

# Accounts that were ever made for a demonstration, renamed or not, and those that are called like one.
SUSPECTS = """
SELECT u.username, u.password FROM governance_user u
WHERE u.is_active AND (
  u.username = ANY (%s)
  OR u.id::text IN (SELECT e.subject_id FROM ledger_entry e
                    WHERE e.subject_type = 'user' AND e.action = 'user.create' AND e.actor = %s))
ORDER BY u.username
"""


def accounts_create() -> list[str]:
    """Create what is missing: accounts, and their role on the depot. Return the accounts' names.

    What somebody changed since (a password, a role, an account put out of use) stays as it is.
    """
    if not settings.DEMONSTRATION:
        raise ImproperlyConfigured(
            "Demonstration accounts exist only with the embedded pair of databases."
        )
    names = _names()
    with acting_as_system(IDENTITY):
        have = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        for name in names:
            if name not in have:
                User.objects.create_user(username=name, password=PASSWORD, email=None)
        users = {user.username: user for user in User.objects.filter(username__in=names)}
        SourceRole.objects.bulk_create(
            (SourceRole(user=users[role.value], source=SOURCE, role=role.value) for role in Role),
            ignore_conflicts=True,
        )
    return names


def accounts_open() -> list[str]:
    """Names of suspects whom the demonstration password lets in.

    One slow comparison for each of them, not for every account: a person who chose that very password is
    refused when choosing it (governance/access/passwords.py).
    """
    with acting_as_system("accounts"), connection.cursor() as cursor:
        cursor.execute(SUSPECTS, [_names(), f"system:{IDENTITY}"])
        suspects = cursor.fetchall()
    return [name for name, hashed in suspects if check_password(PASSWORD, hashed)]


def _names() -> list[str]:
    return [role.value for role in Role]
