"""Owns the check that proofs are worth something: each mutant of a rule must be found out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

from integrity.proofs.cases import Case
from integrity.proofs.judgement import Verdict, findings, judge, proof_cases, undone
from integrity.proofs.mutants import Mutant, mutants
from integrity.rules.rule import Rule


@dataclass(frozen=True)
class MutationReport:
    """Of one rule: mutants that ran, and those that its proof took for the rule itself."""

    code: str
    made: int
    refused: int  # mutants that are not SQL: they prove nothing and are not in `made`
    survivors: tuple[Mutant, ...]
    excused: tuple[Mutant, ...]

    @property
    def killed(self) -> int:
        return self.made - len(self.survivors) - len(self.excused)


def rule_mutate(connection: psycopg.Connection[Any], rule: Rule) -> MutationReport:
    """Judge every mutant by the rule's cases. The depot must be empty; what is written is undone."""
    cases = proof_cases(rule)
    with undone(connection):
        made = [one for one in mutants(rule) if _runs(connection, one)]
        refused = len(mutants(rule)) - len(made)
        alive: Sequence[Mutant] = made
        for case in cases:
            alive = _survivors(connection, case, alive)
    return MutationReport(
        code=rule.code,
        made=len(made),
        refused=refused,
        survivors=tuple(one for one in alive if not one.excuse),
        excused=tuple(one for one in alive if one.excuse),
    )


def _runs(connection: psycopg.Connection[Any], mutant: Mutant) -> bool:
    try:
        with connection.transaction():
            findings(connection, mutant.sql)
    except psycopg.Error:
        return False
    return True


def _survivors(
    connection: psycopg.Connection[Any], case: Case, alive: Sequence[Mutant]
) -> list[Mutant]:
    with connection.transaction(force_rollback=True):
        for statement in case.statements:
            connection.execute(statement)
        return [one for one in alive if _passes(connection, case, one)]


def _passes(connection: psycopg.Connection[Any], case: Case, mutant: Mutant) -> bool:
    try:
        with connection.transaction():
            said = findings(connection, mutant.sql)
    except psycopg.Error:
        return False  # a division by zero is noticed, too
    return judge(case, said).verdict == Verdict.PROUVEE
