"""Owns the check that proofs are worth something: each mutant of a rule must be found out."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg

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
from integrity.proofs.mutants import Mutant, mutants
from integrity.rules.cases import Case
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
    """Judge every mutant by the rule's cases; what is written is undone."""
    rule = proof_rule(rule)
    cases = proof_cases(rule)
    with undone(connection):
        act_as(connection, cases)
        fixture_fit(connection, rule, cases)
        before = {
            one: said for one in mutants(rule) if (said := _says(connection, one)) is not None
        }
        made = list(before)
        refused = len(mutants(rule)) - len(made)
        alive: Sequence[Mutant] = made
        for case in cases:
            alive = _survivors(connection, case, alive, before)
    return MutationReport(
        code=rule.code,
        made=len(made),
        refused=refused,
        survivors=tuple(one for one in alive if not one.excuse),
        excused=tuple(one for one in alive if one.excuse),
    )


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
