"""`manage.py source_check` on databases that a DBA may have: each report is right and says what to do."""

import json
import time
import tracemalloc
from datetime import UTC, datetime
from io import StringIO

import psycopg
import pytest
from django.core.management import CommandError, call_command

from alerts.intake import Snapshot
from governance.core.identity.acting import acting_as_system
from integrity.depot import scenario_load, schema_create
from integrity.proofs.runs import proofs_run
from integrity.rules.catalog import catalog
from integrity.sources.contract import COLUMNS

pytestmark = pytest.mark.django_db

VIEW = """
CREATE VIEW v_integrity_checks AS
SELECT 'RETARD'::text AS check_code, {severity} AS severity, 'PRET'::text AS entity_type,
       {id} AS entity_id, 'Prêt '::text || n AS message, '{{}}'::jsonb AS payload,
       timestamptz '2026-01-01' AS detected_at
FROM {rows}
"""


def view(severity="'WARN'::text", id="n::text", rows="generate_series(1, 3) n"):
    return VIEW.format(severity=severity, id=id, rows=rows)


def run(*words):
    """Exit code and output."""
    out = StringIO()
    try:
        call_command("source_check", *words, stdout=out)
    except SystemExit as left:
        return left.code, out.getvalue()
    return 0, out.getvalue()


def report(*words):
    """The report as JSON, its checks by key, after a look at the exit code."""
    code, text = run(*words, "--json")
    found = json.loads(text)
    assert found["exit_code"] == code
    found["checks"] = {check["key"]: check for check in found["checks"]}
    return found


def states(found):
    return {key: check["state"] for key, check in found["checks"].items()}


@pytest.fixture
def owner(pg):
    """Connect as the owner of a business database."""
    opened = []

    def connect(name):
        opened.append(psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True))
        return opened[-1]

    yield connect
    for connection in opened:
        connection.close()


@pytest.fixture
def check(fresh_source, pg):
    """Make a database and report on it as its reader."""

    def make(schema="", *words):
        return report("--database-url", pg.dsn(fresh_source(schema), "depot_reader"), *words)

    return make


# --- the five databases ------------------------------------------------------------------------------


def test_the_reference_depot_is_ready(pg, depot_db, owner):
    scenario_load(owner(depot_db), "incident", now=datetime.now(UTC))
    found = report("--source", "depot")
    assert (found["exit_code"], found["verdict"]) == (0, "ready")
    checks = found["checks"]
    assert checks["view"]["facts"]["rules"] == {code: r.version for code, r in catalog().items()}
    assert set(checks["view"]["facts"]["columns"]) == {column.name for column in COLUMNS}
    assert checks["rights"]["state"] == "ok"
    assert checks["faults"]["facts"]["rows"] == 0
    assert set(checks["severities"]["facts"]["severities"]) == {"CRITICAL", "WARN"}
    assert checks["time"]["facts"]["rows"] > 5
    assert checks["version"]["facts"]["version"].startswith("18.")
    for code in catalog():
        assert checks[f"rule/{code}"]["facts"]["problem"] is None
    target = found["target"]
    assert (target["source"], target["database"]) == ("depot", depot_db)
    assert (target["role"], set(target)) == ("depot_reader", {"source", "database", "host", "role"})


def test_an_empty_database_lacks_the_view_and_says_how_to_make_one(check):
    found = check()
    assert (found["exit_code"], found["verdict"]) == (1, "unusable")
    assert found["checks"]["view"]["state"] == "failure"
    assert "existe pas" in found["checks"]["view"]["said"]
    assert "integrity_view" in found["checks"]["view"]["todo"][0]
    assert all(column.name in found["checks"]["view"]["todo"][1] for column in COLUMNS)
    for code in catalog():
        assert found["checks"][f"rule/{code}"]["state"] == "note"
        assert "does not exist" in found["checks"][f"rule/{code}"]["facts"]["problem"]
    assert found["checks"]["rights"]["state"] == "ok"


