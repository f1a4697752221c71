"""`manage.py release`: write what a release consists of, or compare what runs with it."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from governance import release
from governance.operations.running import is_replaced, release_state


class Command(BaseCommand):
    help = (
        "manifest: print every installed file with its SHA-256 (into release.json, in a clean checkout of "
        "the tag, with APP_RELEASE set); verify: compare. Exit 1: what runs is not what was released."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("what", choices=("manifest", "verify"))

    def handle(self, *args: Any, **options: Any) -> None:
        if options["what"] == "manifest":
            self.stdout.write(release.manifest(settings.BASE_DIR, settings.APP_RELEASE), ending="")
            return
        state, why = release_state()
        if state == "differs":
            raise CommandError(why)
        if is_replaced():
            raise CommandError(
                _("Les fichiers ont changé depuis le démarrage de ce processus : le redémarrer.")
            )
        self.stdout.write(why)
