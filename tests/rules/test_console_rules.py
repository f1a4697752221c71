"""The console's own rules: proved on a console as it is served, and their proofs put to the test."""

import pytest

from governance.core.identity.roles import CONSOLE_SOURCE
from integrity.proofs.judgement import Verdict, rules_prove
from integrity.proofs.mutation import rule_mutate
from integrity.proofs.reference import console_connection
from integrity.rules.catalog import catalog, pack
from integrity.rules.rule import Rule

RULES = list(catalog(CONSOLE_SOURCE).values())


def test_every_kind_of_the_console_is_a_rule() -> None:
    assert list(pack(CONSOLE_SOURCE).kinds) == [rule.code for rule in RULES]


@pytest.mark.usefixtures("fresh_console")
def test_every_rule_is_proved_through_the_view() -> None:
    with console_connection() as connection:
        proofs = rules_prove(connection, RULES)
    assert [(one.code, one.through, one.verdict, one.detail) for one in proofs] == [
        (rule.code, "view", Verdict.PROUVEE, proof.cases[0].name)
        for rule, proof in zip(RULES, proofs, strict=True)
    ]


@pytest.mark.usefixtures("fresh_console")
@pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])
def test_no_mutant_survives(rule: Rule) -> None:
    with console_connection() as connection:
        report = rule_mutate(connection, rule)
    assert report.made > 3
    assert "\n".join(f"{one.line}: {one.change}" for one in report.survivors) == ""
