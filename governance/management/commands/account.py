"""`manage.py account NAME`: give somebody an account and a role, or close the account."""

import getpass
import sys
from typing import Any

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import SourceRole, User
from governance.core.identity.roles import Role


class Command(BaseCommand):
    help = (
        "Open NAME's account (the password is asked for, or read from a pipe), or change it: its role on"
        " a source, whether it is closed. The ledger keeps it under “l'installation”."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name", metavar="NAME")
        parser.add_argument("--role", choices=Role.values)
        parser.add_argument("--source", help="where the role is held (default: the only source)")
        parser.add_argument("--email")
        parser.add_argument("--password", action="store_true", help="set another password")
        parser.add_argument("--close", action="store_true", help="nobody signs in with it any more")

    def handle(self, *args: Any, **options: Any) -> None:
        name = options["name"]
        source = self._source(options) if options["role"] else ""
        with acting_as_system("install"):
            user = User.objects.filter(username=name).first()
            is_new = user is None
            user = user or User(username=name)
            if options["close"] and is_new:
                raise CommandError(f"no account {name!r}")
            user.is_active = not options["close"]
            user.email = options["email"] or user.email
            if is_new or options["password"]:
                user.set_password(_password(user))
            user.save()
            if source:
                SourceRole.objects.update_or_create(
                    user=user, source=source, defaults={"role": options["role"]}
                )
        self.stdout.write(f"{name}: " + ("closed" if options["close"] else "open"))

    def _source(self, options: dict[str, Any]) -> str:
        source = (
            options["source"] or (list(settings.SOURCES) if len(settings.SOURCES) == 1 else [""])[0]
        )
        if source not in settings.SOURCES:
            raise CommandError(
                f"--source must be one of: {', '.join(settings.SOURCES) or 'none is set'}"
            )
        return str(source)


def _password(user: User) -> str:
    if sys.stdin.isatty():
        password = getpass.getpass("Password: ")
        if password != getpass.getpass("Again: "):
            raise CommandError("The two passwords differ.")
    else:
        password = sys.stdin.readline().rstrip("\n")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from None
    return password
