"""Putting the view in a database: all or nothing, with its rollback, and its contract checked."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import psycopg
import pytest

from integrity.rules.catalog import catalog, rules_select
from integrity.rules.compiler import (
    ViewRefusedError,
    definition_sha256,
    rule_problem,
    script_sql,
    view_apply,
)
from integrity.rules.rule import Rule
from integrity.sources.contract import view_contract
from integrity.sources.installed_view import view_installed
from tests.conftest import Postgres

Connection = psycopg.Connection[Any]
RULES = list(catalog().values())
ONE = rules_select(["CDR_ARRIVE_STALE"])
FOREIGN = """
    CREATE VIEW v_integrity_checks AS
    SELECT 'LATE'::text AS check_code, 'WARN'::text AS severity, 'ORDER'::text AS entity_type,
           'A-17'::text AS entity_id, 'Late'::text AS message, '{}'::jsonb AS payload,
           now() AS detected_at
"""


def changed(rule: Rule, **values: Any) -> Rule:
    """The rule with other values of its parameters."""
    parameters = {
        name: replace(parameter, value=values.get(name, parameter.value))
        for name, parameter in rule.parameters.items()
    }
    return replace(rule, parameters=parameters)


def comment(connection: Connection) -> Any:
    row = connection.execute("SELECT obj_description('v_integrity_checks'::regclass)").fetchone()
    assert row is not None
    return json.loads(row[0])


def rows(connection: Connection) -> list[tuple[Any, ...]]:
    return connection.execute("SELECT check_code, entity_id FROM v_integrity_checks").fetchall()


def test_first_time(depot: Connection) -> None:
    applied = view_apply(depot, RULES)
    assert applied.outcome == "created"
    assert applied.rollback == "DROP VIEW v_integrity_checks;"
    assert view_contract(depot) == []
    installed = view_installed(depot)
    assert installed is not None
    assert comment(depot) == {
        "definition_sha256": definition_sha256(RULES),
        "installed_sha256": installed.definition_hash,
        "rules": {rule.code: rule.version for rule in RULES},
    }
    assert installed.rule_versions == {rule.code: rule.version for rule in RULES}
    assert installed.compiled_hash == applied.definition_sha256
    assert not installed.drifted
    depot.execute(applied.rollback)
    assert view_installed(depot) is None


def test_twice_changes_nothing_and_needs_no_lock(depot: Connection, pg: Postgres) -> None:
    view_apply(depot, RULES)
    with psycopg.connect(pg.dsn(depot.info.dbname, "depot_owner")) as reader:
        reader.execute("SELECT * FROM v_integrity_checks")
        assert view_apply(depot, RULES, lock_timeout_s=1).outcome == "unchanged"


def test_a_threshold_changes_the_hash_in_the_comment(depot: Connection) -> None:
    view_apply(depot, ONE)
    first = comment(depot)
    applied = view_apply(depot, [changed(ONE[0], delai=timedelta(days=3))])
    second = comment(depot)
    assert applied.outcome == "replaced"
    assert first["definition_sha256"] != second["definition_sha256"]
    assert first["installed_sha256"] != second["installed_sha256"]


def test_rollback_brings_the_former_view_back(depot: Connection) -> None:
    view_apply(depot, ONE)
    before = view_installed(depot)
    applied = view_apply(depot, RULES)
    assert applied.outcome == "replaced"
    depot.execute(applied.rollback)
    assert view_installed(depot) == before


def test_a_view_changed_by_hand_has_drifted_and_is_put_right(depot: Connection) -> None:
    view_apply(depot, ONE)
    depot.execute(
        "CREATE OR REPLACE VIEW v_integrity_checks AS "
        + FOREIGN.split("AS", 1)[1].replace("'A-17'::text", "gen_random_uuid()")
    )
    installed = view_installed(depot)
    assert installed is not None
    assert installed.drifted
    assert view_apply(depot, ONE).outcome == "replaced"
    assert rows(depot) == []


def test_a_view_with_other_columns_is_made_anew_with_its_rights(
    depot: Connection, pg: Postgres
) -> None:
    depot.execute(FOREIGN)
    depot.execute("REVOKE ALL ON v_integrity_checks FROM depot_reader")
    depot.execute("ALTER VIEW v_integrity_checks SET (security_invoker = true)")
    depot.execute("GRANT SELECT ON v_integrity_checks TO depot_reader WITH GRANT OPTION")
    depot.execute("GRANT SELECT ON v_integrity_checks TO PUBLIC")
    before = view_installed(depot)
    assert before is not None
    applied = view_apply(depot, RULES)
    after = view_installed(depot)
    assert after is not None
    assert applied.outcome == "recreated"
    assert rows(depot) == []
    assert (after.grants, after.options) == (before.grants, before.options)
    assert after.options == ("security_invoker=true",)
    assert len(after.grants) == 2
    with depot.transaction():
        depot.execute(applied.rollback)
    assert view_installed(depot) == before
    assert rows(depot) == [("LATE", "A-17")]


def test_replacing_keeps_security_invoker(depot: Connection) -> None:
    view_apply(depot, ONE)
    depot.execute("ALTER VIEW v_integrity_checks SET (security_invoker = true)")
    view_apply(depot, RULES)
    installed = view_installed(depot)
    assert installed is not None
    assert installed.options == ("security_invoker=true",)


def test_a_superuser_leaves_the_owner_as_it_was(depot: Connection, pg: Postgres) -> None:
    depot.execute(FOREIGN)
    with pg.superuser(depot.info.dbname) as superuser:
        assert view_apply(superuser, RULES).outcome == "recreated"
    installed = view_installed(depot)
    assert installed is not None
    assert installed.owner == "depot_owner"


def test_what_depends_on_the_view_keeps_it(depot: Connection) -> None:
    depot.execute(FOREIGN)
    depot.execute("CREATE VIEW late AS SELECT entity_id FROM v_integrity_checks")
    before = view_installed(depot)
    with pytest.raises(ViewRefusedError, match=r"other objects depend on it \(view late"):
        view_apply(depot, RULES)
    assert view_installed(depot) == before


def test_a_reader_in_the_way_is_waited_for_briefly(depot: Connection, pg: Postgres) -> None:
    view_apply(depot, ONE)
    before = view_installed(depot)
    with psycopg.connect(pg.dsn(depot.info.dbname, "depot_owner")) as reader:
        reader.execute("SELECT * FROM v_integrity_checks")
        with pytest.raises(ViewRefusedError, match="Verrou non obtenu en 1 s"):
            view_apply(depot, RULES, lock_timeout_s=1)
    assert view_installed(depot) == before
    assert depot.execute("SHOW lock_timeout").fetchone() == ("0",)


def test_a_missing_table_names_table_and_rules(depot: Connection) -> None:
    depot.execute("DROP TABLE sorties_produit")
    with pytest.raises(ViewRefusedError) as caught:
        view_apply(depot, RULES)
    assert 'SORTIE_ECART_15C : relation "sorties_produit" does not exist' in str(caught.value)
    assert "CDR_ARRIVE_STALE" not in str(caught.value)
    assert "\n" not in str(caught.value)
    assert view_installed(depot) is None
    installable = [rule for rule in RULES if rule_problem(depot, rule) is None]
    assert "SORTIE_ECART_15C" not in {rule.code for rule in installable}
    assert view_apply(depot, installable).outcome == "created"


def test_a_missing_column_is_named(depot: Connection) -> None:
    depot.execute("ALTER TABLE cours_de_route DROP COLUMN transporteur")
    problem = rule_problem(depot, ONE[0])
    assert problem == "column t.transporteur does not exist"


def test_a_query_that_gives_other_columns_than_the_manifest_is_refused(depot: Connection) -> None:
    query = ONE[0].query.replace("AS limite", "AS echeance")
    with pytest.raises(ViewRefusedError, match=r"en trop : echeance ; manquantes : limite"):
        view_apply(depot, [replace(ONE[0], query=query)])


def test_a_broken_contract_rolls_everything_back(depot: Connection) -> None:
    query = ONE[0].query.replace("t.id AS entity_id", "t.volume AS entity_id")
    with pytest.raises(ViewRefusedError, match=r"entity_id.*double precision au lieu de uuid"):
        view_apply(depot, [replace(ONE[0], query=query)])
    assert view_installed(depot) is None


def test_a_table_of_that_name_is_left_alone(depot: Connection) -> None:
    depot.execute("CREATE TABLE v_integrity_checks (check_code text)")
    with pytest.raises(ViewRefusedError, match="n’est pas une vue ordinaire"):
        view_apply(depot, RULES)


def test_somebody_without_the_right_is_told(depot: Connection, pg: Postgres) -> None:
    with (
        psycopg.connect(pg.dsn(depot.info.dbname, "depot_reader"), autocommit=True) as reader,
        pytest.raises(ViewRefusedError, match="permission denied for schema public"),
    ):
        view_apply(reader, RULES)


def test_inside_a_transaction_of_the_caller(depot: Connection) -> None:
    with depot.transaction(force_rollback=True):
        assert view_apply(depot, ONE).outcome == "created"
    assert view_installed(depot) is None


def test_the_printed_script_does_the_same(depot: Connection) -> None:
    depot.execute(script_sql(RULES))
    assert view_apply(depot, RULES).outcome == "unchanged"


def test_the_hash_does_not_depend_on_the_reader(depot: Connection) -> None:
    view_apply(depot, RULES)
    first = view_installed(depot)
    depot.execute("CREATE SCHEMA elsewhere")
    depot.execute("SET search_path = elsewhere, public")
    assert view_installed(depot) == first
    assert depot.execute("SHOW search_path").fetchone() == ("elsewhere, public",)


def test_the_hash_does_not_depend_on_the_writer(depot: Connection) -> None:
    """Constants of the view are printed in the session's zone: who installs must not decide the hash."""
    settings = {
        "timezone": "Africa/Lubumbashi",
        "datestyle": "SQL, DMY",
        "intervalstyle": "iso_8601",
    }
    for name, value in settings.items():
        depot.execute(f"SET {name} = '{value}'")
    view_apply(depot, RULES)
    assert {name: depot.execute(f"SHOW {name}").fetchone() for name in settings} == {
        name: (value,) for name, value in settings.items()
    }
    there = view_installed(depot)
    for name in settings:
        depot.execute(f"RESET {name}")
    here = view_installed(depot)
    assert there is not None
    assert here is not None
    assert here.definition_hash == there.definition_hash
    assert not here.drifted


