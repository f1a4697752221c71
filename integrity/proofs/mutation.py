"""Owns the check that proofs are worth something: each mutant of a rule must be found out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from django.utils.translation import gettext as _

from integrity.proofs.fitting import fixture_fit
from integrity.proofs.judgement import (
    Finding,
    Verdict,
    act_as,
    findings,
    judge,
    proof_cases,
    proof_rule,
    undone,
)
from integrity.proofs.killing import killing_row
from integrity.proofs.mutants import ColumnKnown, Mutant, Tables, mutants, table_named
from integrity.proofs.refusals import unfit_said
from integrity.rules.cases import Case
from integrity.rules.rule import Rule
from integrity.rules.rule_sql import branch_sql
from integrity.rules.sql_text import tokens


@dataclass(frozen=True)
class MutationReport:
    """Of one rule: mutants that ran, and those that its proof took for the rule itself."""

    code: str
    made: int
    refused: int  # mutants that are not SQL: they prove nothing and are not in `made`
    survivors: tuple[Mutant, ...]
    killers: Mapping[Mutant, str]  # of a survivor: a case and a changed row that would kill it
    excused: tuple[Mutant, ...]
    unfit: str = ""  # why no mutant could be judged here: a case whose rows the database refuses

    @property
    def killed(self) -> int:
        return self.made - len(self.survivors) - len(self.excused)


def rule_mutate(connection: psycopg.Connection[Any], rule: Rule) -> MutationReport:
    """Judge every mutant by the rule's cases; what is written is undone."""
    rule = proof_rule(rule)
    cases = proof_cases(rule)
    with undone(connection):
        act_as(connection, cases)
        fixture_fit(connection, rule, cases)
        every = mutants(rule, tables_read(connection, rule))
        itself = Mutant("", 0, branch_sql(rule), "")
        says = {one: _says(connection, one) for one in [itself, *every]}
        before = {one: said for one, said in says.items() if said is not None}
        made = [one for one in every if one in before]
        refused = len(every) - len(made)
        alive: Sequence[Mutant] = [itself, *made]
        for case in cases:
            try:
                alive = _survivors(connection, case, alive, before)
            except psycopg.Error as error:
                if connection.closed:
                    raise
                unfit = f"{case.name} : {unfit_said(error)}"
                return MutationReport(rule.code, 0, refused, (), {}, (), unfit)
            if itself not in alive:  # a wrong expectation would kill every mutant
                unfit = _("%(case)s : la règle elle-même n’y répond pas") % {"case": case.name}
                return MutationReport(rule.code, 0, refused, (), {}, (), unfit)
        alive = [one for one in alive if one is not itself]
        survivors = tuple(one for one in alive if not one.excuse)
        killers = {one: killing_row(connection, rule, one, cases) for one in survivors}
    return MutationReport(
        code=rule.code,
        made=len(made),
        refused=refused,
        survivors=survivors,
        killers=killers,
        excused=tuple(one for one in alive if one.excuse),
    )


COLUMNS = """
SELECT a.attname::text, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull,
       EXISTS (SELECT FROM pg_constraint AS k
               WHERE k.conrelid = a.attrelid AND k.contype = 'f' AND k.conkey = ARRAY[a.attnum])
FROM pg_attribute AS a
WHERE a.attrelid = to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY a.attnum
"""


def tables_read(connection: psycopg.Connection[Any], rule: Rule) -> Tables:
    """What the database knows of the tables that a rule's query names, by the rule's own names."""
    code = [token for token in tokens(rule.query) if token.kind not in ("space", "comment")]
    names = {table_named(code, at) for at, token in enumerate(code) if token.kind == "word"}
    found = {}
    for name in sorted(names):
        renamed = rule.renamed.get(name)
        if name in rule.tables and renamed is None:
            continue
        here = {there: own for own, there in (renamed.columns if renamed else {}).items()}
        rows = connection.execute(COLUMNS, [renamed.relation if renamed else name]).fetchall()
        if rows:
            found[name] = {here.get(column, column): ColumnKnown(*known) for column, *known in rows}
    return found


def _says(connection: psycopg.Connection[Any], mutant: Mutant) -> Counter[Finding] | None:
    """What a mutant says now; None for one that is no SQL, or breaks on these rows."""
    try:
        with connection.transaction():
            return findings(connection, mutant.sql)
    except psycopg.Error:
        return None


def _survivors(
    connection: psycopg.Connection[Any],
    case: Case,
    alive: Sequence[Mutant],
    before: Mapping[Mutant, Counter[Finding]],
) -> list[Mutant]:
    with connection.transaction(force_rollback=True):
        for statement in case.statements:
            connection.execute(statement)
        passed = []
        for one in alive:
            said = _says(connection, one)  # a division by zero is noticed, too
            if said is not None and judge(case, said - before[one]).verdict == Verdict.PROUVEE:
                passed.append(one)
        return passed
