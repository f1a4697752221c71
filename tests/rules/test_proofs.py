"""A proof says whether a rule can see; each verdict is provoked by breaking something real."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import psycopg
import pytest

from integrity.depot import scenario_load
from integrity.proofs import judgement as proofs
from integrity.proofs.judgement import Verdict, rules_prove
from integrity.proofs.mutation import rule_mutate
from integrity.proofs.reference import reference_database
from integrity.rules.cases import ProofError, cases_parse
from integrity.rules.catalog import catalog
from integrity.rules.compiler import view_apply
from integrity.rules.rule import Rule
from tests.conftest import Postgres

Connection = psycopg.Connection[Any]
RULES = list(catalog().values())


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=list(catalog()))
def test_every_rule_is_proved_on_the_reference_depot(rule: Rule) -> None:
    with reference_database(rule.reference) as connection:
        (proof,) = rules_prove(connection, [rule])
    wrong = [case for case in proof.cases if case.verdict != Verdict.PROUVEE]
    assert (proof.verdict, proof.through, wrong) == (Verdict.PROUVEE, "rule", [])


@pytest.mark.django_db
@pytest.mark.parametrize("rule", RULES, ids=list(catalog()))
def test_no_mutant_of_a_rule_survives_its_proof(rule: Rule) -> None:
    with reference_database(rule.reference) as connection:
        report = rule_mutate(connection, rule)
    assert [(one.line, one.change) for one in report.survivors] == []
    assert report.made >= 15
    assert len(report.excused) <= 4


# --- Each verdict, by breaking what it is about ----------------------------------------------------


def verdict(connection: Connection, rule: Rule) -> tuple[str, str]:
    (proof,) = rules_prove(connection, [rule])
    return proof.verdict.value, proof.detail


def test_a_view_that_hides_negatives_makes_the_rule_inert(depot: Connection) -> None:
    rule = catalog()["STOCK_NEGATIF"]
    view_apply(depot, RULES)
    assert verdict(depot, rule)[0] == "PROUVEE"
    row = depot.execute("SELECT pg_get_viewdef('v_stock_actuel'::regclass)").fetchone()
    assert row is not None
    honest = str(row[0])
    clamped = honest
    for kind in ("ambiant", "15c"):
        clamped = clamped.replace(
            f"COALESCE(a.delta_{kind}, (0)::double precision) AS delta_{kind}_total",
            f"GREATEST(COALESCE(a.delta_{kind}, 0), -s.stock_{kind}) AS delta_{kind}_total",
        )
    assert clamped.count("-s.stock") == 2
    depot.execute(f"CREATE OR REPLACE VIEW v_stock_actuel AS {clamped}")
    assert verdict(depot, rule) == (
        "INERTE",
        "ambiant juste sous le seuil : aucun constat sur 00000000-0000-4000-8000-00000000c001",
    )


def test_the_view_in_place_is_judged_not_the_file(depot: Connection) -> None:
    """Somebody loosened the threshold by hand; the comment, and so the version, stayed."""
    rule = catalog()["CDR_ARRIVE_STALE"]
    view_apply(depot, [rule])
    row = depot.execute("SELECT pg_get_viewdef('v_integrity_checks'::regclass)").fetchone()
    assert row is not None
    loosened = str(row[0]).replace("'48:00:00'::interval", "'480:00:00'::interval")
    depot.execute(f"CREATE OR REPLACE VIEW v_integrity_checks AS {loosened}")
    (proof,) = rules_prove(depot, [rule])
    assert (proof.verdict, proof.through) == (Verdict.INERTE, "view")


def test_a_rule_that_says_too_much_is_garrulous(depot: Connection) -> None:
    rule = catalog()["CDR_ARRIVE_STALE"]
    query = rule.query.replace("WHERE t.statut = 'ARRIVE'", "WHERE t.statut <> 'CHARGEMENT'")
    word, detail = verdict(depot, replace(rule, query=query))
    assert word == "BAVARDE"
    assert detail.startswith("dans un autre statut depuis longtemps : constat de trop sur ")


def test_a_wrong_value_is_named(depot: Connection) -> None:
    rule = catalog()["CDR_ARRIVE_STALE"]
    query = rule.query.replace("t.volume,", "t.volume + 1 AS volume,")
    assert verdict(depot, replace(rule, query=query)) == (
        "BAVARDE",
        "ce que le constat porte : volume = 38501.5 au lieu de 38500.5",
    )


def test_a_constraint_that_forbids_the_case_speaks_for_itself(depot: Connection) -> None:
    depot.execute(
        "ALTER TABLE stocks_adjustments ADD CONSTRAINT never CHECK (delta_ambiant > -100)"
    )
    word, detail = verdict(depot, catalog()["STOCK_NEGATIF"])
    assert word == "IMPOSSIBLE"
    assert 'violates check constraint "never"' in detail


def test_a_rule_whose_table_is_missing_is_impossible_and_the_others_go_on(
    depot: Connection,
) -> None:
    depot.execute("DROP TABLE sorties_produit")
    proofs = {proof.code: proof for proof in rules_prove(depot, RULES)}
    assert proofs["SORTIE_ECART_15C"].verdict == Verdict.IMPOSSIBLE
    assert 'relation "sorties_produit" does not exist' in proofs["SORTIE_ECART_15C"].detail
    assert proofs["CDR_ARRIVE_STALE"].verdict == Verdict.PROUVEE


def test_a_depot_full_of_anomalies_proves_as_well_and_keeps_nothing(depot: Connection) -> None:
    scenario_load(depot, "incident", now=datetime.now(UTC))
    view_apply(depot, RULES)
    tables = ("citernes", "receptions", "stocks_adjustments", "cours_de_route")
    before = [depot.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]
    assert {proof.verdict for proof in rules_prove(depot, RULES)} == {Verdict.PROUVEE}
    assert before == [depot.execute(f"SELECT count(*) FROM {table}").fetchone() for table in tables]


def test_a_reader_may_not_prove(depot: Connection, pg: Postgres) -> None:
    depot.execute("GRANT USAGE ON SCHEMA public TO depot_reader")
    depot.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO depot_reader")
    with psycopg.connect(pg.dsn(depot.info.dbname, "depot_reader"), autocommit=True) as reader:
        word, detail = verdict(reader, catalog()["CDR_ARRIVE_STALE"])
    assert word == "INADAPTEE"
    assert "permission denied for table" in detail


# --- proof.sql itself -----------------------------------------------------------------------------

GOOD = """
-- @setup
INSERT INTO a VALUES (';');
-- @case one
-- @fires 00000000-0000-4000-8000-00000000f001 {"x": 1,
--     "y": "deux"}
INSERT INTO b VALUES (1); -- why
INSERT INTO b VALUES (2);
-- @case two
-- @silent
UPDATE b SET x = 1;
"""


def test_reading_a_proof() -> None:
    one, two = cases_parse(GOOD)
    assert one.statements == (
        "INSERT INTO a VALUES (';')",
        "INSERT INTO b VALUES (1)",
        "INSERT INTO b VALUES (2)",
    )
    assert [(e.entity_id, e.values) for e in one.expected] == [
        ("00000000-0000-4000-8000-00000000f001", {"x": 1, "y": "deux"})
    ]
    assert (two.name, two.expected) == ("two", ())


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("-- @silent", "", "case 'two': say @fires or @silent"),
        ("-- @silent", "-- @silent\n-- @fires 00000000-0000-4000-8000-00000000f001", "say @fires"),
        ("-- @silent", "-- @silence", "@silence : unknown or misplaced"),
        ("-- @case two", "-- @case one", "two cases have one name"),
        ("UPDATE b SET x = 1;", "", "case 'two': has no statement"),
        ("UPDATE b SET x = 1;", "COMMIT;", "only INSERT, UPDATE, DELETE, SELECT: COMMIT"),
        ("UPDATE b SET x = 1;", "UPDATE b SET x = 1; commit", "only INSERT"),
        ("UPDATE b SET x = 1;", "UPDATE b SET x = ';", "case 'two': line"),
        ('{"x": 1,', '{"x": 1', "case 'one': @fires takes"),
        ('f001 {"x": 1,', 'f001 ["x", 1,', "case 'one': @fires takes"),
        (
            "-- @silent",
            "-- @fires 00000000-0000-4000-8000-00000000f001",
            "a case that fires and one",
        ),
        (
            "-- @setup",
            "-- @case x\n-- @silent\nINSERT 1;\n-- @setup",
            "@setup : unknown or misplaced",
        ),
    ],
)
def test_proofs_that_cannot_be_read(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    with pytest.raises(ProofError) as caught:
        cases_parse(GOOD.replace(old, new))
    assert problem in str(caught.value)


def test_a_rule_that_takes_too_long_is_impossible_and_the_others_go_on(
    depot: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proofs, "STATEMENT_TIMEOUT_S", 1)
    slow, other = catalog()["CDR_ARRIVE_STALE"], catalog()["CDR_BLOQUE"]
    query = slow.query + " AND pg_sleep(2) IS NOT NULL"
    depot.execute("INSERT INTO cours_de_route (statut, created_at) VALUES ('ARRIVE', '2026-01-01')")
    found = rules_prove(depot, [replace(slow, query=query), other])
    assert [proof.verdict for proof in found] == [Verdict.IMPOSSIBLE, Verdict.PROUVEE]
    assert "statement timeout" in found[0].detail
