"""A proof says whether a rule can see; each verdict is provoked by breaking something real."""

from dataclasses import replace
from typing import Any

import psycopg
import pytest

from integrity.catalog import Rule, catalog
from integrity.compiler import view_apply
from integrity.proof_cases import ProofError, cases_parse
from integrity.proofs import Verdict, rules_prove
from integrity.reference import reference_depot

Connection = psycopg.Connection[Any]
RULES = list(catalog().values())


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=list(catalog()))
def test_every_rule_is_proved_on_the_reference_depot(rule: Rule) -> None:
    with reference_depot() as connection:
        (proof,) = rules_prove(connection, [rule])
    wrong = [case for case in proof.cases if case.verdict != Verdict.PROUVEE]
    assert (proof.verdict, proof.through, wrong) == (Verdict.PROUVEE, "rule", [])
