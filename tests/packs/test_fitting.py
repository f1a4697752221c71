"""A fixture on a database that has more than it knows: filled in, or refused in the database's own words."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from governance.core.identity.acting import acting_as_system
from governance.env import BASE_DIR
from integrity.proofs.judgement import rules_prove
from integrity.proofs.models import RuleProof
from integrity.proofs.mutants import mutants
from integrity.proofs.mutation import rule_mutate, tables_read
from integrity.proofs.reference import reference_database
from integrity.proofs.runs import proofs_latest, proofs_run
from integrity.rules.catalog import catalog, pack
from tests.conftest import Postgres
from tests.packs.conftest import LIBRARY
from tests.packs.test_adapting import HERE, here
from tests.packs.test_packs import alerts, run

__all__ = ["here"]
STRICT = (BASE_DIR / "tests" / "packs" / "strict.sql").read_text(encoding="utf-8")
STOCKS = (BASE_DIR / "integrity" / "depot" / "sql" / "stock_view.sql").read_text(encoding="utf-8")
PROVED = {
    *("CDR_ARRIVE_STALE", "CDR_BLOQUE", "CITERNE_INACTIVE_USED"),
    *("STOCK_NEGATIF", "STOCK_OVER_CAPACITY"),
}


@pytest.fixture
def strict(
    pg: Postgres, fresh_source: Callable[..., str], depot_template: str
) -> Iterator[psycopg.Connection[Any]]:
    name = fresh_source(template=depot_template)
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        owner.execute(STRICT)
        owner.execute(STOCKS)
        yield owner


def test_on_the_strictest_depot_every_rule_is_proved_or_the_constraint_is_named(
    strict: psycopg.Connection[Any],
) -> None:
    proofs = rules_prove(strict, list(catalog().values()))
    assert {one.code for one in proofs if one.verdict == "PROUVEE"} == PROVED
    assert {one.verdict for one in proofs if one.code not in PROVED} == {"IMPOSSIBLE"}
    for one in proofs:
        if one.code not in PROVED:
            named = ("not-null constraint", "NOT NULL")
            assert any(words in one.detail for words in named), one.detail
    assert strict.execute("SELECT count(*) FROM depots").fetchone() == (0,)
    again = rules_prove(strict, list(catalog().values()))
    assert [one.detail for one in again] == [one.detail for one in proofs]  # an alert would change


def test_names_and_ids_collide_with_nothing_that_is_there(
    fresh_source: Callable[..., str], depot_template: str, pg: Postgres
) -> None:
    name = fresh_source(template=depot_template)
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        owner.execute(
            "ALTER TABLE produits ADD UNIQUE (nom); ALTER TABLE citernes ADD UNIQUE (nom)"
        )
        for rule in catalog().values():
            setup = rule.proof.partition("-- @setup")[2].partition("-- @case")[0]
            owner.execute("BEGIN")
            owner.execute(setup.replace("{proof}", "").replace(" '", "'"))
            (proof,) = rules_prove(owner, [rule])
            owner.execute("ROLLBACK")
            assert proof.verdict == "PROUVEE", proof.detail


def test_a_table_of_another_name_is_proved_and_mutated_through_the_mapping(
    library: Any, here: Callable[..., Any], db: None
) -> None:
    owner, url = library
    owner.execute("ALTER TABLE prets RENAME TO emprunts")
    owner.execute("ALTER TABLE emprunts RENAME COLUMN echeance TO a_rendre_le")
    owner.execute("CREATE TYPE guichet AS ENUM ('nord', 'sud')")
    owner.execute("CREATE TABLE agents (id int PRIMARY KEY, matricule varchar(6) NOT NULL UNIQUE)")
    owner.execute("ALTER TABLE emprunts ADD guichet guichet, ADD agent int REFERENCES agents")
    owner.execute("DELETE FROM emprunts; ALTER TABLE emprunts ALTER guichet SET NOT NULL")
    owner.execute("ALTER TABLE emprunts ALTER agent SET NOT NULL")
    here(
        HERE.replace(
            "[rules.EXEMPLAIRE", "[rules.LIVRE_PERDU]\nunused = 'aucun'\n[rules.EXEMPLAIRE"
        )
    )
    assert run("integrity_view", "--source", "biblio", "--apply", url)[0] == 0
    (proof,) = proofs_run(source="biblio", url=url)  # by the thresholds that its proof speaks of
    assert (proof.verdict, proof.through, proof.detail) == ("PROUVEE", "view", "")
    code, said = run("rules", "mutate", "--source", "biblio", "--connection", url)
    assert code == 0, said
    assert "PRET_EN_RETARD" in said, said
    assert owner.execute("SELECT count(*) FROM emprunts").fetchone() == (0,)


def test_what_was_known_is_forgotten_and_its_alert_closes(
    library: Any, use: Callable[..., None], db: None
) -> None:
    owner, url = library
    use(LIBRARY, "biblio")
    owner.execute(
        "DROP TABLE amendes CASCADE; ALTER TABLE prets ADD CHECK (rendu_le IS NOT NULL) NOT VALID"
    )
    proofs_run(source="biblio", url=url)
    assert "RULE_NOT_PROVED" in alerts("console")
    assert run("rules", "forget", "--source", "biblio", "--rules", "PRET_EN_RETARD")[0] == 0
    with acting_as_system("test"):
        latest = {one.code: one.verdict for one in proofs_latest().filter(source="biblio")}
    assert latest["PRET_EN_RETARD"] == RuleProof.Verdict.OUBLIEE
    assert latest["EXEMPLAIRE_PRETE_DEUX_FOIS"] == "IMPOSSIBLE"
    assert pack("library").faults == ()


def test_a_survivor_is_shown_with_a_row_that_would_kill_it(use: Callable[..., None]) -> None:
    """A proof whose loans are all one reader's cannot tell the reader's card from the loan's number."""
    use(LIBRARY)
    rule = pack("library").rules["PRET_EN_RETARD"]
    weak = rule.proof.replace("'Lecteur'), ('autre-{proof}', 'Autre lecteur')", "'Lecteur')")
    for said in (
        '"lecteur": "Lecteur", ',
        '{"echeance": "2026-01-05T00:00:00Z", "detected_at": "2026-01-07T00:00:00Z"}',
    ):
        assert said in weak
        weak = weak.replace(said, "")
    with reference_database(rule.reference) as connection:
        good, bad = (rule_mutate(connection, one) for one in (rule, replace(rule, proof=weak)))
    assert good.survivors == ()
    changes = {one.change for one in bad.survivors}
    assert "p.echeance → rendu_le" in changes or "l.nom → carte" in changes, changes
    assert any(row.startswith("une microseconde de trop ; UPDATE") for row in bad.killers.values())


def test_each_operator_makes_its_mutants(use: Callable[..., None]) -> None:
    use(LIBRARY)
    rule = pack("library").rules["PRET_EN_RETARD"]
    with reference_database(rule.reference) as connection:
        tables = tables_read(connection, rule)
    made = {one.change for one in mutants(rule, tables)}
    assert {
        "p.echeance → rendu_le",  # a column for another of its type
        "IS NULL → IS NOT NULL",
        "AND → OR",
        "< → <=",
        ":delai = 2 days, 0:01:00",  # a boundary moved
    } <= made
    assert "JOIN → LEFT JOIN" not in made  # by foreign keys that are never null: the same join
    odd = replace(rule, query=rule.query.replace("e.cote = p.cote", "e.titre = p.numero"))
    assert "JOIN → LEFT JOIN" in {one.change for one in mutants(odd, tables)}