# --- The contract ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("'{}'::jsonb AS payload,", "", "La vue v_integrity_checks n’a pas de colonne payload."),
        ("AS severity", "AS gravite", "La vue v_integrity_checks n’a pas de colonne severity."),
        ("'{}'::jsonb", "'{}'::json", "payload de v_integrity_checks est de type json au lieu de"),
        ("now()", "now()::timestamp", "timestamp without time zone au lieu de timestamp with"),
        ("'A-17'::text", "17", "entity_id de v_integrity_checks est de type integer au lieu de"),
        ("'WARN'::text", "2", "severity de v_integrity_checks est de type integer au lieu de text"),
    ],
)
def test_what_breaks_the_contract(depot: Connection, old: str, new: str, problem: str) -> None:
    assert old in FOREIGN
    depot.execute(FOREIGN.replace(old, new))
    (said,) = view_contract(depot)
    assert problem in said


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("'A-17'::text", "gen_random_uuid()"),
        ("'A-17'::text", "'A-17'::varchar(20)"),
        ("now() AS detected_at", "now() AS detected_at, 1 AS extra"),
        (
            "'{}'::jsonb AS payload,\n           now() AS detected_at",
            "now() AS detected_at,\n           '{}'::jsonb AS payload",
        ),
    ],
)
def test_what_does_not(depot: Connection, old: str, new: str) -> None:
    assert old in FOREIGN
    depot.execute(FOREIGN.replace(old, new))
    assert view_contract(depot) == []


