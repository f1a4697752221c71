"""`manage.py people`: what the pages of people do, for scripts and for whoever has no page yet."""

import getpass
import sys
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from alerts.services import NotAssignable
from governance.access.people import first_link, services
from governance.access.sign_in.sessions import sessions_end
from governance.core.identity.acting import acting_as_system
from governance.core.identity.models import Account, SourceRole, User
from governance.core.identity.roles import CONSOLE_SOURCE, Role


class Command(BaseCommand):
    help = "Open, change and close accounts. The ledger keeps it under “l'installation”."

    def add_arguments(self, parser: CommandParser) -> None:
        acts = parser.add_subparsers(dest="act", required=True)
        add = acts.add_parser(
            "add", help="open an account; its password is asked for, or read from a pipe"
        )
        add.add_argument("name", metavar="NAME")
        add.add_argument("--admin", action="store_true", help="administrator of every source")
        add.add_argument("--role", choices=Role.values)
        add.add_argument("--source", help="where the role is held (default: the only source)")
        add.add_argument("--email", default="")
        add.add_argument("--first-name", default="")
        add.add_argument("--last-name", default="")
        add.add_argument(
            "--language", choices=[code for code, _name in settings.LANGUAGES], default=""
        )
        role = acts.add_parser("role", help="give a role on a source, or take it (none)")
        role.add_argument("name", metavar="NAME")
        role.add_argument("role", choices=[*Role.values, "none"])
        role.add_argument("--source", help="default: the only source")
        password = acts.add_parser("password", help="set another password; sessions end")
        password.add_argument("name", metavar="NAME")
        close = acts.add_parser(
            "deactivate", help="close an account: sessions end, assignments are handed over"
        )
        close.add_argument("name", metavar="NAME")
        close.add_argument("--heir", metavar="NAME", help="who takes over (default: nobody)")
        acts.add_parser("reactivate", help="open a closed account again").add_argument(
            "name", metavar="NAME"
        )
        acts.add_parser("list", help="every account with its roles")
        acts.add_parser(
            "first", help="print the link of the first administrator, while there is none"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        act = getattr(self, f"_{options['act']}")
        try:
            with acting_as_system("install"):
                act(options)
        except services.LastAdministrator:
            raise CommandError(
                "This is the last administrator of a source; make another one first."
            ) from None
        except services.NameTaken as taken:
            raise CommandError(f"Another account has that {taken.field}.") from None
        except NotAssignable:
            raise CommandError("--heir may not take care of all of these alerts.") from None

    def _add(self, options: dict[str, Any]) -> None:
        roles: dict[str, str] = {}
        if options["admin"]:
            named = [options["source"]] if options["source"] else services.administered_sources()
            roles = {self._source(one): Role.ADMIN.value for one in named}
        elif options["role"]:
            roles = {self._source(options["source"]): options["role"]}
        said = {name: options[name] for name in ("email", "first_name", "last_name", "language")}
        password = _password(User(username=options["name"], **said))
        person_id = services.person_invite(username=options["name"], roles=roles, **said)
        user = User.objects.get(pk=person_id)
        user.set_password(password)
        user.save(update_fields=["password"])
        self.stdout.write(f"{options['name']}: open")

    def _role(self, options: dict[str, Any]) -> None:
        role = "" if options["role"] == "none" else options["role"]
        source = self._source(options["source"])
        services.role_set(person_id=_person(options["name"]), source=source, role=role)
        self.stdout.write(f"{options['name']}: {options['role']} on {source}")

    def _password(self, options: dict[str, Any]) -> None:
        user = User.objects.get(pk=_person(options["name"]))
        user.set_password(_password(user))
        user.save(update_fields=["password"])
        sessions_end(person_id=user.pk, reason="password")
        self.stdout.write(f"{options['name']}: another password")

    def _deactivate(self, options: dict[str, Any]) -> None:
        person = _person(options["name"])
        heir = _person(options["heir"]) if options["heir"] else None
        left = services.assignments_open(person_id=person)
        count = services.person_close(
            person_id=person, heirs=dict.fromkeys((one.source for one in left), heir)
        )
        self.stdout.write(f"{options['name']}: closed, {count} assignments handed over")

    def _reactivate(self, options: dict[str, Any]) -> None:
        services.person_reopen(person_id=_person(options["name"]))
        self.stdout.write(f"{options['name']}: open")

    def _list(self, options: dict[str, Any]) -> None:
        roles: dict[UUID, list[str]] = {}
        for one in SourceRole.objects.order_by("source"):
            roles.setdefault(one.user_id, []).append(f"{one.role}@{one.source}")
        for account in Account.objects.order_by("username"):
            state = "open" if account.is_active else "closed"
            factor = "2fa" if account.has_factor else "-"
            parts = [account.username, state, factor, *roles.get(account.pk, ["no role"])]
            self.stdout.write("  ".join(parts))

    def _first(self, options: dict[str, Any]) -> None:
        link = first_link.make()
        if link is None:
            raise CommandError("There is an administrator already.")
        self.stdout.write(link)

    def _source(self, named: str | None) -> str:
        known = sorted(settings.SOURCES)
        source = named or (known[0] if len(known) == 1 else "")
        if source not in {*known, CONSOLE_SOURCE}:
            raise CommandError(f"--source must be one of: {', '.join(known) or CONSOLE_SOURCE}")
        return source


def _person(name: str) -> UUID:
    found = Account.objects.filter(Q(username__iexact=name) | Q(email__iexact=name)).first()
    if found is None:
        raise CommandError(f"no account {name!r}")
    return found.pk


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
