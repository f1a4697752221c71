"""Hidden is not mended: what a scan read through decides what an absence means."""

import psycopg
import pytest

from alerts import services
from alerts.models import Alert, Cause, Decision
from governance.core.identity.acting import acting_as_system, acting_as_user
from governance.core.identity.roles import Role
from governance.core.ledger.models import LedgerEntry
from integrity.scans.scan import scan_run
from integrity.sources.connections import source_transaction
from integrity.sources.evidence import evidence_parse, evidence_read
from tests.conftest import make_user

pytestmark = pytest.mark.django_db

# Two views and two functions below the checks view, the innermost in a body that no catalogue explains.
BANK = """
CREATE TABLE loans (id text PRIMARY KEY, severity text, branch text, late_days int);
CREATE FUNCTION margin() RETURNS int LANGUAGE plpgsql STABLE AS $$ BEGIN RETURN 0; END $$;
CREATE FUNCTION is_late(days int) RETURNS boolean LANGUAGE plpgsql STABLE AS $$
BEGIN RETURN days > margin(); END $$;
CREATE VIEW below2 AS SELECT * FROM loans;
CREATE VIEW below1 AS SELECT * FROM below2 WHERE is_late(late_days);
CREATE VIEW v_integrity_checks AS
SELECT 'PRET'::text AS check_code, severity, 'PRET'::text AS entity_type, id AS entity_id,
       'En retard'::text AS message, '{}'::jsonb AS payload, timestamptz '2026-01-01' AS detected_at
FROM below1;
INSERT INTO loans SELECT 'p' || n, 'WARN', CASE WHEN n > 2 THEN 'est' ELSE 'ouest' END, n
FROM generate_series(1, 4) AS n;
"""

HIDDEN = {
    "security_invoker": (
        "CREATE POLICY west ON loans FOR SELECT TO PUBLIC USING (branch = 'ouest');"
        "ALTER TABLE loans ENABLE ROW LEVEL SECURITY",
        "ALTER VIEW v_integrity_checks SET (security_invoker = true);"
        "ALTER VIEW below1 SET (security_invoker = true);"
        "ALTER VIEW below2 SET (security_invoker = true)",
        "VIEW public.v_integrity_checks",
    ),
    "a view two levels below": (
        "",
        "CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans WHERE false",
        "VIEW public.below2",
    ),
    "a function below": (
        "",
        "CREATE OR REPLACE FUNCTION is_late(days int) RETURNS boolean LANGUAGE plpgsql STABLE AS"
        " $$ BEGIN RETURN false; END $$",
        "FUNCTION public.is_late(integer)",
    ),
    "a function that only a body names": (
        "",
        "CREATE OR REPLACE FUNCTION margin() RETURNS int LANGUAGE sql STABLE AS 'SELECT 100'",
        "FUNCTION public.margin()",
    ),
    "a policy below": (
        "ALTER TABLE loans ENABLE ROW LEVEL SECURITY",
        "CREATE POLICY west ON loans USING (branch = 'ouest');"
        "ALTER TABLE loans FORCE ROW LEVEL SECURITY",
        "TABLE public.loans",
    ),
    "a policy's words": (
        "CREATE POLICY which ON loans USING (true); ALTER TABLE loans ENABLE ROW LEVEL SECURITY;"
        "ALTER TABLE loans FORCE ROW LEVEL SECURITY",
        "ALTER POLICY which ON loans USING (branch = 'ouest')",
        "TABLE public.loans",
    ),
    "a setting of the reader": (
        "CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans"
        " WHERE branch = 'ouest' OR current_setting('app.branch', true) IS NULL",
        None,
        "SETTINGS",
    ),
}


@pytest.fixture
def bank(fresh_source, pg, settings):
    name = fresh_source(BANK)
    settings.SOURCES = {"banque": pg.dsn(name, "depot_reader")}
    with psycopg.connect(pg.dsn(name, "depot_owner"), autocommit=True) as owner:
        yield owner


def scanned():
    scan = scan_run(source="banque")
    assert scan.outcome == "COMPLETE", scan.error
    return scan


def causes():
    with acting_as_system("test"):
        found = Alert.objects.filter(source="banque").order_by("entity_id")
        return {one.entity_id: one.resolution_cause for one in found if one.status == "RESOLVED"}


def drift():
    with acting_as_system("test"):
        return Alert.objects.filter(check_code="VIEW_DRIFT").first()


@pytest.fixture
def admin():
    return make_user("admin", {"banque": Role.ADMIN})


@pytest.mark.parametrize(("before", "harm", "named"), HIDDEN.values(), ids=HIDDEN)
def test_what_is_hidden_is_held_and_never_called_mended(bank, pg, admin, before, harm, named):
    if before:
        bank.execute(before)
    assert scanned().rows == 4
    if harm is None:
        database = bank.info.dbname
        with pg.superuser() as superuser:
            superuser.execute(
                f"ALTER ROLE depot_reader IN DATABASE {database} SET app.branch = 'ouest'"
            )
    else:
        bank.execute(harm)
    second = scanned()
    hidden = 4 - second.rows
    assert (second.closed, second.held) == (0, hidden)
    assert hidden > 0
    assert named in drift().payload["moved"]
    assert named in drift().message
    assert scanned().held == hidden  # for as long as nobody has looked
    assert causes() == {}
    with acting_as_user(admin.pk):
        services.alert_acknowledge(alert_id=drift().pk, version=drift().version)
    last = scanned()
    assert (last.closed, last.held) == (hidden, 0)
    assert set(causes().values()) == {"RULE_CHANGED"}
    assert drift().status == "ACK"  # it stands until what moved is back, or somebody resolves it