def test_a_depot_without_the_view_could_have_every_rule(fresh_source, pg, owner):
    name = fresh_source()
    schema_create(owner(name))
    found = report("--database-url", pg.dsn(name, "depot_reader"))
    assert found["exit_code"] == 1
    for code in catalog():
        assert "pourrait être installée" in found["checks"][f"rule/{code}"]["said"]
    assert found["checks"]["proofs"]["facts"]["unproved"] == list(catalog())


def test_a_view_that_lacks_a_column_and_has_a_wrong_type_is_named(check):
    found = check(
        "CREATE VIEW v_integrity_checks AS SELECT 'X'::text AS check_code, 1 AS severity,"
        " 'T'::text AS entity_type, 'e'::text AS entity_id, '{}'::jsonb AS payload,"
        " now() AS detected_at"
    )
    assert found["exit_code"] == 1
    assert states(found)["view"] == "failure"
    assert "pas de colonne message" in found["checks"]["view"]["said"]
    assert "severity" in found["checks"]["view"]["said"]
    assert "time" not in found["checks"]


def test_many_rows_cost_a_few_seconds_and_little_memory(check):
    tracemalloc.start()
    before = time.monotonic()
    found = check(view(rows="generate_series(1, 300000) n"), "--timeout", "60")
    seconds = time.monotonic() - before
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found["exit_code"] == 2
    assert found["checks"]["time"]["facts"]["rows"] == 300_000
    assert found["checks"]["severities"]["facts"]["severities"] == {"WARN": 300_000}
    assert found["checks"]["identities"]["facts"]["shared"] == 0
    assert states(found)["many"] == "remark"
    assert seconds < 60
    assert peak < 20_000_000


def test_a_role_that_could_write_is_told_what_to_revoke(pg, fresh_source, owner):
    name = fresh_source(
        view() + "; CREATE TABLE loans (id int, note text); CREATE TABLE read_me ()"
    )
    own = owner(name)
    own.execute("GRANT INSERT, UPDATE ON loans TO depot_reader")
    own.execute(
        "CREATE TABLE by_column (a int, b int); GRANT UPDATE (a) ON by_column TO depot_reader"
    )
    own.execute("GRANT CREATE ON SCHEMA public TO depot_reader")
    found = report("--database-url", pg.dsn(name, "depot_reader"))
    assert (found["exit_code"], found["verdict"]) == (2, "usable")
    writable = found["checks"]["writable"]
    assert writable["facts"]["relations"] == [
        {"name": "public.by_column", "rights": ["UPDATE"], "owned": False},
        {"name": "public.loans", "rights": ["INSERT", "UPDATE"], "owned": False},
    ]
    assert "REVOKE INSERT, UPDATE ON public.loans FROM" in " ".join(writable["todo"])
    assert found["checks"]["creates"]["facts"]["places"] == ["SCHEMA public"]
    assert "rights" not in found["checks"]


# --- rights -------------------------------------------------------------------------------------------


def test_the_owner_of_the_tables_reads_too_much(pg, fresh_source):
    found = report(
        "--database-url", pg.dsn(fresh_source(view() + "; CREATE TABLE t ()"), "depot_owner")
    )
    assert found["exit_code"] == 2
    assert any("propriétaire" in todo for todo in found["checks"]["writable"]["todo"])
    owned = [one for one in found["checks"]["writable"]["facts"]["relations"] if one["owned"]]
    assert "public.t" in {one["name"] for one in owned}


def test_a_superuser_is_one_remark_and_no_list(pg, fresh_source):
    found = report("--database-url", pg.dsn(fresh_source(view()), "postgres"))
    assert found["exit_code"] == 2
    assert {"SUPERUSER", "BYPASSRLS"} <= set(found["checks"]["role"]["facts"]["attributes"])
    assert "writable" not in found["checks"]


def test_a_role_that_may_become_a_stronger_one_is_told(pg, fresh_source):
    name = fresh_source(view())
    with pg.superuser() as server:
        server.execute(
            "CREATE ROLE climber LOGIN; GRANT pg_write_all_data, depot_reader TO climber"
        )
    try:
        found = report("--database-url", pg.dsn(name, "climber"))
        assert found["checks"]["memberships"]["facts"]["stronger"] == ["pg_write_all_data"]
        assert found["exit_code"] == 2
    finally:
        with pg.superuser() as server:
            server.execute("DROP ROLE climber")


