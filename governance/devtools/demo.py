"""The demonstration accounts: one per role on the embedded depot, and nowhere else."""

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from alerts.calendars.queries import calendar_row
from alerts.calendars.reading import shipped
from alerts.calendars.services import IDENTITY as CALENDAR
from alerts.calendars.services import calendar_set
from governance.core.identity.acting import acting_as_system
from governance.core.identity.demonstration import IDENTITY, PASSWORD, account_names
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role

SOURCE = "depot"


def calendar_enter() -> None:
    """When the depot works, unless somebody said it."""
    with acting_as_system(CALENDAR):
        if calendar_row(SOURCE) is None:
            calendar_set(source=SOURCE, **shipped("lubumbashi"))


def accounts_create() -> list[str]:
    """Create what is missing: accounts, and their role on the depot. Return the accounts' names.

    What somebody changed since (a password, a role, an account put out of use) stays as it is.
    """
    if not settings.DEMONSTRATION:
        raise ImproperlyConfigured(
            "Demonstration accounts exist only with the embedded pair of databases."
        )
    names = account_names()
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
