"""`manage.py rules`: do our rules see? `prove` runs their proofs, `mutate` tests the proofs themselves."""

import sys
from argparse import ArgumentParser
from contextlib import closing
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from governance.core.database.address import database_address
from governance.core.identity.roles import CONSOLE_SOURCE
from governance.core.identity.sources import source_slugs
from integrity.proofs.judgement import Verdict
from integrity.proofs.models import RuleProof
from integrity.proofs.mutation import MutationReport, rule_mutate
from integrity.proofs.reference import (
    UnmadeError,
    by_reference,
    console_connection,
    reference_database,
)
from integrity.proofs.runs import (
    ProvingError,
    proofs_forget,
    proofs_run,
    proving_connection,
)
from integrity.rules.cases import ProofError
from integrity.rules.catalog import DEPOT, ManifestError, catalog, rules_select
from integrity.rules.rule import Rule


class Command(BaseCommand):
    help = (
        "prove : chaque règle sur ses cas de preuve, dans une transaction toujours annulée ; "
        "code 0 : toutes prouvées, 1 : au moins une ne l’est pas, 2 : rien n’a pu être prouvé. "
        "mutate : chaque règle faussée doit échouer à sa preuve ; code 1 s’il y a des survivants. "
        "forget : retire ce que l’on savait d’une règle sur une source."
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
            help="défaut : la base vide de chaque paquet, et la console elle-même (console)",
        )
        prove.add_argument(
            "--connection",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            default="",
            help="adresse de la base de cette source, avec le droit d’y écrire (tout est annulé)",
        )
        mutate = actions.add_parser("mutate", help="essaie les preuves elles-mêmes")
        mutate.add_argument("--rules", metavar="CODE,…", default="", help="défaut : toutes")
        mutate.add_argument(
            "--source", metavar="SLUG", default=DEPOT, help="dont les règles (défaut : %(default)s)"
        )

        mutate.add_argument(
            "--connection",
            type=database_address,
            metavar="NOM|@FICHIER|URL",
            default="",
            help="sur la base de cette source au lieu d’une base vide (tout est annulé)",
        )
        forget = actions.add_parser(
            "forget", help="oublie ce que l’on savait de règles sur une source : INCONNU à nouveau"
        )
        forget.add_argument("--source", metavar="SLUG", required=True)
        forget.add_argument("--rules", metavar="CODE,…", default="", help="défaut : toutes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["action"] == "prove":
                code = self._prove(options["rules"], options["source"], options["connection"])
            elif options["action"] == "forget":
                code = self._forget(options["rules"], options["source"])
            else:
                code = self._mutate(options["rules"], options["source"], options["connection"])
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
        if source and any(row.through == "rule" for row in rows):
            self.stdout.write(
                _(
                    "Éprouvées par leur texte, que la vue n’a pas : recommencer quand elle est installée."
                )
            )
        return int(any(row.verdict != Verdict.PROUVEE for row in rows))

    def _forget(self, codes: str, source: str) -> int:
        """Also of a source, or of a rule, that is no more: that is what it is for."""
        wanted = [code.strip().upper() for code in codes.split(",") if code.strip()]
        gone = proofs_forget(source=source, codes=wanted or None)
        for row in gone:
            self.stdout.write(_proof_line(row))
        self.stdout.write(_("%(count)d preuves oubliées.") % {"count": len(gone)})
        return 0

    def _mutate(self, codes: str, source: str, url: str) -> int:
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
        if url:
            with closing(proving_connection(url)) as connection:
                reports = [rule_mutate(connection, rule) for rule in rules]
        elif source == CONSOLE_SOURCE:
            with console_connection() as connection:
                reports = [rule_mutate(connection, rule) for rule in rules]
        else:
            reports = self._mutate_apart(rules)
        for report in reports:
            self._report(report)
        made, killed = sum(r.made for r in reports), sum(r.killed for r in reports)
        survivors = sum(len(r.survivors) for r in reports)
        excused = sum(len(r.excused) for r in reports)
        self.stdout.write(
            _(
                "Total : %(made)d mutants, %(killed)d tués, %(survivors)d survivants, %(excused)d excusés"
                " à leur ligne ; score %(score).1f %%, %(strict).1f %% avec les excusés."
            )
            % {
                "made": made,
                "killed": killed,
                "survivors": survivors,
                "excused": excused,
                "score": 100 * killed / max(made - excused, 1),
                "strict": 100 * killed / max(made, 1),
            }
        )
        return int(survivors > 0 or any(report.unfit for report in reports))

    def _mutate_apart(self, rules: list[Rule]) -> list[MutationReport]:
        """On the empty database that each rule's pack brings."""
        reports: list[MutationReport] = []
        for files, group in by_reference(rules).items():
            if not files:
                said = _(
                    "aucun « reference » de pack.toml ne fait les tables de sa preuve ; --connection"
                )
                reports += [MutationReport(one.code, 0, 0, (), {}, (), said) for one in group]
                continue
            try:
                with reference_database(files) as connection:
                    reports += [rule_mutate(connection, rule) for rule in group]
            except UnmadeError as error:
                raise ProvingError(str(error)) from None
        return sorted(reports, key=lambda one: one.code)

    def _report(self, report: MutationReport) -> None:
        if report.unfit:
            self.stdout.write(f"{report.code} : {report.unfit}")
            return
        words = {"code": report.code, "made": report.made, "killed": report.killed}
        self.stdout.write(_("%(code)s : %(made)d mutants, %(killed)d tués") % words)
        for one in report.survivors:
            self.stdout.write(f"  {_('survivant')}, query.sql:{one.line} : {one.change}")
            if row := report.killers.get(one):
                self.stdout.write(f"    {_('le tuerait')} : {row}")
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