@pytest.mark.parametrize("invoker", [False, True])
def test_row_security_that_silences_the_view_is_seen(pg, fresh_source, owner, invoker):
    name = fresh_source("CREATE TABLE loans (n int); INSERT INTO loans VALUES (1)")
    own = owner(name)
    own.execute("ALTER TABLE loans ENABLE ROW LEVEL SECURITY")
    own.execute("CREATE VIEW late AS SELECT n FROM loans")
    own.execute(view(rows="late"))
    if invoker:
        own.execute("ALTER VIEW v_integrity_checks SET (security_invoker = true)")
        own.execute("ALTER VIEW late SET (security_invoker = on)")
    found = report("--database-url", pg.dsn(name, "depot_reader"))
    assert found["checks"]["time"]["facts"]["rows"] == (0 if invoker else 1)
    assert ("row_security" in found["checks"]) is invoker
    if invoker:
        assert found["checks"]["row_security"]["facts"]["tables"] == ["public.loans"]
        assert found["exit_code"] == 2
    own.execute("ALTER TABLE loans FORCE ROW LEVEL SECURITY")
    found = report("--database-url", pg.dsn(name, "depot_reader"))
    assert "row_security" in found["checks"]


# --- the view and its rows ---------------------------------------------------------------------------

BAD = """
CREATE TABLE bad (check_code text, severity text, entity_type text, entity_id text, message text,
                  payload jsonb, detected_at timestamptz);
CREATE VIEW v_integrity_checks AS SELECT * FROM bad;
INSERT INTO bad VALUES
  ('A', 'WARN', 'T', '1', 'fine', '{}', '2026-01-01'),
  (NULL, 'WARN', 'T', '2', 'm', '{}', '2026-01-01'),
  ('  ', 'WARN', 'T', '3', 'm', '{}', '2026-01-01'),
  ('A', 'FATAL', 'T', '4', 'm', '{}', '2026-01-01'),
  ('A', NULL, 'T', '5', 'm', '{}', '2026-01-01'),
  ('A', 'WARN', NULL, '6', 'm', '{}', '2026-01-01'),
  ('A', 'WARN', 'T', NULL, 'm', '{}', '2026-01-01'),
  ('A', 'WARN', 'T', repeat('x', 201), 'm', '{}', '2026-01-01'),
  ('A', 'WARN', 'T', '9', ' ', '{}', '2026-01-01'),
  ('A', 'WARN', 'T', '10', 'm', NULL, '2026-01-01'),
  ('A', 'WARN', 'T', '11', 'm', '[]', '2026-01-01'),
  ('A', 'WARN', 'T', '12', 'm', '{}', NULL),
  ('A', 'WARN', 'T', '13', 'm', '{}', 'infinity'),
  ('A', 'WARN', 'T', '14', 'm', '{}', '0044-03-15 BC'),
  (repeat('c', 201), 'WARN', 'T', '15', 'm', '{}', '2026-01-01')
"""


def test_faults_are_those_that_a_scan_would_find(check, fresh_source, pg):
    found = check(BAD)
    assert found["exit_code"] == 2
    faults = found["checks"]["faults"]["facts"]
    said = sorted((one["fault"], one["rows"]) for one in faults["faults"])
    name = fresh_source(BAD)
    with acting_as_system("scan"), psycopg.connect(pg.dsn(name, "depot_reader")) as source:
        snapshot = Snapshot(source="x", taken_at=datetime.now(UTC))
        from django.db import connection

        source.execute("SET timezone = 'UTC'")
        text = "COPY (SELECT check_code, severity, entity_type, entity_id, message, payload::text,"
        with (
            connection.cursor() as cursor,
            snapshot.copy(cursor) as into,
            source.cursor().copy(text + " detected_at::text FROM bad) TO STDOUT") as rows,
        ):
            for block in rows:
                into.write(block)
        done = snapshot.compare()
        counted: dict[str, int] = {}
        for fault in done.faults:
            counted[fault["fault"]] = counted.get(fault["fault"], 0) + 1
    by_fault: dict[str, int] = {}
    for fault, count in said:
        by_fault[fault] = by_fault.get(fault, 0) + count
    assert by_fault == counted
    assert faults["rows"] == done.quarantined == 14
    assert states(found)["severities"] == "remark"
    assert found["checks"]["severities"]["facts"]["severities"]["FATAL"] == 1