def test_another_reader_is_another_pair_of_eyes(bank, pg, settings):
    bank.execute(
        "CREATE POLICY mine ON loans USING (branch = 'ouest' OR session_user = 'depot_reader');"
        "ALTER TABLE loans ENABLE ROW LEVEL SECURITY; ALTER TABLE loans FORCE ROW LEVEL SECURITY"
    )
    assert scanned().rows == 4
    settings.SOURCES = {"banque": pg.dsn(bank.info.dbname, "depot_owner")}
    second = scanned()
    assert (second.rows, second.closed, second.held) == (2, 0, 2)
    assert "READER" in drift().payload["moved"]
    assert causes() == {}


def test_an_ordinary_mend_closes_at_once(bank):
    scanned()
    bank.execute("UPDATE loans SET late_days = 0 WHERE id = 'p1'")
    assert scanned().closed == 1
    assert causes() == {"p1": "DATA_FIXED"}
    assert drift() is None


def test_what_is_mended_while_a_drift_stands_is_mended(bank):
    scanned()
    bank.execute("CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans WHERE id <> 'p1'")
    scanned()
    bank.execute("UPDATE loans SET late_days = 0 WHERE id = 'p2'")
    third = scanned()
    assert (third.closed, third.held) == (1, 1)
    assert causes() == {"p2": "DATA_FIXED"}


def test_eyes_that_are_back_end_the_drift_and_decide(bank):
    scanned()
    bank.execute("CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans WHERE false")
    scanned()
    bank.execute("CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans")
    bank.execute("DELETE FROM loans WHERE id = 'p3'")
    back = scanned()
    assert (back.closed, back.held) == (
        0,
        1,
    )  # not in the scan that sees otherwise than the one before
    assert drift().status == "RESOLVED"
    scanned()
    assert causes() == {"p3": "DATA_FIXED"}  # last seen as it is looked for now


def test_a_person_who_resolves_the_drift_decides(bank, admin):
    scanned()
    bank.execute("CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans WHERE id <> 'p1'")
    scanned()
    with acting_as_user(admin.pk):
        services.alert_resolve(
            alert_id=drift().pk,
            version=drift().version,
            resolution=services.Resolution("voulu", Cause.AUTRE, Decision.CORRIGE),
        )
    scanned()
    assert causes() == {"p1": "RULE_CHANGED"}
    assert (drift().status, drift().episode) == ("RESOLVED", 1)  # what is there is what should be


def test_many_held_alerts_do_not_make_every_second_scan_suspect(bank):
    bank.execute(
        "INSERT INTO loans SELECT 'q' || n, 'CRITICAL', 'est', 9 FROM generate_series(1, 40) n"
    )
    scanned()
    bank.execute("CREATE OR REPLACE VIEW below2 AS SELECT * FROM loans WHERE false")
    assert [scanned().held for _ in range(3)] == [44, 44, 44]
    assert causes() == {}


@pytest.mark.parametrize(("count", "outcome"), [(2, "COMPLETE"), (3, "SUSPECT")])
def test_all_criticals_gone_at_once_are_suspect_from_three_on(bank, count, outcome):
    bank.execute("UPDATE loans SET severity = 'CRITICAL' WHERE late_days <= %s", [count])
    scanned()
    bank.execute("DELETE FROM loans WHERE severity = 'CRITICAL'")
    assert scan_run(source="banque").outcome == outcome
    assert (drift() is None, len(causes())) == (True, count if outcome == "COMPLETE" else 0)
    scanned()
    assert causes() == {f"p{n}": "DATA_FIXED" for n in range(1, count + 1)}


def test_some_of_the_criticals_gone_are_believed(bank):
    bank.execute("UPDATE loans SET severity = 'CRITICAL'")
    scanned()
    bank.execute("DELETE FROM loans WHERE id <> 'p1'")
    assert scanned().closed == 3


def test_the_evidence_is_in_the_scans_entry_and_kept_once(bank):
    first = scanned()
    second = scanned()
    assert len(first.evidence_hash) == 64
    assert second.evidence_hash == first.evidence_hash
    with acting_as_system("test"):
        entry = LedgerEntry.objects.filter(subject_type="scan").first()
    assert entry is not None
    assert entry.after is not None
    assert entry.after["evidence_hash"] == first.evidence_hash


def test_a_text_of_evidence_reads_back_as_it_was(bank):
    with source_transaction("banque") as source:
        evidence = evidence_read(source)
    assert evidence_parse(evidence.text) == evidence
    assert evidence.moved_since(evidence) == []
    assert list(evidence.parts) == [
        "DATABASE",
        "FUNCTION public.is_late(integer)",
        "FUNCTION public.margin()",
        "READER",
        "ROLE depot_owner",
        "SETTINGS",
        "TABLE public.loans",
        "VIEW public.below1",
        "VIEW public.below2",
        "VIEW public.v_integrity_checks",
    ]


def test_reading_the_evidence_leaves_the_transactions_settings(bank):
    with source_transaction("banque") as source:
        before = source.execute("SHOW search_path").fetchone()
        evidence_read(source)
        assert source.execute("SHOW search_path").fetchone() == before
