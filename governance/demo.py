"""The demonstration accounts: one per role, on every source, on a developer's machine and nowhere else."""

from collections.abc import Iterable

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from governance.models import SourceRole, User
from governance.roles import Role
from governance.sql import acting_as_system

PASSWORD = "demo-governance"  # noqa: S105  # public on purpose, and refused outside APP_ENV=local
IDENTITY = "demo"


def accounts_create(*, sources: Iterable[str]) -> list[str]:
    """Create what is missing: accounts, and their role on each source. Return the accounts' names.

    What somebody changed since (a password, a role, an account put out of use) stays as it is.
    """
    if not settings.LOCAL:
        raise ImproperlyConfigured("Demonstration accounts exist only when APP_ENV is local.")
    names = [role.value for role in Role]
    with acting_as_system(IDENTITY):
        have = set(User.objects.filter(username__in=names).values_list("username", flat=True))
        for name in names:
            if name not in have:
                User.objects.create_user(username=name, password=PASSWORD, email=None)
        users = {user.username: user for user in User.objects.filter(username__in=names)}
        SourceRole.objects.bulk_create(
            (
                SourceRole(user=users[role.value], source=source, role=role.value)
                for source in sources
                for role in Role
            ),
            ignore_conflicts=True,
        )
    return names