def test_identities_that_rows_share_are_a_note_with_examples(check):
    found = check(view(id="(n % 2)::text", rows="generate_series(1, 5) n"))
    assert found["exit_code"] == 0
    identities = found["checks"]["identities"]
    assert identities["state"] == "note"
    assert (identities["facts"]["shared"], identities["facts"]["rows"]) == (2, 5)
    assert identities["todo"][0] == "RETARD PRET 1 : 3"


def test_a_view_without_rows_is_ready(check):
    found = check(view(rows="generate_series(1, 0) n"))
    assert found["exit_code"] == 0
    assert found["checks"]["severities"]["said"] == "Aucun constat en ce moment."


def test_a_view_that_is_too_slow_is_a_failure_within_the_time_given(check):
    before = time.monotonic()
    found = check(view(id="pg_sleep(30)::text || n"), "--timeout", "0.5")
    assert time.monotonic() - before < 10
    assert found["exit_code"] == 1
    assert found["checks"]["time"]["state"] == "failure"
    assert "500ms" in found["checks"]["time"]["said"]
    assert f"rule/{next(iter(catalog()))}" in found["checks"]  # the rest of the report is there


def test_a_row_that_raises_is_a_failure_in_the_databases_words(check):
    found = check(view(id="(1 / (n - 2))::text"))
    assert found["exit_code"] == 1
    assert "division by zero" in found["checks"]["rows"]["said"]


def test_a_view_that_may_not_be_read_is_a_failure(pg, fresh_source, owner):
    name = fresh_source(view())
    owner(name).execute("REVOKE SELECT ON v_integrity_checks FROM depot_reader")
    found = report("--database-url", pg.dsn(name, "depot_reader"))
    assert found["exit_code"] == 1
    assert "droit de lire" in found["checks"]["view"]["said"]


def test_a_view_of_ours_that_was_changed_by_hand_is_a_remark(pg, depot_db, owner):
    own = owner(depot_db)
    (text,) = own.execute("SELECT pg_get_viewdef('v_integrity_checks'::regclass)").fetchone()
    own.execute(
        f"CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM ({text.rstrip(';')}) v LIMIT 9"
    )
    found = report("--source", "depot")
    assert states(found)["drift"] == "remark"
    assert found["exit_code"] == 2


# --- rules and proofs ---------------------------------------------------------------------------------


def test_a_depot_where_a_column_is_missing_loses_the_rules_that_need_it(fresh_source, pg, owner):
    name = fresh_source()
    own = owner(name)
    schema_create(own)
    own.execute("ALTER TABLE citernes DROP COLUMN capacite_securite CASCADE")
    found = report("--database-url", pg.dsn(name, "depot_reader"))
    problem = found["checks"]["rule/STOCK_OVER_CAPACITY"]["facts"]["problem"]
    assert "capacite_securite" in problem
    assert found["checks"]["rule/CDR_ARRIVE_STALE"]["facts"]["problem"] is None
    assert "STOCK_OVER_CAPACITY" not in found["checks"]["proofs"]["facts"]["unproved"]


def test_rules_are_proved_through_a_connection_that_a_person_names(pg, depot_db, owner):
    found = report("--source", "depot", "--connection", pg.dsn(depot_db, "depot_owner"))
    assert found["exit_code"] == 0
    for code in catalog():
        assert found["checks"][f"proof/{code}"]["facts"]["verdict"] == "PROUVEE"
    (rows,) = owner(depot_db).execute("SELECT count(*) FROM cours_de_route").fetchone()
    assert rows == 0


