"""`manage.py rules`: do our rules see? `prove` runs their proofs, `mutate` tests the proofs themselves."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from governance.core.database.address import database_address
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.identity.sources import source_slugs
from integrity.proofs.judgement import Verdict
from integrity.proofs.models import RuleProof
from integrity.proofs.mutation import MutationReport, rule_mutate
from integrity.proofs.reference import mutation_database
from integrity.proofs.runs import ProvingError, proofs_run
from integrity.rules.cases import ProofError
from integrity.rules.catalog import DEPOT, ManifestError, catalog, pack_of, rules_select
from integrity.rules.rule import Rule


class Command(BaseCommand):
    help = (
        "prove : chaque règle sur ses cas de preuve, dans une transaction toujours annulée ; "
        "code 0 : toutes prouvées, 1 : au moins une ne l’est pas, 2 : rien n’a pu être prouvé. "
        "mutate : chaque règle faussée doit échouer à sa preuve ; code 1 s’il y a des survivants."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True)
        prove = actions.add_parser("prove", help="prouve les règles et garde le résultat")
        prove.add_argument("--rules", metavar="CODE,…", default="", help="défaut : toutes")
        prove.add_argument(
            "--source",
            metavar="SLUG",
            default="",
            help="défaut : le dépôt de référence, et la console elle-même (console)",
        )
        prove.add_argument(
            "--connection",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            default="",
            help="adresse de la base de cette source, avec le droit d’y écrire (tout est annulé)",
        )
        mutate = actions.add_parser("mutate", help="met les preuves à l’épreuve")
        mutate.add_argument("--rules", metavar="CODE,…", default="", help="défaut : toutes")
        mutate.add_argument(
            "--source", metavar="SLUG", default=DEPOT, help="dont les règles (défaut : %(default)s)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["action"] == "prove":
                code = self._prove(options["rules"], options["source"], options["connection"])
            else:
                code = self._mutate(options["rules"], options["source"])
        except (ManifestError, ProofError, ProvingError) as error:
            raise CommandError(str(error), returncode=2) from error
        if code:
            sys.exit(code)

    def _codes(self, codes: str, source: str) -> list[str] | None:
        """Those that were named; None for all. Raises ProvingError for one that nobody has."""
        if not codes:
            return None
        wanted = [code.strip().upper() for code in codes.split(",") if code.strip()]
        sources = [source] if source else [*source_slugs(), DEPOT, CONSOLE_SOURCE]
        known = {code for one in sources for code in catalog(one)}
        unknown = sorted(set(wanted) - known)
        if unknown:
            raise ProvingError(_("Règle inconnue : %(codes)s.") % {"codes": ", ".join(unknown)})
        return wanted

    def _prove(self, codes: str, source: str, url: str) -> int:
        if source and source not in (*source_slugs(), CONSOLE_SOURCE):
            raise ProvingError(
                _("Source inconnue : %(source)s. Sources : %(known)s.")
                % {"source": source, "known": ", ".join(source_slugs()) or "—"}
            )
        if url and not source:
            raise ProvingError(_("--connection demande --source : à qui appartient cette base ?"))
        wanted = self._codes(codes, source)
        rows = proofs_run(source=source, url=url, codes=wanted)
        if not source:
            rows += proofs_run(source=CONSOLE_SOURCE, codes=wanted)
        for row in rows:
            self.stdout.write(_proof_line(row))
        self.stdout.write(
            _("Total : %(rules)d règles, %(proved)d prouvées.")
            % {"rules": len(rows), "proved": sum(r.verdict == Verdict.PROUVEE for r in rows)}
        )
        return int(any(row.verdict != Verdict.PROUVEE for row in rows))

    def _mutate(self, codes: str, source: str) -> int:
        try:
            rules: list[Rule] = (
                rules_select((code.strip().upper() for code in codes.split(",")), source)
                if codes
                else list(catalog(source).values())
            )
        except KeyError as error:
            raise ProvingError(
                _("Règle inconnue : %(codes)s.") % {"codes": error.args[0]}
            ) from None
        with mutation_database(pack_of(source)) as connection:
            reports = [rule_mutate(connection, rule) for rule in rules]
        for report in reports:
            self._report(report)
        made, killed = sum(r.made for r in reports), sum(r.killed for r in reports)
        survivors = sum(len(r.survivors) for r in reports)
        self.stdout.write(
            _("Total : %(made)d mutants, %(killed)d tués, %(survivors)d survivants.")
            % {"made": made, "killed": killed, "survivors": survivors}
        )
        return int(survivors > 0)

    def _report(self, report: MutationReport) -> None:
        words = {"code": report.code, "made": report.made, "killed": report.killed}
        self.stdout.write(_("%(code)s : %(made)d mutants, %(killed)d tués") % words)
        for one in report.survivors:
            self.stdout.write(f"  {_('survivant')}, query.sql:{one.line} : {one.change}")
        for one in report.excused:
            self.stdout.write(
                f"  {_('survivant excusé')}, query.sql:{one.line} : {one.change} ({one.excuse})"
            )


def _proof_line(row: RuleProof) -> str:
    where = row.source or (
        _("dépôt de référence")
        if row.pack == DEPOT
        else _("base vide du paquet %(pack)s") % {"pack": row.pack}
    )
    detail = f" : {row.detail}" if row.detail else ""
    return f"{where} {row.code} {row.version} {row.verdict}{detail}"