def test_several_problems_are_all_said(depot: Connection) -> None:
    depot.execute("CREATE VIEW v_integrity_checks AS SELECT 1 AS check_code")
    assert len(view_contract(depot)) == 7


def test_no_view(depot: Connection) -> None:
    (said,) = view_contract(depot)
    assert said.startswith("La vue v_integrity_checks n’existe pas dans la base depot_")


def test_a_view_that_may_not_be_read(depot: Connection, pg: Postgres) -> None:
    view_apply(depot, ONE)
    depot.execute("REVOKE SELECT ON v_integrity_checks FROM depot_reader")
    with psycopg.connect(pg.dsn(depot.info.dbname, "depot_reader")) as reader:
        assert view_contract(reader) == [
            "Le rôle depot_reader n’a pas le droit de lire v_integrity_checks."
        ]


def test_a_view_that_cannot_be_read_says_why_and_spares_the_transaction(
    depot: Connection, pg: Postgres
) -> None:
    depot.execute("CREATE SCHEMA private")
    depot.execute(
        "CREATE FUNCTION private.f() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'x' $$;"
        "REVOKE EXECUTE ON FUNCTION private.f() FROM PUBLIC;"
    )
    depot.execute(FOREIGN.replace("'Late'::text", "private.f()"))
    with psycopg.connect(pg.dsn(depot.info.dbname, "depot_reader")) as reader:
        reader.execute("SELECT 1")
        assert view_contract(reader) == [
            "La vue v_integrity_checks ne se lit pas : permission denied for function f."
        ]
        assert reader.execute("SELECT 2").fetchone() == (2,)


def test_only_ours_has_versions(fresh_source: Callable[..., str], pg: Postgres) -> None:
    name = fresh_source(FOREIGN)
    with psycopg.connect(pg.dsn(name, "depot_reader")) as reader:
        installed = view_installed(reader)
    assert installed is not None
    assert (installed.rule_versions, installed.compiled_hash, installed.drifted) == (
        {},
        None,
        False,
    )
    assert "LATE" in installed.definition


@pytest.mark.parametrize("text", ["[]", "7", "not json", '{"rules": {}}'])
def test_a_comment_of_somebody_else_is_no_trouble(depot: Connection, text: str) -> None:
    depot.execute(FOREIGN)
    depot.execute(f"COMMENT ON VIEW v_integrity_checks IS '{text}'")
    installed = view_installed(depot)
    assert installed is not None
    assert installed.rule_versions == {}