def test_a_rule_that_cannot_be_proved_is_a_remark(pg, depot_db):
    found = report("--source", "depot", "--connection", pg.dsn(depot_db, "depot_reader"))
    assert found["exit_code"] == 2
    proof = found["checks"]["proof/STOCK_NEGATIF"]
    assert (proof["state"], proof["facts"]["verdict"]) == ("remark", "INADAPTEE")
    assert "permission denied" in proof["said"]


def test_earlier_proofs_of_a_source_are_told_while_they_hold(pg, depot_db, owner):
    found = report("--source", "depot")
    assert found["checks"]["proofs"]["facts"]["unproved"] == list(catalog())
    proofs_run(source="depot", url=pg.dsn(depot_db, "depot_owner"))
    found = report("--source", "depot")
    assert "proofs" not in found["checks"]
    assert found["checks"]["proof/STOCK_NEGATIF"]["state"] == "ok"
    own = owner(depot_db)
    (text,) = own.execute("SELECT pg_get_viewdef('v_integrity_checks'::regclass)").fetchone()
    own.execute(
        f"CREATE OR REPLACE VIEW v_integrity_checks AS SELECT * FROM ({text.rstrip(';')}) v LIMIT 9"
    )
    found = report("--source", "depot")
    assert "proof/STOCK_NEGATIF" not in found["checks"]
    assert "modifiée à la main" in found["checks"]["view"]["said"]


# --- addresses, text, and what is left behind ---------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://reader:hush-hush@127.0.0.1:1/nothing",
        "postgresql://reader:hush-hush@[nonsense/nothing",
        "hush-hush",
    ],
)
@pytest.mark.parametrize("option", ["--database-url", "--connection"])
def test_a_bad_address_is_a_line_without_its_password(url, option, check, pg, fresh_source):
    words = ["--database-url", url]
    if option == "--connection":
        words = [
            "--database-url",
            pg.dsn(fresh_source(view()), "depot_reader"),
            "--connection",
            url,
        ]
    for form in ([], ["--json"]):
        if ":hush-hush@" in url:  # refused before anybody dials: `ps` would show it
            with pytest.raises(CommandError, match="liste des processus") as refused:
                run(*words, *form)
            assert "hush-hush" not in str(refused.value)
            continue
        code, text = run(*words, *form)
        assert code == (1 if option == "--database-url" else 2)
        assert "hush-hush" not in text


@pytest.mark.parametrize("option", ["--database-url", "--connection"])
def test_a_bad_address_in_a_variable_is_a_line_without_its_password(
    option, pg, fresh_source, monkeypatch
):
    monkeypatch.setenv("BAD_URL", "postgresql://reader:hush-hush@127.0.0.1:1/nothing")
    words = ["--database-url", "BAD_URL"]
    if option == "--connection":
        words = ["--database-url", pg.dsn(fresh_source(view()), "depot_reader"), option, "BAD_URL"]
    for form in ([], ["--json"]):
        code, text = run(*words, *form)
        assert code == (1 if option == "--database-url" else 2)
        assert "hush-hush" not in text


def test_an_unknown_source_is_refused_with_those_that_exist(depot_db):
    with pytest.raises(CommandError, match="depot"):
        run("--source", "nowhere")


def test_the_plain_report_is_in_sentences_with_a_verdict(pg, fresh_source):
    code, text = run("--database-url", pg.dsn(fresh_source(view()), "depot_reader"))
    assert code == 0
    assert text.splitlines()[0].endswith(", rôle depot_reader")
    assert "[ bon  ] La base répond." in text
    assert "3 lignes, lues en" in text
    assert "Gravités : WARN 3." in text
    assert text.rstrip().endswith("Prête : la console peut lire cette source.")


def test_nothing_is_written_there(pg, fresh_source, owner):
    name = fresh_source(
        view(id="nextval('seen')::text").replace("CREATE VIEW", "CREATE SEQUENCE seen; CREATE VIEW")
    )
    owner(name).execute("GRANT USAGE ON SEQUENCE seen TO depot_reader")
    code, text = run("--database-url", pg.dsn(name, "depot_reader"))
    assert code == 1
    assert "read-only transaction" in text
    assert owner(name).execute("SELECT is_called FROM seen").fetchone() == (False,)
