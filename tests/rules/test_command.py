"""`manage.py integrity_view`: prints by default, acts only where a person says, one line when it fails."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command

from integrity.depot import schema_create
from integrity.rules.catalog import catalog
from integrity.sources.contract import view_contract
from integrity.sources.installed_view import view_installed
from tests.conftest import Postgres

Connection = psycopg.Connection[Any]


def run(**options: Any) -> str:
    out = StringIO()
    call_command("integrity_view", stdout=out, **options)
    return out.getvalue()


def url(connection: Connection, pg: Postgres, role: str = "depot_owner") -> str:
    return pg.dsn(connection.info.dbname, role)


def test_it_prints_a_script_that_runs_as_it_is(depot: Connection) -> None:
    printed = run()
    assert view_installed(depot) is None
    depot.execute(printed)
    assert view_contract(depot) == []
    assert "-- Retour arrière :\n-- BEGIN;\n-- DROP VIEW v_integrity_checks;\n-- COMMIT;" in printed


@pytest.mark.django_db
def test_with_a_source_the_rollback_is_the_view_in_place(
    depot: Connection, pg: Postgres, settings: Any
) -> None:
    settings.SOURCES = {"depot": url(depot, pg, "depot_reader")}
    run(rules="CDR_ARRIVE_STALE", apply=url(depot, pg))
    before = view_installed(depot)
    printed = run(source="depot")
    depot.execute(printed)
    assert view_installed(depot) != before
    undo = printed.split("-- Retour arrière :\n")[1]
    depot.execute(
        "\n".join(line.removeprefix("--").removeprefix(" ") for line in undo.splitlines())
    )
    assert view_installed(depot) == before


@pytest.mark.django_db
def test_apply_says_what_it_did(depot: Connection, pg: Postgres) -> None:
    said = run(rules="stock_negatif, CDR_ARRIVE_STALE", apply=url(depot, pg))
    assert f"Base {depot.info.dbname} sur " in said
    assert (
        "Vue v_integrity_checks créée : CDR_ARRIVE_STALE 1.0.0, STOCK_NEGATIF 1.0.0 ; sha256"
        in said
    )
    assert "Contrat vérifié : 7 colonnes." in said
    assert "GRANT SELECT ON v_integrity_checks TO" in said
    installed = view_installed(depot)
    assert installed is not None
    assert set(installed.rule_versions) == {"CDR_ARRIVE_STALE", "STOCK_NEGATIF"}
    assert "déjà à jour" in run(rules="STOCK_NEGATIF,CDR_ARRIVE_STALE", apply=url(depot, pg))
    assert "remplacée" in run(apply=url(depot, pg))


def refused(**options: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(**options)
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_refusals_in_one_line(
    depot: Connection, pg: Postgres, settings: Any, fresh_source: Callable[..., str]
) -> None:
    assert "Règle inconnue : NOPE. Règles : CDR_ARRIVE_STALE" in refused(rules="NOPE")
    assert refused(rules=",").startswith("no rule")
    assert "Source inconnue : nord." in refused(source="nord")
    assert "au moins 1 seconde" in refused(lock_timeout=0)
    assert "Base inaccessible" in refused(apply="postgresql://u:s3cret@127.0.0.1:1/nothing")
    assert "s3cret" not in refused(apply="postgresql://u:s3cret@127.0.0.1:1/nothing")
    assert "ne se lit pas" in refused(apply="http://u:s3cret@x")
    assert "s3cret" not in refused(apply="http://u:s3cret@x")
    said = refused(apply=pg.dsn(fresh_source(), "depot_owner"))
    assert 'CDR_ARRIVE_STALE : relation "cours_de_route" does not exist' in said
    depot.execute("DROP VIEW v_stock_actuel")
    said = refused(apply=url(depot, pg))
    assert 'STOCK_NEGATIF : relation "v_stock_actuel" does not exist' in said
    assert view_installed(depot) is None


def test_a_source_has_one_pack() -> None:
    with pytest.raises(CommandError, match="not allowed with"):
        call_command("integrity_view", "--source", "depot", "--pack", "depot")
    assert "Paquet inconnu\u00a0: nord. Paquets\u00a0: console, depot." in refused(pack="nord")


@pytest.mark.django_db
def test_fitting_leaves_out_what_the_database_refuses_and_says_so(
    depot: Connection, pg: Postgres
) -> None:
    depot.execute("DROP VIEW v_stock_actuel")
    said = StringIO()
    run(apply=url(depot, pg), fitting=True, stderr=said)
    installed = view_installed(depot)
    assert installed is not None
    assert set(catalog()) - set(installed.rule_versions) == {
        code for code in catalog() if f"Laissée de côté\u00a0: {code}" in said.getvalue()
    }
    assert "STOCK_NEGATIF" in said.getvalue()
    assert "CDR_ARRIVE_STALE" in installed.rule_versions


def test_every_rule_asks_for_nothing_but_its_rows(depot: Connection) -> None:
    """A reader of one rule does not pay for the others: PostgreSQL drops their branches."""
    schema_create(depot)
    depot.execute(run())
    for code, table in {
        "CDR_ARRIVE_STALE": "sorties_produit",
        "SORTIE_ECART_15C": "cours_de_route",
        "STOCK_NEGATIF": "receptions",
    }.items():
        plan = depot.execute(
            f"EXPLAIN SELECT * FROM v_integrity_checks WHERE check_code = '{code}'"
        ).fetchall()
        assert table not in str(plan)
    assert len(catalog()) >= 5
