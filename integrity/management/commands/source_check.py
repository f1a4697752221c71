"""`manage.py source_check`: what a DBA should know before the console reads a database."""

import json
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import Error
from django.utils.translation import gettext as _

from governance.core.database.address import database_address
from governance.core.identity.sources import source_slugs
from governance.core.logs import one_line
from integrity.adoption.services import report_keep
from integrity.rules.catalog import pack, pack_of, packs
from integrity.source_check.run import source_examine


class Command(BaseCommand):
    help = (
        "Examine une base sans rien y écrire : accès, version, droits, vue, lignes, règles. "
        "Code 0 : prête ; 1 : inutilisable en l’état ; 2 : utilisable, avec des points à voir."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        target = parser.add_mutually_exclusive_group(required=True)
        target.add_argument("--source", metavar="SLUG", help="une source configurée")
        target.add_argument(
            "--database-url",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            help="une base que la console ne connaît pas encore : variable ou fichier qui a son "
            "adresse, ou adresse sans mot de passe",
        )
        parser.add_argument(
            "--connection",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            default="",
            help="la même base, avec un rôle qui peut écrire : prouve les règles (tout est annulé)",
        )
        parser.add_argument(
            "--pack", metavar="NOM", help="les règles de ce paquet (défaut : celui de la source)"
        )
        parser.add_argument(
            "--timeout",
            type=float,
            metavar="S",
            default=settings.SOURCE_STATEMENT_TIMEOUT_MS / 1000,
            help="secondes accordées à chaque requête (défaut : %(default)g, comme un contrôle)",
        )
        parser.add_argument(
            "--advise",
            action="store_true",
            help="affiche les index qui rendraient les règles plus rapides ; n’en crée aucun",
        )
        parser.add_argument("--json", action="store_true", help="rapport lisible par une machine")

    def handle(self, *args: Any, **options: Any) -> None:
        if not 0.001 <= options["timeout"] <= 3600:
            raise CommandError(_("--timeout : entre 0,001 et 3600 secondes."), returncode=1)
        source = options["source"] or ""
        if source and source not in source_slugs():
            raise CommandError(
                _("Source inconnue : %(source)s. Sources : %(known)s.")
                % {"source": source, "known": ", ".join(source_slugs()) or "—"},
                returncode=1,
            )
        try:
            chosen = pack(options["pack"]) if options["pack"] else pack_of(source)
        except KeyError:
            raise CommandError(
                _("Paquet inconnu : %(name)s. Paquets : %(known)s.")
                % {"name": options["pack"], "known": ", ".join(one.name for one in packs())},
                returncode=1,
            ) from None
        report = source_examine(
            pack=chosen,
            dsn=settings.SOURCES[source] if source else options["database_url"],
            source=source,
            timeout_ms=int(options["timeout"] * 1000),
            proving_url=options["connection"],
            advises=options["advise"],
        )
        if source:
            try:
                report_keep(source=source, report=report)
            except Error as error:  # what was found is said all the same
                self.stderr.write(one_line(error))
        if options["json"]:
            self.stdout.write(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
        else:
            self.stdout.write("\n".join(report.lines()))
        if report.exit_code:
            sys.exit(report.exit_code)
